"""A worker on the machine's clock with its journal on disk, over devices that do nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

from orchestrator.cli.prepare import prepare
from orchestrator.control.stirrer import FULL_SPEED_RPM
from orchestrator.hardware.clock import SystemClock
from orchestrator.jobs.guest import Invitation
from orchestrator.jobs.job import Job
from orchestrator.jobs.registry import job_named
from orchestrator.journal import sqlite as journal_sqlite
from orchestrator.journal.sql import open_database
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.messages.orders import PlanMessage, RunOrder
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.canonical import plain
from orchestrator.model.expression import Const
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import AtPlan, Slice
from orchestrator.ports.clock import Instant
from orchestrator.worker.service import Worker
from tools.bench.devices import IdleReactor, open_slowly

ATTEMPT = "bench.1"
LIMIT_S = 60.0
SPEEDS = 100
"""So many moments in a row set different ones."""
ROUNDING_S = 1e-6
_PROFILE = """\
axenic: profile/1
name: Many moments
vessels: {v: {volume: 15 mL}}
media: {feed: {bottle: 5 L}, waste: {bottle: 6 L}}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 5 s, uncalibrated: true}
  temperature: {automation: thermostat, target: 30 °C}
phases:
  - name: hold
    duration: 10 d
    schedule:
      - name: step
        at: 1 h
        do: [set: {stirring.target: 600 rpm}]
"""


def slice_with(moments_s: Sequence[float], vessel: str = "v") -> Slice:
    """A vessel with the usual jobs and another speed to stir at from each of these moments on."""
    made = _made()
    (phase,) = made.phases
    (item,) = phase.items
    assert isinstance(item, AtPlan)
    (step,) = item.steps
    steps = [
        replace(step, settings={"stirring.target": Const(_speed_rpm(number))})
        for number in range(min(SPEEDS, len(moments_s)))
    ]
    items = tuple(
        replace(item, item=f"step {number}", at_s=at_s, steps=(steps[number % SPEEDS],))
        for number, at_s in enumerate(moments_s)
    )
    return replace(made, vessel=vessel, phases=(replace(phase, items=items),))


def _speed_rpm(number: int) -> float:
    """Which of the moments it was can be told by the speed."""
    return 600.0 + 5.0 * (number % SPEEDS)


def _number_of(duty: float) -> int:
    """Which of them a duty belongs to."""
    return round((FULL_SPEED_RPM * duty - 600.0) / 5.0)


@cache
def _made() -> Slice:
    checked = prepare(_PROFILE, "bench.yaml", {})
    assert checked.plan is not None, checked.diagnostics
    (made,) = checked.plan.vessels
    return made


class HeldClock(SystemClock):
    """The machine's clock, which can be held while many runs begin, so that all begin at once."""

    def __init__(self) -> None:
        super().__init__(trust_wall=True)
        self._held: Instant | None = None
        self.behind_s = 0.0

    def hold(self) -> None:
        """Stand still."""
        self._held = self.now()

    def go_on(self) -> None:
        """Run on from where it stood."""
        assert self._held is not None
        self.behind_s = time.monotonic() - self._held.monotonic_s
        self._held = None

    def now(self) -> Instant:
        if self._held is not None:
            return self._held
        now = super().now()
        return Instant(now.monotonic_s - self.behind_s, now.wall_s - self.behind_s, now.trusted)


class Began(NamedTuple):
    """An entry of the schedule whose turn was written."""

    run: str
    number: int
    nominal_s: float
    """Process seconds."""
    written_s: float
    """Monotonic seconds."""


class NotingJournal(SqliteJournal):
    """Notes when the worker has written what it began."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.began: list[Began] = []

    def record(
        self,
        run: str,
        entries: Sequence[Entry],
        readings: Sequence[ReadingRecord] = (),
        *,
        revision: int = 1,
    ) -> None:
        now_s = time.monotonic()
        for entry in entries:
            if entry.kind is Kind.ITEM_BEGAN:
                number = int(entry.data["item"].rpartition(" ")[2])
                self.began.append(Began(run, number, entry.data["nominal_s"], now_s))
        super().record(run, entries, readings, revision=revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """A worker under observation."""

    worker: Worker
    journal: NotingJournal
    clock: HeldClock
    reactors: Mapping[str, IdleReactor]

    def acted_s(self) -> list[float]:
        """When the stirrer was told its speed for each item that began, in monotonic seconds."""
        return [self._acted_s(each) for each in self.journal.began]

    def lateness_s(self) -> list[float]:
        """How long after its moment the stirrer was told, in order."""
        return [self._acted_s(each) - self._due_s(each) for each in self.journal.began]

    def writing_lateness_s(self) -> list[float]:
        """How long after its moment the turn that began each was through and handed in."""
        return [each.written_s - self._due_s(each) for each in self.journal.began]

    def _due_s(self, began: Began) -> float:
        clocks = {unit.run: unit.run_clock for unit in self.worker.vessels.units}
        return clocks[began.run].monotonic_s(began.nominal_s) + self.clock.behind_s

    def _acted_s(self, began: Began) -> float:
        """By the duty that belongs to its speed, or to that of one a little later: what falls due
        while the machine is held up is taken up together, and only the last speed is driven."""
        due_s = self._due_s(began) - ROUNDING_S
        reactor = self.reactors[began.run.rpartition(":")[2]]
        return next(
            at_s
            for duty, at_s in reactor.driven
            if at_s >= due_s and (_number_of(duty) - began.number) % SPEEDS < SPEEDS // 2
        )


@asynccontextmanager
async def working(
    slices: Sequence[Slice],
    *,
    slow_disk: bool = False,
    silent: bool = False,
    hung: frozenset[str] = frozenset(),
    jobs: Callable[[str], Job[Any] | Invitation] = job_named,
) -> AsyncIterator[AtWork]:
    """A worker that runs a vessel for each slice, all begun at one instant.

    Sensors are silent everywhere, or those of the vessels that hang; `jobs` may know guests.
    """
    clock = HeldClock()
    with TemporaryDirectory() as folder:
        opened: Callable[[Path], Any] = open_slowly if slow_disk else open_database
        with patch.object(journal_sqlite, "open_database", opened):
            journal = NotingJournal(Path(folder) / "journal.sqlite")
        reactors = {
            each.vessel: IdleReactor(each.vessel, silent=silent or each.vessel in hung)
            for each in slices
        }
        worker = Worker("bench", clock=clock, journal=journal, reactors=reactors, jobs=jobs)
        serving = asyncio.create_task(worker.serve(), name="worker")
        try:
            async with asyncio.timeout(LIMIT_S):
                await worker.ready.wait()
                clock.hold()
                answer = await worker.take(_order(slices))
                assert answer.accepted, answer.reason
                clock.go_on()
            yield AtWork(worker=worker, journal=journal, clock=clock, reactors=reactors)
        finally:
            serving.cancel()
            await asyncio.wait((serving,))
            await journal.close()


def _order(slices: Sequence[Slice]) -> PlanMessage:
    order = partial(
        RunOrder,
        experiment="bench",
        attempt=ATTEMPT,
        revision=1,
        plan_hash="bench",
        timezone="UTC",
        wanted="running",
        control_seq=0,
        by="bench",
    )
    slices_by_vessel: Mapping[str, Any] = {each.vessel: plain(each) for each in slices}
    return PlanMessage(
        epoch=1,
        runs=[
            order(vessel=vessel, reactor=vessel, slice=each)
            for vessel, each in slices_by_vessel.items()
        ],
    )
