"""Maintenance: on its schedule, when somebody asks, one run at a time, each on record."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import pytest

from orchestrator.leader import maintain
from orchestrator.leader.maintain import Maintain, Schedule
from orchestrator.ports.clock import Instant
from orchestrator.ports.maintenance import MaintenanceRun, MaintenanceRuns, Step, StepFailed, Tell
from orchestrator.ports.office import RequestRefused
from orchestrator.ports.records import Event
from orchestrator.store.memory import MemoryStore

MIDNIGHT_S = 1_800_057_600.0
"""2027-01-16, UTC."""


@dataclass
class SetClock:
    """Shows what it is told."""

    wall_s: float = MIDNIGHT_S
    trusted: bool = True

    def now(self) -> Instant:
        return Instant(self.wall_s, self.wall_s, self.trusted)


@dataclass
class Work:
    """Steps that do what they are told, and note that they were done."""

    fails: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None

    def steps(self) -> list[Step]:
        return [Step(name=name, does="", perform=self._does(name)) for name in ("a", "b", "c")]

    def _does(self, name: str) -> Callable[[Tell], object]:
        async def perform(tell: Tell) -> str:
            tell(0.5)
            if self.hold is not None:
                await self.hold.wait()
            if name in self.fails:
                raise StepFailed("the disk is full")
            self.done.append(name)
            return f"{name} is well"

        return perform


@contextlib.asynccontextmanager
async def caring(made: Maintain) -> AsyncIterator[None]:
    task = asyncio.create_task(made.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def ended(store: MemoryStore, run: int = 1) -> MaintenanceRun:
    async with asyncio.timeout(5):
        while True:
            found = await store.maintenance_run(run)
            if found is not None and found.state != "running":
                return found
            await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintain, "LOOK_S", 0.01)


async def test_a_run_is_asked_for_and_two_never_overlap() -> None:
    store, work = MemoryStore(), Work(hold=asyncio.Event())
    made = Maintain(store, SetClock(), work.steps())
    async with caring(made):
        await made.begin(["c", "a"], by="ada")
        with pytest.raises(MaintenanceRuns, match="run 1 of maintenance is under way"):
            await made.begin([], by="bob")
        async with asyncio.timeout(5):
            while made.shares != {"a": 0.5}:
                await asyncio.sleep(0.005)
        assert work.hold is not None
        work.hold.set()
        run = await ended(store)
    assert (run.state, run.cause, run.actor) == ("done", "person", "ada")
    assert [(step.name, step.text) for step in run.steps] == [
        ("a", "a is well"),
        ("c", "c is well"),
    ]
    assert made.shares == {}
    with pytest.raises(RequestRefused, match="there is no step d; there are a, b, c"):
        await made.begin(["d"], by="ada")


async def test_a_timeout_within_a_run_is_not_taken_for_nobody_asking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()

    async def tell_step(*_: object, **__: object) -> NoReturn:
        raise TimeoutError("no answer")

    monkeypatch.setattr(store, "tell_step", tell_step)
    made = Maintain(store, SetClock(), Work().steps())
    with pytest.raises(TimeoutError, match="no answer"):
        async with asyncio.timeout(5):
            running = asyncio.create_task(made.run())
            await made.begin([], by="ada")
            await running


async def test_how_far_a_step_is_goes_out_with_the_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintain, "FOLLOW_S", 0.005)
    store, heard, tells = MemoryStore(), list[float | None](), list[Tell]()
    go_on = asyncio.Event()

    async def perform(tell: Tell) -> str:
        tells.append(tell)
        await go_on.wait()
        return "copied"

    def hear(events: Sequence[Event]) -> None:
        heard.extend(e.data["steps"][0]["share"] for e in events if e.kind == "maintenance")

    store.on_events(hear)
    made = Maintain(store, SetClock(), [Step(name="backup", does="", perform=perform)])
    async with caring(made):
        await made.begin([], by="ada")
        async with asyncio.timeout(5):
            while not tells:
                await asyncio.sleep(0.005)
            for share in (0.04, 0.31, 0.33, 0.72):
                tells[0](share)
                await asyncio.sleep(0.03)
        go_on.set()
        await ended(store)
    assert heard == [None, None, 0.31, 0.72, None, None], "a tenth is told once"


async def test_after_a_step_that_failed_nothing_else_is_tried_and_somebody_is_told() -> None:
    store, work = MemoryStore(), Work(fails={"b"})
    made = Maintain(store, SetClock(), work.steps())
    async with caring(made):
        await made.begin([], by="ada")
        run = await ended(store)
        assert [step.state for step in run.steps] == ["done", "failed", "skipped"]
        (alert,) = (await store.alerts(open_only=True)).items
        assert alert.text == "maintenance failed at b: the disk is full"
        assert alert.source == "maintenance"
        work.fails.clear()
        await made.begin([], by="ada")
        assert (await ended(store, 2)).state == "done"
    assert (await store.alerts(open_only=True)).items == []


async def test_rule_7_the_schedule_waits_for_a_clock_that_is_right_and_makes_up_once() -> None:
    store, work, clock = MemoryStore(), Work(), SetClock(trusted=False)
    made = Maintain(store, clock, work.steps(), Schedule(cron="30 3 * * *"))
    async with caring(made):
        assert await made.next_wall_s() == MIDNIGHT_S + 3.5 * 3600
        await asyncio.sleep(0.05)
        clock.wall_s += 3 * 86_400
        await asyncio.sleep(0.05)
        assert (await store.maintenance_runs()).items == []
        clock.trusted = True
        run = await ended(store)
        assert (run.cause, run.actor, run.state) == ("schedule", "", "done")
        await asyncio.sleep(0.05)
        assert len((await store.maintenance_runs()).items) == 1
        assert await made.next_wall_s() == MIDNIGHT_S + 3 * 86_400 + 3.5 * 3600


async def test_what_a_dead_leader_left_under_way_is_interrupted() -> None:
    store, work = MemoryStore(), Work(hold=asyncio.Event())
    async with caring(made := Maintain(store, SetClock(), work.steps())):
        await made.begin([], by="ada")
        async with asyncio.timeout(5):
            while not made.shares:
                await asyncio.sleep(0.005)
    assert (await store.maintenance_runs()).items[0].state == "running"
    async with caring(Maintain(store, SetClock(), Work().steps())):
        run = await ended(store)
    assert run.state == "interrupted"
    assert [step.state for step in run.steps] == ["failed", "skipped", "skipped"]
