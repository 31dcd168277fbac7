"""The laboratory as the server sees it: a store that fills, an office that answers."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from orchestrator.documents.catalogue import load_catalogue
from orchestrator.leader.maintain import Maintain, Schedule
from orchestrator.messages.orders import CommandResult
from orchestrator.messages.outbox import Batch, EntryRecord, ReadingRecord, Record
from orchestrator.ports.clock import Instant
from orchestrator.ports.office import LiveReadings, RequestRefused
from orchestrator.ports.pictures import Gallery
from orchestrator.server.app import make_app
from orchestrator.server.serve import listening
from orchestrator.store.memory import MemoryStore
from tests.browser.laboratory_culture import HOLD_S, measured
from tests.browser.laboratory_upkeep import Upkeep
from tests.server.office import DeskOffice, StandingClock, check

STEP_S: Final = 60.0
BEGAN_S: Final = 1_763_625_600.0
"""2025-11-20 08:00 UTC, when the experiment of the laboratory began."""
VESSELS: Final = ("control", "warmed")
EXPERIMENT: Final = "e2511200800"
ATTEMPT: Final = f"{EXPERIMENT}.1"


class RunningClock(StandingClock):
    """Begins at a moment and runs at a speed."""

    def __init__(self, wall_s: float, speed: float) -> None:
        super().__init__(wall_s)
        self.speed = speed
        self._since_s = time.monotonic()

    def now(self) -> Instant:
        past_s = (time.monotonic() - self._since_s) * self.speed
        return Instant(100.0 + past_s, self.wall_s + past_s, True)


class LabOffice(DeskOffice):
    """Answers as a worker would: what is answered is in the ledger right away."""

    def __init__(self, store: MemoryStore, lab: Laboratory) -> None:
        super().__init__(store)
        self._lab = lab

    async def answer(self, key: str, answer: Any, *, by: str) -> CommandResult:
        said = await super().answer(key, answer, by=by)
        question = await self.store.question(key)
        if question is None or question.state != "open":
            raise RequestRefused("this question is not open any more")
        await self._lab.entry(question.vessel, "answer", key, answer=answer, by=by)
        await self._lab.entry(
            question.vessel, "action_ended", key, action=question.kind, outcome="done"
        )
        return said

    async def resolve_dose(
        self, experiment: str, key: str, volume_ml: float, *, by: str, note: str = ""
    ) -> CommandResult:
        said = await super().resolve_dose(experiment, key, volume_ml, by=by, note=note)
        vessel = key.split(":")[1]
        about = {"volume_ml": volume_ml, "by": by, "reason": note}
        await self._lab.entry(vessel, "dose_resolved", key, **about)
        return said


@dataclass(slots=True, kw_only=True)
class Laboratory:
    """Two vessels at one density, one of them warmed, as DESIGN.md's example has it."""

    store: MemoryStore
    clock: RunningClock
    noise: random.Random
    url: str = ""
    port: int = 0
    gallery: Gallery | None = None
    office: LabOffice = field(init=False)
    upkeep: Upkeep = field(default_factory=Upkeep)
    caretaker: Maintain = field(init=False)
    _line: AsyncExitStack = field(default_factory=AsyncExitStack)
    _numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VESSELS, 1))

    def __post_init__(self) -> None:
        self.office = LabOffice(self.store, self)
        schedule = Schedule(cron="30 3 * * *")
        self.caretaker = Maintain(self.store, self.clock, self.upkeep.steps, schedule)

    async def plug(self) -> None:
        """Serve it, where it was served before."""
        app = make_app(
            self.office,
            store=self.store,
            check=check,
            clock=self.clock,
            catalogue=load_catalogue(),
            caretaker=self.caretaker,
            gallery=self.gallery,
        )
        self.url = await self._line.enter_async_context(listening(app, port=self.port))
        self.port = int(self.url.rpartition(":")[2])

    async def unplug(self) -> None:
        """The leader is gone; the workers go on."""
        await self._line.aclose()

    def process_s(self) -> float:
        """Seconds since the runs began."""
        return self.clock.now().wall_s - BEGAN_S

    async def entry(
        self,
        vessel: str,
        kind: str,
        key: str | None = None,
        /,
        *,
        at_s: float | None = None,
        **data: Any,
    ) -> None:
        """One line of a vessel's ledger, now or at a moment."""
        process_s = self.process_s() if at_s is None else at_s
        record = EntryRecord(
            f"{ATTEMPT}:{vessel}", 1, kind, process_s, BEGAN_S + process_s, key, data
        )
        await self._commit(vessel, [record])

    async def action(
        self,
        vessel: str,
        at_s: float,
        item: str,
        action: str,
        detail: str,
        outcome: str,
        **more: Any,
    ) -> None:
        """An action that began and ended."""
        key = f"{ATTEMPT}:{vessel}:hold#1:{item}@{at_s - HOLD_S:.0f}:0"
        await self.entry(vessel, "action_began", key, at_s=at_s, action=action, detail=detail)
        await self.entry(
            vessel, "action_ended", key, at_s=at_s + 1, action=action, outcome=outcome, **more
        )

    async def ask(self, vessel: str, text: str, name: str, kind: str = "ask") -> str:
        """A question, asked now; its key."""
        key = f"{ATTEMPT}:{vessel}:hold#1:{name}@{self.process_s():.0f}:0"
        await self.entry(vessel, "action_began", key, action=kind, detail=text)
        await self.entry(vessel, "question", key, kind=kind, text=text)
        return key

    async def measure(self) -> None:
        """What the sensors say now: on its way to the store, and live."""
        at_s = self.process_s()
        for vessel in VESSELS:
            values = measured(vessel, at_s, self.noise)
            await self._commit(vessel, list(_records(vessel, at_s, values)))
            self.office.measured(
                [
                    LiveReadings(
                        experiment=EXPERIMENT,
                        vessel=vessel,
                        process_s=at_s,
                        wall_s=BEGAN_S + at_s,
                        values=values,
                    )
                ]
            )

    async def fill(self, until_s: float) -> None:
        """All that was measured until then."""
        for vessel in VESSELS:
            records: list[Record] = []
            for n in range(int(until_s // STEP_S) + 1):
                records += _records(vessel, n * STEP_S, measured(vessel, n * STEP_S, self.noise))
            await self._commit(vessel, records)

    async def _commit(self, vessel: str, records: Sequence[Record]) -> None:
        first = self._numbers[vessel]
        self._numbers[vessel] = first + len(records)
        last = first + len(records) - 1
        batch = Batch(outbox=f"outbox-{vessel}", first=first, last=last, records=list(records))
        await self.store.commit([(worker_of(vessel), batch)], at_wall_s=self.clock.now().wall_s)


def _records(vessel: str, at_s: float, values: Mapping[str, float]) -> Iterator[ReadingRecord]:
    for signal, value in values.items():
        yield ReadingRecord(f"{ATTEMPT}:{vessel}", 1, signal, at_s, BEGAN_S + at_s, value)


def worker_of(vessel: str) -> str:
    return f"bench-{VESSELS.index(vessel) + 1}"
