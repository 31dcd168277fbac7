"""A worker in virtual time over a simulated reactor, and small plans for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from orchestrator.journal.memory import MemoryJournal
from orchestrator.messages.orders import PlanAnswer, PlanMessage, RunOrder, Wish
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.interlock import Interlock
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.clock import Clock
from orchestrator.sim.clock import VirtualClock
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.sim.reactor_port import SimReactor
from orchestrator.worker.service import Worker
from orchestrator.worker.unit import VesselUnit

SOURCE = {"file": "test.yaml", "line": 1}
ATTEMPT, VESSEL, REACTOR = "20250106-test.1", "a", "r1"
RUN = f"{ATTEMPT}:{VESSEL}"


def step(op: str, **more: Any) -> dict[str, Any]:
    return {"op": op, "source": SOURCE, **more}


def phase(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "source": SOURCE, **more}


def at(item: str, at_s: float, *steps: Mapping[str, Any], state: bool = False) -> dict[str, Any]:
    return {
        "kind": "at",
        "item": item,
        "at_s": at_s,
        "steps": list(steps),
        "source": SOURCE,
        "state": state,
    }


def turbidostat(target: float = 0.8, exchange: float = 1.0) -> dict[str, Any]:
    settings = {"target_od600": target, "exchange": exchange, "medium": "feed"}
    return {"automation": "turbidostat", "settings": settings}


JOBS: dict[str, Any] = {
    "stirring": {"settings": {"target": 500.0}},
    "od_reading": {"settings": {"interval": 5.0, "uncalibrated": False}},
    "growth_rate": {"settings": {"window": 1200.0}},
    "temperature": {"automation": "thermostat", "settings": {"target": 37.0}},
}


def slice_of(
    *phases: Mapping[str, Any],
    jobs: Mapping[str, Any] = JOBS,
    limits: Mapping[str, float] | None = None,
    rules: Sequence[Mapping[str, Any]] = (),
    vessel: str = VESSEL,
) -> dict[str, Any]:
    return {
        "vessel": vessel,
        "volume_ml": 15.0,
        "media": [
            {"medium": "feed", "volume_ml": 5000.0},
            {"medium": "waste", "volume_ml": 6000.0},
        ],
        "jobs": dict(jobs),
        "phases": [dict(each) for each in phases],
        "rules": [dict(rule) for rule in rules],
        "limits": dict(limits or {}),
    }


def order(
    slice_: Mapping[str, Any],
    *,
    wanted: Wish = "running",
    control_seq: int = 1,
    revision: int = 1,
    attempt: str = ATTEMPT,
    reactor: str = REACTOR,
) -> RunOrder:
    return RunOrder(
        experiment=attempt.rpartition(".")[0],
        attempt=attempt,
        vessel=slice_["vessel"],
        reactor=reactor,
        revision=revision,
        plan_hash=f"hash{revision}",
        timezone="UTC",
        wanted=wanted,
        control_seq=control_seq,
        by="anna",
        slice=dict(slice_),
    )


class World:
    """What outlives a worker: clock, reactors, journal."""

    def __init__(self, reactors: Sequence[str] = (REACTOR,)) -> None:
        self.clock: Clock = VirtualClock()
        self.physics = {name: Physics(inoculated=True, seed=1) for name in reactors}
        self.readings: list[ReadingRecord] = []
        self.journal = MemoryJournal()
        self.epoch = 0
        self.options: Mapping[str, Mapping[str, Any]] = {}
        """What the hardware document tells jobs of plugins."""
        self.interlocks: tuple[Interlock, ...] = ()

    @property
    def reactor(self) -> Physics:
        return self.physics[REACTOR]

    def worker(self, **more: Any) -> Worker:
        """A new process, as it were."""
        reactors = {
            name: SimReactor(physics, self.clock, name, self.interlocks)
            for name, physics in self.physics.items()
        }
        for reactor in reactors.values():
            reactor.spec = replace(reactor.spec, options=self.options)
        return Worker("w1", clock=self.clock, journal=self.journal, reactors=reactors, **more)

    @asynccontextmanager
    async def working(self, worker: Worker | None = None, **more: Any) -> AsyncIterator[Worker]:
        """Serve until left; the end is a clean one."""
        made = worker or self.worker(**more)
        task = asyncio.create_task(made.serve())
        try:
            await made.ready.wait()
            yield made
        finally:
            task.cancel()
            await asyncio.wait((task,))
            if not task.cancelled():
                task.result()

    async def take(self, worker: Worker, *orders: RunOrder) -> PlanAnswer:
        self.epoch += 1
        return await worker.take(PlanMessage(epoch=self.epoch, runs=[*orders]))

    async def advance(self, *, s: float = 0.0, min: float = 0.0, h: float = 0.0) -> None:
        seconds = s + 60.0 * min + 3600.0 * h
        await self.clock.sleep_until(self.clock.now().monotonic_s + seconds)

    async def entries(self, *kinds: Kind, run: str = RUN) -> list[Entry]:
        return [entry for entry in await self.journal.read(run) if not kinds or entry.kind in kinds]

    def crash(self) -> World:
        """The same world as a kill -9 at this moment would leave it to the next process."""
        after = World(tuple(self.physics))
        after.clock, after.physics, after.epoch = self.clock, self.physics, self.epoch
        after.journal, after.interlocks = self.journal.copy(), self.interlocks
        return after


def unit(worker: Worker) -> VesselUnit:
    [only] = worker.vessels.units
    return only
