"""A laboratory for the browser: the real server over a store that a small generator fills.

`python -m tests.browser.laboratory` serves it, for whoever works on the pages.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from orchestrator.documents.catalogue import load_catalogue
from orchestrator.messages.orders import CommandResult
from orchestrator.messages.outbox import Batch, EntryRecord, ReadingRecord, Record
from orchestrator.messages.reports import (
    Capabilities,
    PumpReport,
    ReactorReport,
    RunReport,
    StateMessage,
)
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.experiment import State
from orchestrator.ports.clock import Instant
from orchestrator.ports.office import LiveReadings, RequestRefused
from orchestrator.ports.records import Binding, Documents, NewAlert, NewExperiment
from orchestrator.resources import resource
from orchestrator.server.app import make_app
from orchestrator.server.serve import listening
from orchestrator.store.memory import MemoryStore
from tests.browser.laboratory_plan import turbidostat_plan
from tests.server.office import DeskOffice, StandingClock, check

BEGAN_S: Final = 1_763_625_600.0
"""2025-11-20 08:00 UTC, when the experiment of the laboratory began."""
VESSELS: Final = ("control", "warmed")
STEP_S: Final = 60.0
BATCH_S: Final = 1500.0
"""When the vessels were inoculated."""
HOLD_S: Final = 22_000.0
"""When the first of them was dense enough."""
TICK_S: Final = 0.2
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


@dataclass(slots=True, kw_only=True)
class Laboratory:
    """Two vessels at one density, one of them warmed, as DESIGN.md's example has it."""

    store: MemoryStore
    clock: RunningClock
    noise: random.Random
    url: str = ""
    port: int = 0
    office: LabOffice = field(init=False)
    _line: AsyncExitStack = field(default_factory=AsyncExitStack)
    _numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VESSELS, 1))

    def __post_init__(self) -> None:
        self.office = LabOffice(self.store, self)

    async def plug(self) -> None:
        """Serve it, where it was served before."""
        app = make_app(
            self.office,
            store=self.store,
            check=check,
            clock=self.clock,
            catalogue=load_catalogue(),
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
            values = self.values(vessel, at_s)
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
                records += _records(vessel, n * STEP_S, self.values(vessel, n * STEP_S))
            await self._commit(vessel, records)

    def values(self, vessel: str, at_s: float) -> dict[str, float]:
        """A culture that grows, and is then held at its density."""
        target_c = 30.0 + (max(0.0, at_s - HOLD_S) / 72_000.0 * 6.0 if vessel == "warmed" else 0.0)
        rate = 0.62 + 0.05 * (target_c - 30.0) - (0.1 if at_s < HOLD_S else 0.0)
        grown = 0.05 * math.exp(min(rate * max(0.0, at_s - BATCH_S) / 3600.0, 5.0))
        saw = (at_s * rate / 390.0) % 1.0
        od600 = grown if grown < 0.8 else 0.755 + 0.07 * saw
        rattle = self.noise.gauss
        known = at_s > BATCH_S + 900.0
        return {
            "od600": max(0.0, od600 + rattle(0, 0.004)),
            "temperature.measured": target_c - 5.0 * math.exp(-at_s / 700.0) + rattle(0, 0.05),
            "temperature.target": target_c,
            "temperature.duty": min(1.0, 0.2 + (target_c - 30.0) * 0.05 + abs(rattle(0, 0.02))),
            "stirring.measured": 500.0 + rattle(0, 4.0),
            "stirring.target": 500.0,
            "volume": 15.0 + (0.5 * saw if od600 > 0.75 else 0.0),
            **({"growth_rate": rate + rattle(0, 0.004)} if known else {}),
            **({"dosing.dilution_rate": rate} if at_s > HOLD_S else {}),
        }

    async def _commit(self, vessel: str, records: Sequence[Record]) -> None:
        first = self._numbers[vessel]
        self._numbers[vessel] = first + len(records)
        last = first + len(records) - 1
        batch = Batch(outbox=f"outbox-{vessel}", first=first, last=last, records=list(records))
        await self.store.commit([(_worker(vessel), batch)], at_wall_s=self.clock.now().wall_s)


def _records(vessel: str, at_s: float, values: Mapping[str, float]) -> Iterator[ReadingRecord]:
    for signal, value in values.items():
        yield ReadingRecord(f"{ATTEMPT}:{vessel}", 1, signal, at_s, BEGAN_S + at_s, value)


def _worker(vessel: str) -> str:
    return f"bench-{VESSELS.index(vessel) + 1}"


@asynccontextmanager
async def laboratory(
    *, speed: float = 60.0, hours: float = 26.0, moving: bool = True, port: int = 0
) -> AsyncIterator[Laboratory]:
    """Serve a running experiment, so many hours old; `moving`: it goes on being measured."""
    store = MemoryStore()
    lab = Laboratory(
        store=store,
        clock=RunningClock(BEGAN_S + hours * 3600.0, speed),
        noise=random.Random(1),
        port=port,
    )
    await _prepare(lab, hours * 3600.0)
    await lab.plug()
    task = asyncio.create_task(_go_on(lab), name="measure") if moving else None
    try:
        yield lab
    finally:
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await lab.unplug()


async def _go_on(lab: Laboratory) -> None:
    while True:
        await lab.measure()
        await asyncio.sleep(TICK_S)


async def _prepare(lab: Laboratory, until_s: float) -> None:
    await _hire_workers(lab, until_s)
    await _begin(lab)
    await lab.fill(until_s)
    await _tell(lab, until_s)


async def _begin(lab: Laboratory) -> None:
    text = resource("profiles").joinpath("heat-adapted-turbidostat.yaml").read_text("utf-8")
    plan = turbidostat_plan()
    data = canonical_json(plain(plan))
    bindings = {
        vessel: Binding(worker=_worker(vessel), reactor=_worker(vessel)) for vessel in VESSELS
    }
    await lab.store.create_experiment(
        NewExperiment(
            id=EXPERIMENT,
            name=plan.name,
            documents=Documents(
                revision=1,
                profile_text=text,
                file_name="heat-adapted-turbidostat.yaml",
                profile_hash=plan.profile_hash,
                plan_hash=digest(data),
                plan_json=data.decode(),
            ),
            inputs={"target_od600": 0.8, "warm_up_to": 42.0},
            vessels=VESSELS,
            bindings=bindings,
            actor="ada",
            at_wall_s=BEGAN_S - 30.0,
        )
    )
    await lab.store.begin_attempt(EXPERIMENT, bindings, at_wall_s=BEGAN_S)
    for vessel in VESSELS:
        await lab.entry(vessel, "run_began", at_s=0.0)


async def _hire_workers(lab: Laboratory, until_s: float) -> None:
    pumps = {
        "feed_pump": PumpReport(medium="feed", direction="in", flow_ml_min=6.0),
        "waste_pump": PumpReport(medium="waste", direction="out", flow_ml_min=8.0),
    }
    reactor = ReactorReport(
        sensors=["photodiode", "thermometer", "tachometer"],
        outputs=["stirrer", "heater"],
        pumps=pumps,
        calibrations={"photodiode": "2025-11-03"},
        capacity_ml=20.0,
    )
    for number, vessel in enumerate((*VESSELS, None), start=1):
        worker = f"bench-{number}"
        offer = Capabilities(
            worker=worker, version="0.1.0", reactors={worker: reactor}, jobs=[], simulated=True
        )
        runs = [] if vessel is None else [_report(vessel, worker, until_s)]
        state = StateMessage(
            worker=worker, session="s", state="ready", at_wall_s=BEGAN_S + until_s, runs=runs
        )
        await lab.store.keep_capabilities(offer, at_wall_s=BEGAN_S)
        await lab.store.keep_state(state, at_wall_s=BEGAN_S + until_s)


def _report(vessel: str, worker: str, until_s: float) -> RunReport:
    return RunReport(
        experiment=EXPERIMENT,
        attempt=ATTEMPT,
        vessel=vessel,
        reactor=worker,
        revision=1,
        plan_hash="",
        state=State.RUNNING,
        control_seq=0,
        phase="hold",
        visit=1,
        process_s=until_s,
        elapsed_s=until_s,
        phase_s=max(0.0, until_s - HOLD_S),
        began_wall_s=BEGAN_S,
    )


async def _tell(lab: Laboratory, until_s: float) -> None:
    """What happened in the meantime."""
    for number, vessel in enumerate(VESSELS):
        hold_s = HOLD_S + 1500.0 * number
        stays = (("inoculate", 0.0, BATCH_S), ("batch", BATCH_S, hold_s), ("hold", hold_s, None))
        for phase, entered_s, left_s in stays:
            await lab.entry(vessel, "phase_entered", at_s=entered_s, phase=phase, visit=1)
            if left_s is not None:
                about = {"phase": phase, "visit": 1, "reason": "through"}
                await lab.entry(vessel, "phase_left", at_s=left_s, **about)
        await lab.action(vessel, 60.0, "do", "blank", "Blank the photodiode", "done")
        await _aerate(lab, vessel, hold_s, until_s)
        await _dose(lab, vessel, hold_s, until_s)
    await lab.action(
        "warmed", HOLD_S + 1500.0, "warm up", "ramp", "temperature.target 30 → 42 °C", "done"
    )
    await lab.action("control", 87_000.0, "daily sample", "sample", "Tube number", "done")
    await lab.action(
        "warmed", 87_000.0, "daily sample", "sample", "Tube number", "skipped", reason="unanswered"
    )
    await lab.store.raise_alert(
        NewAlert(
            text="warmed: the feed bottle is down to a tenth; change it within 9 h",
            severity="warning",
            source="bottle",
            at_wall_s=BEGAN_S + until_s - 1300.0,
            experiment=EXPERIMENT,
            vessel="warmed",
        )
    )
    await lab.ask("warmed", "Tube number", "daily sample 2", "sample")


async def _aerate(lab: Laboratory, vessel: str, hold_s: float, until_s: float) -> None:
    outcomes = ("done", "done", "late", "done")
    times = [n for n in range(1, 99) if hold_s + n * 14_400.0 < until_s]
    for n in times:
        at_s, outcome = hold_s + n * 14_400.0, outcomes[n % 4]
        why = {"reason": "begun 41 s after its grace"} if outcome == "late" else {}
        await lab.action(vessel, at_s, "aerate", "set", "stirring.target = 800 rpm", outcome, **why)


async def _dose(lab: Laboratory, vessel: str, hold_s: float, until_s: float) -> None:
    for n in range(int((until_s - hold_s) // 600.0)):
        for medium, way, volume in (("feed", "in", 1.0), ("waste", "out", 1.05)):
            key = f"{ATTEMPT}:{vessel}:*:dosing@{n}:{medium}"
            about = {"pump": f"{medium}_pump", "medium": medium, "direction": way}
            at_s = hold_s + n * 600.0
            await lab.entry(vessel, "dose_began", key, at_s=at_s, volume_ml=volume * 30, **about)
            await lab.entry(
                vessel,
                "dose_ended",
                key,
                at_s=at_s + 9,
                volume_ml=volume * 30,
                outcome="done",
                **about,
            )


async def _main() -> None:
    parser = argparse.ArgumentParser(description="Serve a laboratory for looking at the pages.")
    parser.add_argument("--port", type=int, default=8430)
    parser.add_argument("--speed", type=float, default=60.0)
    chosen = parser.parse_args()
    async with laboratory(port=chosen.port, speed=chosen.speed) as lab:
        sys.stdout.write(f"{lab.url}/experiments/{EXPERIMENT}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main())
