"""A worker with two vessels, of which one has a job that never gives way, or two; then a loop that
hangs.

`python hanging_worker.py WORDS turn|both|wait|loop [KEEPER]`: prints what became of it as JSON;
`loop` is not to come to that. Where there is a keeper, a stirrer of the vessel that goes on is its.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from orchestrator.hardware.clock import SystemClock
from orchestrator.hardware.keeper.client import KeeperClient
from orchestrator.jobs.job import Command, Drive, Signal, Step, View
from orchestrator.jobs.registry import job_named
from orchestrator.messages.orders import PlanMessage
from orchestrator.model.ledger import Entry, Kind
from orchestrator.worker import rescue
from orchestrator.worker.rescue import Rescue, _starved_s
from tests.support.worker_rig import World, order, phase, slice_of

HANGS_AT_S = 0.5
HANGING = ("leds", "growth_rate")
JOBS = {"stirring": {"settings": {"target": 500.0}}}
HOLD = phase("hold", duration_s=86400.0)


class Hanging:
    """Drives a light, and then does not come back."""

    name: ClassVar[str] = "leds"
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {}

    def __init__(self, how: str) -> None:
        self._how = how

    def begin(self, _memory: Mapping[str, Any], _now_s: float) -> None:
        return None

    def step(self, _state: None, _view: View, now_s: float) -> Step[None]:
        while now_s > HANGS_AT_S:
            if self._how == "wait":
                time.sleep(60.0)
        return Step(None, (Drive("led_a", 0.5),), {}, now_s + 0.5)

    def end(self, _state: None) -> tuple[Command, ...]:
        return ()


async def main(words: Path, how: str, *keepers: str) -> None:
    world = World(("a", "b"))
    world.clock = SystemClock(trust_wall=True)
    for physics in world.physics.values():
        physics.advance(world.clock.now().monotonic_s)
    worker = world.worker(jobs=lambda name: Hanging(how) if name in HANGING else job_named(name))
    hang: dict[str, Any] = {name: {} for name in HANGING[: {"both": 2, "loop": 0}.get(how, 1)]}
    hangs = slice_of(HOLD, jobs=JOBS | hang, vessel="a")
    goes_on = slice_of(HOLD, jobs=JOBS, vessel="b")
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            ticks.append(time.monotonic())
            await asyncio.sleep(0.02)

    before_s = _starved_s()
    ticking = asyncio.create_task(tick())
    async with AsyncExitStack() as stack:
        for path in keepers:
            keeper = await stack.enter_async_context(KeeperClient(Path(path), worker="w"))
            keeper.drive("v1/stirrer", 0.5)
        await stack.enter_async_context(Rescue(words).at_hand())
        await stack.enter_async_context(world.working(worker))
        orders = [order(each, reactor=each["vessel"]) for each in (hangs, goes_on)]
        answer = await worker.take(PlanMessage(epoch=1, runs=orders))
        assert answer.accepted, answer.reason
        if how == "loop":
            await asyncio.sleep(0.5)
            while True:
                pass
        [a] = [unit for unit in worker.vessels.units if unit.vessel == "a"]
        entries: list[Entry] = []
        async with asyncio.timeout(20.0):
            while sum(each.data.get("state") == "lost" for each in entries) < len(hang):
                await asyncio.sleep(0.1)
                entries = list(await world.journal.read(a.run))
        told = {
            "alerts": [each.data["text"] for each in entries if each.kind is Kind.ALERT],
            "states": [each.data["state"] for each in entries if each.data.get("job") == "leds"],
            "led": world.physics["a"].outputs["led_a"].commanded_duty,
            "longest_s": max(b - a for a, b in pairwise(ticks)),
            "starved_s": _starved_s() - before_s,
        }
        ticking.cancel()
        sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    rescue.PROCESS_S = 1.5 if sys.argv[2] == "loop" else 20.0  # type: ignore[misc]
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
