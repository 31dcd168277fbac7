"""`python -m tools.bench.stream_server ours|plain`: a server of live values, to be measured.

Says its address; then, for each line `SECONDS PER_SECOND`, sends that many updates to all who
listen and says the share of a core that it took.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import Any

from aiohttp import web

from orchestrator.ports.office import LiveReadings
from orchestrator.server.serve import listening
from orchestrator.server.stream.broadcast import BROADCAST
from orchestrator.store.sqlite import open_store
from tools.bench.made_readings import EXPERIMENT, SIGNALS, WALL_S
from tools.bench.served import known_experiment, made_app

Publish = Callable[[LiveReadings], None]


async def main(kind: str) -> None:
    """Serve until standard input is closed."""
    async with (
        {"ours": _ours, "plain": _plain}[kind]() as (app, publish),
        listening(app, port=0) as address,
    ):
        print(address, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            seconds, per_second = map(float, line.split())
            print(await _send(publish, seconds, per_second), flush=True)


async def _send(publish: Publish, seconds: float, per_second: float) -> float:
    began_s, cpu_s = monotonic(), process_time()
    for number in range(round(seconds * per_second)):
        await asyncio.sleep(began_s + number / per_second - monotonic())
        publish(_readings(monotonic()))
    await asyncio.sleep(began_s + seconds - monotonic())
    return (process_time() - cpu_s) / (monotonic() - began_s)


def _readings(now_s: float) -> LiveReadings:
    values = {signal: 0.1 + 0.123456789 * place for place, signal in enumerate(SIGNALS)}
    return LiveReadings(
        experiment=EXPERIMENT, vessel="control", process_s=now_s, wall_s=WALL_S, values=values
    )


@asynccontextmanager
async def _ours() -> AsyncIterator[tuple[web.Application, Publish]]:
    with TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "store.sqlite")
        try:
            await known_experiment(store)
            app = made_app(store)
            yield app, lambda readings: app[BROADCAST].publish_readings([readings])
        finally:
            await store.close()


@asynccontextmanager
async def _plain() -> AsyncIterator[tuple[web.Application, Publish]]:
    """What one writes first: a queue and an encoding for each client."""
    queues: set[asyncio.Queue[dict[str, Any]]] = set()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"retry: 2000\n\n")
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=100)
        queues.add(queue)
        try:
            while True:
                event = await queue.get()
                await response.write(f"event: readings\ndata: {json.dumps(event)}\n\n".encode())
        finally:
            queues.discard(queue)

    def publish(readings: LiveReadings) -> None:
        event = {
            "experiment": readings.experiment,
            "vessel": readings.vessel,
            "at_process_s": readings.process_s,
            "at_wall_s": readings.wall_s,
            "values": dict(readings.values),
        }
        for queue in queues:
            queue.put_nowait(event)

    app = web.Application()
    app.router.add_get("/api/stream", stream)
    yield app, publish


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
