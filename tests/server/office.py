"""An office with nobody behind it: it keeps all in a memory store and notes who asked."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.check import check_text
from orchestrator.messages.machine import (
    ClockReport,
    FileEntry,
    LogLine,
    MachineDeed,
    MachineReport,
    SystemReport,
)
from orchestrator.messages.orders import CommandResult
from orchestrator.messages.outbox import Batch, EntryRecord, ReadingRecord, Record
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.experiment import State
from orchestrator.model.expression import Const
from orchestrator.model.plan import (
    Bottle,
    Chart,
    ChartSeries,
    EveryPlan,
    PhasePlan,
    Plan,
    Slice,
    Source,
    StepPlan,
)
from orchestrator.ports.check import NO_FILES, Bundle, Checked, Files, Given
from orchestrator.ports.clock import Instant
from orchestrator.ports.entries import EntryChange, QueueHold, Terms, Words
from orchestrator.ports.library import Library, Pulled
from orchestrator.ports.office import (
    Check,
    DiskRoom,
    EntryStanding,
    LiveReadings,
    NoAnswer,
    OutsideEvent,
    ProfileRefused,
    QueueStanding,
    ReadingsCallback,
    Submission,
)
from orchestrator.ports.records import Alert, Documents, Experiment, NewExperiment, named_in
from orchestrator.ports.routes import Quiet, Route, RouteShown, Tried
from orchestrator.ports.store import NotFound
from orchestrator.store.memory import MemoryStore
from tests.support.plans import above, rule, say, when

NOW_S = 1_736_150_400.0


def check(text: str, file: str, _inputs: Given, files: Files = NO_FILES) -> Checked:
    """What documents say of a text; its plan is `a_plan`, whatever it is."""
    checked = check_text(text, file, load_offer(), files=files)
    profile = checked.profile
    return Checked(
        diagnostics=checked.diagnostics,
        profile=profile,
        plan=None if profile is None else a_plan(profile.name, profile.description, text),
        files=checked.files,
    )


ROUTE = Route(
    name="night shift",
    to=("ntfy://…",),
    severities=frozenset({"critical", "warning"}),
    users=frozenset({"ada"}),
    quiet=Quiet(from_s=79200, until_s=25200, timezone="Europe/Berlin"),
    every_s=60.0,
    resolved=True,
)
SYSTEM = SystemReport(
    host="unit1",
    model="Raspberry Pi Zero 2 W Rev 1.0",
    system="Linux 6.12",
    machine="aarch64",
    python="3.11.2",
    axenic="1",
    process=412,
    uptime_s=86400.0,
    load=0.25,
    memory_free_bytes=300_000_000,
    disk_free_bytes=20_000_000_000,
    temperature_c=48.3,
)
REPORT = MachineReport(
    system=SYSTEM,
    clock=ClockReport(wall_s=NOW_S + 0.5, trusted=True, monotonic_s=86400.0),
    may=["reboot"],
)
LINE = LogLine(at_wall_s=NOW_S, level="warning", source="worker", text="the pump is slow")
FILE = FileEntry(name="photos/first one.jpg", size_bytes=5, changed_wall_s=NOW_S)
MACHINE: Mapping[str, dict[str, Any]] = {
    "look": {"machine": msgspec.to_builtins(REPORT)},
    "logs": {"lines": [msgspec.to_builtins(LINE)]},
    "documents": {"documents": {"hardware": "axenic: hardware/1\n"}},
    "files": {"files": [msgspec.to_builtins(FILE)]},
    "reboot": {"done": "reboot"},
    "shutdown": {"done": "shutdown"},
    "restart": {"done": "restart"},
    "update": {"done": "update"},
}


OVERGROWN = rule("overgrown", when(above("od600", 1.6), 600.0), say("alert", "dense"))


def a_plan(name: str, description: str = "", text: str = "") -> Plan:
    """Two vessels that stir every hour for a day, and then for as long as nobody knows."""
    here = Source(file="profile.yaml", line=7)
    stir = StepPlan(op="set", source=here, settings={"stirring.target": Const(500.0)})
    every = EveryPlan(item="stir", every_s=3600.0, steps=(stir,), source=here, state=True)
    phases = (
        PhasePlan(name="grow", source=here, items=(every,), duration_s=86400.0),
        PhasePlan(name="hold", source=here, items=(every,), duration_s=86400.0),
    )
    slices = tuple(
        Slice(
            vessel=vessel,
            volume_ml=15.0,
            media=(Bottle(medium="feed", volume_ml=5000.0),),
            jobs={},
            phases=phases,
            rules=(OVERGROWN,),
            limits={"temperature.maximum": 45.0},
        )
        for vessel in ("control", "warmed")
    )
    series = (ChartSeries(signal="od600", label="OD600", unit=""),)
    return Plan(
        name=name,
        description=description,
        tags=(),
        profile_hash=hashlib.sha256(text.encode()).hexdigest(),
        timezone="UTC",
        inputs={},
        vessels=slices,
        charts=(Chart(name="growth", title="Growth", series=series),),
    )


class StandingClock:
    """It is always the same moment."""

    boot = "boot"
    speed = 60.0

    def __init__(self, wall_s: float = NOW_S) -> None:
        self.wall_s = wall_s

    def now(self) -> Instant:
        return Instant(100.0, self.wall_s, True)

    async def sleep_until(self, monotonic_s: float, wake: Any = None) -> None:
        raise AssertionError("the server does not sleep on this clock")

    def call_at(self, monotonic_s: float, callback: Any) -> Any:
        raise AssertionError("the server asks nothing of this clock")


class DeskMachine:
    """On which the server runs, as it says."""

    may: Collection[MachineDeed] = ()

    def system(self) -> SystemReport:
        return SYSTEM

    def log_lines(self, limit: int) -> list[LogLine]:
        return [LINE][:limit]

    def documents(self) -> Mapping[str, str]:
        return {}

    def files(self, under: str, after: str, limit: int) -> list[FileEntry]:
        return [FILE][:limit]

    def piece(self, name: str, offset: int, most_bytes: int) -> tuple[bytes, int] | None:
        return None

    async def do(self, deed: MachineDeed) -> None:
        raise KeyError(deed)


def _piece_of(content: bytes, args: Mapping[str, Any]) -> CommandResult:
    """Two bytes at a time."""
    if args["name"] != FILE.name:
        return CommandResult(id="c2", outcome="refused", reason=f"there is no file {args['name']}")
    piece = content[args["offset"] : args["offset"] + 2]
    told = {"data": b64encode(piece).decode(), "size_bytes": len(content)}
    return CommandResult(id="c2", outcome="done", result=told)


class DeskOffice:
    """`ports.office.Office` over a store, without workers."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.broker_connected = True
        self.store_trouble = ""
        self.asked: list[tuple[Any, ...]] = []
        self.events: list[OutsideEvent] = []
        self.raises: Exception | None = None
        self.library: Library | None = None
        self.free_mib: int | None = 90_000
        self.readings: list[ReadingsCallback] = []
        self._number = 0

    async def routes(self) -> Sequence[RouteShown]:
        standing = await self.store.route_standing(ROUTE.name)
        return [RouteShown(route=ROUTE, standing=standing)]

    async def test_routes(self, route: str | None, *, by: str) -> Sequence[Tried]:
        self._note("test", route, by)
        if route not in (None, ROUTE.name):
            raise NotFound(f"there is no route {route}")
        return [Tried(route=ROUTE.name, problem="", took_s=0.25)]

    async def submit(self, submission: Submission) -> Experiment:
        self._note("submit", submission.actor)
        bundle = Bundle(submission.files)
        checked = check(submission.text, submission.file_name, submission.inputs, bundle)
        if checked.plan is None:
            raise ProfileRefused(checked.diagnostics)
        self._number += 1
        return await self.store.create_experiment(
            NewExperiment(
                id=f"e{self._number:04}",
                name=submission.name or checked.plan.name,
                documents=_documents(checked.plan, submission),
                inputs=dict(submission.inputs),
                vessels=[each.vessel for each in checked.plan.vessels],
                bindings={**named_in(submission.terms), **submission.bindings},
                actor=submission.actor,
                at_wall_s=NOW_S,
                idempotency_key=submission.idempotency_key,
                words=submission.words,
                terms=submission.terms,
            )
        )

    async def queue(self) -> QueueStanding:
        """In the order of places."""
        waiting = (await self.store.experiments(states=[State.QUEUED])).items
        return QueueStanding(
            hold=await self.store.queue_hold(),
            entries=[
                EntryStanding(
                    experiment=each,
                    position=position,
                    reason=each.reason or "v waits for a free reactor",
                    earliest_wall_s=NOW_S + 3600.0 * position,
                    latest_wall_s=None,
                    basis="old: an earlier run",
                )
                for position, each in enumerate(sorted(waiting, key=lambda e: e.place), start=1)
            ],
        )

    async def disk(self) -> DiskRoom:
        return DiskRoom(free_mib=self.free_mib, warn_mib=1024, refuse_mib=200)

    async def preflight(self, experiment: str) -> Sequence[Check]:
        self._note("preflight", experiment)
        return [
            Check(name="workers", result="waits", text="control waits for a free reactor"),
            Check(
                name="media",
                result="bad",
                text="feed (5000 mL) is through after 210.0 h of a rehearsal",
                vessel="warmed",
                can_be_accepted=True,
            ),
            Check(name="disk", result="good", text="90000 MiB are left on the leader"),
        ]

    async def change_entry(
        self, experiment: str, changes: Mapping[str, Any], *, version: int | None, by: str
    ) -> Experiment:
        self._note("change", experiment, dict(changes), by)
        before = await self.store.experiment(experiment)
        assert before is not None
        of = {Words: before.words, Terms: before.terms}
        words, terms = (
            replace(had, **{k: v for k, v in changes.items() if k in kind.__dataclass_fields__})
            for kind, had in of.items()
        )
        change = EntryChange(name=changes.get("name", before.name), words=words, terms=terms)
        return await self.store.change_entry(experiment, change, version=version, at_wall_s=NOW_S)

    async def copy(
        self, experiment: str, *, by: str, idempotency_key: str | None = None
    ) -> Experiment:
        self._note("copy", experiment, by)
        documents = await self.store.documents(experiment)
        assert documents is not None
        text, name = documents.profile_text, documents.file_name
        return await self.submit(Submission(text=text, file_name=name, actor=by))

    async def arrange(self, experiment: str, to: str, *, owner: str | None, by: str) -> Experiment:
        self._note("arrange", experiment, to, owner, by)
        return await self.store.arrange(experiment, to, owner=owner, at_wall_s=NOW_S)

    async def hold_queue(self, note: str, *, by: str) -> None:
        await self.store.hold_queue(QueueHold(note=note, by=by, since_wall_s=NOW_S))

    async def release_queue(self, *, by: str) -> None:
        await self.store.release_queue(by=by, at_wall_s=NOW_S)

    async def abandon(self, experiment: str, *, by: str) -> Experiment:
        return await self._change(experiment, "cancel", by)

    async def pause(self, experiment: str, *, by: str) -> Experiment:
        return await self._change(experiment, "pause", by)

    async def resume(self, experiment: str, *, by: str) -> Experiment:
        return await self._change(experiment, "resume", by)

    async def cancel(self, experiment: str, *, by: str) -> Experiment:
        return await self._change(experiment, "cancel", by)

    async def finish(self, experiment: str, *, by: str) -> Experiment:
        return await self._change(experiment, "complete", by)

    async def revise(self, experiment: str, documents: Documents) -> Experiment:
        self._note("revise", experiment, documents.revision)
        return await self.store.add_revision(experiment, documents, at_wall_s=NOW_S)

    async def pull_library(self, *, by: str) -> Pulled:
        self._note("pull", by)
        assert self.library is not None
        return await asyncio.to_thread(self.library.pull)

    async def answer(self, key: str, answer: Any, *, by: str) -> CommandResult:
        self._note("answer", key, answer, by)
        if await self.store.question(key) is None:
            raise NotFound(f"nobody asks '{key}'")
        return CommandResult(id="c1", outcome="done")

    async def resolve_dose(
        self, experiment: str, key: str, volume_ml: float, *, by: str, note: str = ""
    ) -> CommandResult:
        self._note("resolve", experiment, key, volume_ml, by, note)
        return CommandResult(id="c4", outcome="done")

    async def bring(
        self, experiment: str, event: OutsideEvent, *, by: str, vessel: str | None = None
    ) -> Mapping[str, CommandResult]:
        if await self.store.experiment(experiment) is None:
            raise NotFound(f"there is no experiment {experiment}")
        self.asked.append((event.kind, event.name, vessel, by))
        return self._said(event)

    async def bring_to_all(self, event: OutsideEvent, *, by: str) -> Mapping[str, CommandResult]:
        self.asked.append((event.kind, event.name, event.payload, by))
        return self._said(event)

    def _said(self, event: OutsideEvent) -> Mapping[str, CommandResult]:
        """One vessel takes up what is not called `refused`, the other never does."""
        self.events.append(event)
        away = CommandResult(id=event.id, outcome="refused", reason="it cannot be reached")
        done = CommandResult(id=event.id, outcome="done")
        return {"control": away if event.name == "refused" else done, "warmed": away}

    async def acknowledge(self, alert: int, *, by: str, note: str = "") -> Alert:
        self._note("acknowledge", alert, by)
        return await self.store.acknowledge_alert(alert, by=by, note=note, at_wall_s=NOW_S)

    async def command(
        self, worker: str, name: str, args: Mapping[str, Any], *, by: str, **where: str | None
    ) -> CommandResult:
        self._note("command", worker, name, dict(args), by, where)
        if worker == "dead":
            raise NoAnswer("dead did not answer within 8 s")
        if worker == "new":
            return CommandResult(id="c2", outcome="refused", reason="stale: it began anew")
        if name == "machine" and args["do"] == "file":
            if worker == "bench-3" and args["offset"]:
                raise NoAnswer("bench-3 did not answer within 8 s")
            return _piece_of(b"a jpg", args)
        if name == "machine":
            return CommandResult(id="c2", outcome="done", result=MACHINE[args["do"]])
        if name == "look":
            stands = {"worker": worker, "reactor": "r1", "run": None, "stopped": None}
            return CommandResult(id="c2", outcome="done", result={"reactors": [stands]})
        result = {"value": 1.0, "type": "voltage", "reason": ""}
        return CommandResult(id="c2", outcome="done", result=result)

    async def emergency_stop(self, *, by: str) -> Mapping[str, CommandResult]:
        self._note("emergency_stop", by)
        return {"bench-1": CommandResult(id="c3", outcome="done")}

    def on_readings(self, callback: ReadingsCallback) -> None:
        self.readings.append(callback)

    def measured(self, readings: Sequence[LiveReadings]) -> None:
        """Let everybody who listens know."""
        for callback in self.readings:
            callback(readings)

    async def _change(self, experiment: str, verb: str, by: str) -> Experiment:
        self._note(verb, experiment, by)
        return await self.store.change_state(experiment, verb, at_wall_s=NOW_S)

    def _note(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.raises is not None:
            raise self.raises


def _documents(plan: Plan, submission: Submission) -> Documents:
    data = canonical_json(plain(plan))
    return Documents(
        revision=1,
        profile_text=submission.text,
        file_name=submission.file_name,
        profile_hash=plan.profile_hash,
        plan_hash=digest(data),
        plan_json=data.decode(),
        files=submission.files,
    )


class Told:
    """An outbox as a worker would fill it, so that the store holds what a run leaves behind."""

    def __init__(self, store: MemoryStore, worker: str, attempt: str, vessel: str) -> None:
        self._store, self._worker = store, worker
        self._run = f"{attempt}:{vessel}"
        self._next = 1

    async def entry(
        self, what: str, process_s: float, key: str | None = None, /, **data: Any
    ) -> None:
        """One entry of the ledger."""
        await self._send([EntryRecord(self._run, 1, what, process_s, NOW_S + process_s, key, data)])

    async def readings(self, signal: str, values: Sequence[float], every_s: float = 5.0) -> None:
        """Readings from the run's beginning on."""
        await self._send(
            [
                ReadingRecord(self._run, 1, signal, n * every_s, NOW_S + n * every_s, value)
                for n, value in enumerate(values)
            ]
        )

    async def _send(self, records: list[Record]) -> None:
        first, self._next = self._next, self._next + len(records)
        batch = Batch(
            outbox=f"{self._worker}-{self._run}", first=first, last=self._next - 1, records=records
        )
        await self._store.commit([(self._worker, batch)], at_wall_s=NOW_S)
