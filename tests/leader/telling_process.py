"""A leader's telling in a process of its own, which is killed: alerts into a store and a file."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from orchestrator.hardware.clock import SystemClock
from orchestrator.leader import notification
from orchestrator.leader.deliver import Deliver
from orchestrator.leader.pace import Pace
from orchestrator.ports.notifier import Notification
from orchestrator.ports.records import NewAlert
from orchestrator.ports.routes import Route, Routed
from orchestrator.store.sqlite import open_store


class Told:
    """Takes each message into a file, durably, and takes its time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def send(self, message: Notification) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(message.body + "\n")
            file.flush()
            os.fsync(file.fileno())
        await asyncio.sleep(0.005)


async def tell(folder: Path, many: int) -> None:
    """Raise what was not raised yet, and end once all of it is told."""
    notification.LINES_MAX = many
    clock = SystemClock(trust_wall=True)
    store = await open_store(folder / "store.sqlite")
    routes = [Routed(route=Route(name="file", to=()), notifier=Told(folder / "told.txt"))]
    deliver = Deliver(store, routes, clock, Pace())
    store.on_events(deliver.hear)
    telling = asyncio.create_task(deliver.run())
    for number in range(len((await store.alerts(limit=1000)).items), many):
        now_s = clock.now().wall_s
        new = NewAlert(text=f"alert {number}.", severity="info", source="t", at_wall_s=now_s)
        await store.raise_alert(new)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    while any(each.delivery != "sent" for each in (await store.alerts(limit=1000)).items):
        await asyncio.sleep(0.01)
    telling.cancel()
    await asyncio.wait([telling])
    await store.close()


if __name__ == "__main__":
    asyncio.run(tell(Path(sys.argv[1]), int(sys.argv[2])))
