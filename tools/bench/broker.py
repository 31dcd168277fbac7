"""The recorder behind Mosquitto at QoS 1, accepted after the commit: what the budgets speak of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import TypeVar

from orchestrator.leader.record import Arrived
from orchestrator.leader.service import OUTBOX_MESSAGES_MAX
from orchestrator.messages import topics
from orchestrator.messages.codec import decode, encode
from orchestrator.messages.outbox import Accepted, Batch
from orchestrator.ports.link import Overflow
from orchestrator.store.sqlite import open_store
from orchestrator.transport.broker import MOSQUITTO, start_broker
from orchestrator.transport.mosquitto import find_mosquitto
from orchestrator.transport.mqtt import MqttLink
from orchestrator.transport.users import User
from tools.bench.figure import Figure
from tools.bench.made_readings import OUTBOX
from tools.bench.processes import PYTHON, Process, child, line_from, tell
from tools.bench.raw_mqtt import PUBLISH, RawMqtt
from tools.bench.recorded import LIMIT_S, PER_SECOND, ages_at, stored_figure, visible_figures
from tools.bench.recording import WORKER, Recording, recording
from tools.bench.size import Size

T = TypeVar("T")
HOW = "through Mosquitto, QoS 1"
BARE = "read, not stored"
EVERYTHING = User(name="bench", reads=("#",), writes=("#",))


def measure(size: Size) -> list[Figure]:
    """Nothing where there is no Mosquitto."""
    if find_mosquitto() is None:
        return []
    return asyncio.run(_measure(size))


async def _measure(size: Size) -> list[Figure]:
    singles, in_tens = size.of(200, 30_000, 150_000), size.of(500, 200_000, 1_000_000)
    async with _broker() as url:
        return [
            await _stored(url, 1, singles),
            await _stored(url, 10, in_tens),
            *await _visible(url, size.of(200, 4_000, 10_000)),
        ]


@asynccontextmanager
async def _broker() -> AsyncIterator[str]:
    with TemporaryDirectory() as folder:
        async with start_broker(MOSQUITTO, Path(folder), 0, (EVERYTHING,)) as broker:
            yield broker.url_for(EVERYTHING.name)


async def _stored(url: str, per_message: int, count: int) -> Figure:
    async def ours(worker: Process) -> float:
        async with _recorder(url) as kept:
            began_s = _go(worker)
            await kept.until(count, LIMIT_S)
            return perf_counter() - began_s

    async def bare(worker: Process) -> float:
        began_s = perf_counter()
        await asyncio.to_thread(_read, url, worker, count, per_message)
        return perf_counter() - began_s

    how = (per_message, count, 0)
    ours_s, bare_s = await _with_worker(url, how, ours), await _with_worker(url, how, bare)
    return stored_figure(per_message, count / ours_s, count / bare_s, bare=BARE, how=HOW)


async def _visible(url: str, count: int) -> list[Figure]:
    ages: list[float] = []
    read: list[float] = []

    def note(burst: Sequence[Arrived]) -> None:
        now_s = monotonic()
        for _, batch in burst:
            ages.extend(ages_at(now_s, batch))

    async def ours(worker: Process) -> None:
        async with _recorder(url) as kept:
            kept.hear = note
            _go(worker)
            await kept.until(count, LIMIT_S)

    async def bare(worker: Process) -> None:
        await asyncio.to_thread(_read, url, worker, count, 1, read)

    how = (1, count, PER_SECOND)
    await _with_worker(url, how, ours)
    await _with_worker(url, how, bare)
    return visible_figures(ages, read, bare=BARE, how=HOW)


@asynccontextmanager
async def _recorder(url: str) -> AsyncIterator[Recording]:
    with TemporaryDirectory() as folder:
        async with MqttLink(url, identifier="leader", session_expiry_s=0) as link:
            await link.wait_connected(10.0)
            store = await open_store(Path(folder) / "store.sqlite")
            async with (
                link.subscribe(
                    topics.every_worker("outbox"),
                    limit=OUTBOX_MESSAGES_MAX,
                    overflow=Overflow.DROP_NEWEST,
                ) as arrivals,
                recording(store, arrivals, link) as kept,
            ):
                yield kept


async def _with_worker(
    url: str, how: tuple[int, int, int], measured: Callable[[Process], Awaitable[T]]
) -> T:
    """Have a played worker ready: (readings a message, readings, readings a second)."""
    command = (PYTHON, "-m", "tools.bench.played_worker", url, *map(str, how))
    with child(command) as worker:
        await asyncio.to_thread(line_from, worker)
        return await measured(worker)


def _go(worker: Process) -> float:
    tell(worker, "go")
    return perf_counter()


def _read(
    url: str, worker: Process, count: int, per_message: int, ages: list[float] | None = None
) -> None:
    """Read the protocol and accept what comes, keeping nothing."""
    link = RawMqtt(url, "bare reader")
    link.subscribe(topics.every_worker("outbox"))
    _go(worker)
    read, topic = 0, topics.outbox_accepted(WORKER).encode()
    while read < count:
        came = [packet for packet in link.arrived(LIMIT_S) if packet.kind == PUBLISH]
        if ages is not None:
            now_s = monotonic()
            for packet in came:
                ages.extend(ages_at(now_s, decode(packet.payload, Batch)))
        if came:
            ranges = [(read + 1, read + len(came) * per_message)]
            link.publish((topic, encode(Accepted(outbox=OUTBOX, ranges=ranges))))
            read += len(came) * per_message
    link.close()
