"""The runs of one worker: which there are, how they begin, how they are taken up again."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from orchestrator.execution.decision import Announce, Moment
from orchestrator.execution.program import Program
from orchestrator.execution.steer import begin, recover
from orchestrator.execution.view import RunView
from orchestrator.jobs.guest import Invitation
from orchestrator.jobs.job import Job
from orchestrator.messages.orders import RunOrder
from orchestrator.model.canonical import RebuildError, rebuild
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Slice
from orchestrator.ports.album import Album
from orchestrator.ports.clock import Clock
from orchestrator.ports.journal import Journal, JournalFault
from orchestrator.ports.reactor import Reactor
from orchestrator.worker.account import open_fluids
from orchestrator.worker.pump import unknown_doses
from orchestrator.worker.run_clock import RunClock, begin_clock, power_failed, resume_clock
from orchestrator.worker.share import Shares
from orchestrator.worker.stops import Stops
from orchestrator.worker.tend import tend
from orchestrator.worker.unit import VesselUnit

LEDGERS_MAX = 50
"""Ledgers of runs that ended; older ones are dropped."""


class Vessels:
    """At most one run a reactor, each tended by a task of its own."""

    def __init__(
        self,
        *,
        clock: Clock,
        journal: Journal,
        reactors: Mapping[str, Reactor],
        jobs: Callable[[str], Job[Any] | Invitation],
        album: Album,
        began: Callable[[VesselUnit, Sequence[Entry]], None],
        revised: Callable[[], None],
        announce: Callable[[VesselUnit, Announce], None],
        say: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self.reactors = reactors
        self._clock, self._journal, self._jobs, self.album = clock, journal, jobs, album
        self._began, self._announce, self._say = began, announce, say
        self._revised, self._changed = revised, changed
        self.stops = Stops(journal, clock)
        self.gives_way: Callable[[str], None] = _nobody
        """Whoever is at a reactor without a run hears that it has to stop."""
        self._units: dict[str, VesselUnit] = {}
        self.places: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By reactor: held by whoever begins a run there, from looking whether it is free on."""
        self._shares = Shares()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    @property
    def units(self) -> Sequence[VesselUnit]:
        """The newest run of each reactor, ended ones too."""
        return tuple(self._units.values())

    def at(self, reactor: str) -> VesselUnit | None:
        """The newest run of a reactor."""
        return self._units.get(reactor)

    def of(self, attempt: str, vessel: str) -> VesselUnit | None:
        """The unit of a run, if it is the newest of its reactor."""
        run = f"{attempt}:{vessel}"
        return next((unit for unit in self._units.values() if unit.run == run), None)

    async def resume(self, group: asyncio.TaskGroup) -> None:
        """Take up again what the journal knows, before anybody says anything."""
        self._group = group
        await self.stops.remember(self.reactors)
        for name, stop in self.stops.stopped.items():
            self.reactors[name].hold(_why_stopped(stop.by))
        orders: dict[str, RunOrder] = {}
        known: dict[str, RunOrder] = {}
        runs = await self._journal.runs()
        for run in runs:
            kept = await self._journal.kept(f"order:{run}")
            if kept is not None:
                order = msgspec.convert(kept, RunOrder)
                orders[order.reactor] = known[run] = order
        await self._share({order.attempt for order in orders.values()}, known)
        # All is read before anything is written: a disk that is full would refuse both at once.
        ledgers = {reactor: await self._journal.read(_run(orders[reactor])) for reactor in orders}
        later = {
            reactor: await self._later(_run(orders[reactor]), ledgers[reactor])
            for reactor in orders
        }
        for reactor, order in orders.items():
            if reactor not in self.reactors:
                self._say(
                    f"{order.attempt}:{order.vessel} rests: there is no reactor {reactor} here"
                )
                continue
            try:
                self._resume(order, ledgers[reactor], _programs(later[reactor]))
            except (RebuildError, KeyError, ValueError) as error:
                self._say(f"{order.attempt}:{order.vessel} cannot be taken up again: {error}")
        for name in self.reactors:
            unit = self._units.get(name)
            if unit is None or unit.view.ended:
                self._all_off(name)
            elif unit.emergency.stopped and name not in self.stops.stopped:
                # A disk that was full kept the release of one and not of the other. Nobody could
                # release a stop that is not told of.
                self.stops.note(name, unit.emergency.by)
                self.reactors[name].hold(_why_stopped(unit.emergency.by))
                if trouble := await self._keep_stops((name,)):
                    self._say(f"the stop of {name}: {trouble}")
        try:
            await self._forget_old(runs)
        except JournalFault as fault:
            self._say(f"old ledgers stay for now: {fault}")

    async def _share(self, attempts: set[str], known: Mapping[str, RunOrder]) -> None:
        """Open the accounts of all that took from the bottles of what is taken up again."""
        for run, order in known.items():
            if order.attempt in attempts:
                try:
                    slice_ = rebuild(Slice, order.slice)
                except RebuildError as error:
                    self._say(f"what {run} took from shared bottles is not known: {error}")
                    continue
                if any(bottle.shared for bottle in slice_.media):
                    reactor = self.reactors.get(order.reactor)
                    fluids = open_fluids(
                        slice_.volume_ml,
                        slice_.media,
                        await self._journal.read(run),
                        waste_tube_ml=None if reactor is None else reactor.spec.waste_tube_ml,
                    )
                    self._shares.join(order.attempt, run, fluids)

    async def has_had(self, order: RunOrder) -> bool:
        """Whether a run of this name ever began here, as far as anything of it is kept."""
        run = _run(order)
        if await self._journal.kept(f"order:{run}") is not None:
            return True
        return run in await self._journal.runs()

    async def begin(self, order: RunOrder, program: Program) -> None:
        """Begin a run on a free reactor, whose place the caller holds; its order and first entries
        are durable on return."""
        instant = self._clock.now()
        run_clock = begin_clock(instant)
        run = _run(order)
        await self._journal.keep(f"order:{run}", _kept(order))
        entries = begin(program, run_clock.moment(instant), self._clock.boot)
        await self._journal.write(run, entries, revision=order.revision)
        self._start(order, program, RunView.fold(program, entries), entries, run_clock)

    async def revise(self, unit: VesselUnit, order: RunOrder) -> None:
        """Let a run go on by another revision, durable on return; or only say whether it could.

        Raises:
            RevisionRefused: it goes on as it is.
            ValueError: the order does not fit.
        """
        program = program_of(order)
        slice_ = program.slice
        for job in {*slice_.jobs, *(job for phase in slice_.phases for job in phase.jobs)}:
            self._jobs(job)
        for law in slice_.laws:
            self._jobs(law)
        unit.try_out(program, move_to=order.move_to, accept_jumps=order.accept_jumps)
        if order.stage == "prepare":
            return
        # Before the entry that names it: a ledger is not read without its revisions.
        await self._journal.keep(_later_name(_run(order), order.revision), _kept(order))
        unit.revise(program, move_to=order.move_to, accept_jumps=order.accept_jumps)
        await unit.durable()
        self._revised()

    async def clear(self, reactor: str) -> None:
        """Stop tending a reactor's run and forget its unit; its ledger stays."""
        task = self._tasks.pop(reactor, None)
        if task is not None:
            task.cancel()
            await asyncio.wait((task,))
        self._units.pop(reactor, None)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Do something in the background for as long as the worker serves."""
        assert self._group is not None, "resume comes first"
        self._group.create_task(work, name=name)

    async def stop_everything(self, names: Sequence[str], by: str) -> str:
        """Emergency stop of some reactors, until `release`; answers why, if one did not confirm."""
        for name in names:
            self.gives_way(name)
            self.reactors[name].hold(_why_stopped(by))
            unit = self._units.get(name)
            if unit is not None and not unit.over:
                unit.stop_everything(by)
            self._all_off(name)
            self.stops.note(name, by)
        self._changed()
        trouble, kept = await asyncio.gather(self.make_safe(names), self._keep_stops(names))
        return "; ".join(filter(None, (trouble, kept)))

    async def release(self, names: Sequence[str], by: str) -> str:
        """Let reactors be used again; nothing starts by that. Answers what went wrong, if
        anything."""
        for name in names:
            self.stops.forget(name)
            unit = self._units.get(name)
            if unit is not None and not unit.over:
                unit.let_go(by)
            self.reactors[name].let_go()
        self._changed()
        return await self._keep_stops(names)

    async def _keep_stops(self, names: Sequence[str]) -> str:
        try:
            await self.stops.keep(names)
        except JournalFault as fault:
            return f"a restart would not know of it: {fault}"
        return ""

    async def make_safe(self, names: Iterable[str]) -> str:
        """All outputs of some reactors off; answers which of them did not confirm it, and why."""
        asked = [*names]
        ends = await asyncio.gather(
            *(self.reactors[name].make_safe() for name in asked), return_exceptions=True
        )
        return "; ".join(
            f"{name} could not be made safe: {end}"
            for name, end in zip(asked, ends, strict=True)
            if isinstance(end, BaseException)
        )

    async def has_run(self, run: str) -> bool:
        """Whether a run ever began here."""
        return run in await self._journal.runs()

    def _all_off(self, name: str) -> None:
        reactor = self.reactors[name]
        reactor.stop_pumps()
        for output in reactor.spec.outputs:
            reactor.drive(output, 0.0)

    async def _later(
        self, run: str, entries: Sequence[Entry]
    ) -> dict[int, Mapping[str, Any] | None]:
        """The orders by which a run took its revisions, as they were kept."""
        return {
            revision: await self._journal.kept(_later_name(run, revision))
            for revision in _revisions(entries)
        }

    def _resume(self, order: RunOrder, entries: Sequence[Entry], later: Sequence[Program]) -> None:
        """Take one run up. What that adds to its ledger need not be durable before anything moves:
        a process that finds the ledger without it would conclude the same, and a disk that is full
        must not keep a vessel from being stirred and warmed."""
        instant = self._clock.now()
        run_clock = resume_clock(entries, self._clock.boot, instant)
        moment = run_clock.moment(instant)
        view = RunView.fold(program_of(order), entries, later)
        program = view.program
        fluids = open_fluids(program.slice.volume_ml, program.slice.media, entries)
        lost: list[Entry] = unknown_doses(fluids, moment.process_s, moment.wall_s)
        for entry in lost:
            view.apply(entry)
        lost += _alerts(lost)
        if not view.ended:
            power = power_failed(entries, self._clock.boot)
            lost += recover(program, view, moment, power=power, boot=self._clock.boot)
            lost += _stays_off(view, moment) if power else []
        self._journal.record(_run(order), lost, revision=program.revision)
        self._start(order, program, view, [*entries, *lost], run_clock)

    def _start(
        self,
        order: RunOrder,
        program: Program,
        view: RunView,
        entries: Sequence[Entry],
        run_clock: RunClock,
    ) -> None:
        assert self._group is not None, "resume comes first"
        self.gives_way(order.reactor)
        unit = VesselUnit(
            program=program,
            view=view,
            entries=entries,
            run_clock=run_clock,
            reactor=self.reactors[order.reactor],
            journal=self._journal,
            clock=self._clock,
            jobs=self._jobs,
            album=self.album,
            announce=lambda announce: self._announce(unit, announce),
        )
        self._shares.join(order.attempt, unit.run, unit.fluids)
        self._units[order.reactor] = unit
        task = self._group.create_task(tend(unit, self._clock), name=f"tend {unit.run}")
        self._tasks[order.reactor] = task
        stop = self.stops.stopped.get(order.reactor)
        if stop is not None and not view.ended:
            unit.stop_everything(stop.by)
        self._began(unit, entries)

    async def _forget_old(self, runs: Sequence[str]) -> None:
        kept = {unit.run for unit in self._units.values()}
        for run in [run for run in runs if run not in kept][:-LEDGERS_MAX]:
            for revision in _revisions(await self._journal.read(run)):
                await self._journal.keep(_later_name(run, revision), None)
            await self._journal.drop(run)
            await self._journal.keep(f"order:{run}", None)


def _nobody(_: str) -> None:
    """Nobody is there."""


def program_of(order: RunOrder) -> Program:
    """What an order wants run.

    Raises:
        ValueError: saying what does not fit.
    """
    return Program(
        rebuild(Slice, order.slice),
        attempt=order.attempt,
        experiment=order.experiment,
        revision=order.revision,
        timezone=order.timezone,
        plan_hash=order.plan_hash,
    )


def _programs(kept: Mapping[int, Mapping[str, Any] | None]) -> list[Program]:
    """The revisions that a run has taken.

    Raises:
        ValueError: one of them was not kept, or does not fit.
    """
    found = []
    for revision, order in kept.items():
        if order is None:
            raise ValueError(f"nobody kept revision {revision} of its plan")
        found.append(program_of(msgspec.convert(order, RunOrder)))
    return found


def _why_stopped(by: str) -> str:
    return f"emergency stop by {by}"


def _run(order: RunOrder) -> str:
    return f"{order.attempt}:{order.vessel}"


def _revisions(entries: Sequence[Entry]) -> list[int]:
    return [entry.data["revision"] for entry in entries if entry.kind is Kind.REVISED]


def _later_name(run: str, revision: int) -> str:
    return f"order:{run}@{revision}"


def _kept(order: RunOrder) -> dict[str, Any]:
    kept: dict[str, Any] = msgspec.to_builtins(order)
    return kept


def _stays_off(view: RunView, moment: Moment) -> list[Entry]:
    """Tell people of the jobs that wait for them since power returned."""
    if not view.kept_off:
        return []
    names = ", ".join(sorted(view.kept_off))
    text = f"power returned: {names} stays off (power_on: off) until somebody lets it run"
    data = {"text": text, "severity": "critical", "source": "power_on"}
    alert = Entry(kind=Kind.ALERT, process_s=moment.process_s, wall_s=moment.wall_s, data=data)
    return [alert]


def _alerts(unknown: Sequence[Entry]) -> list[Entry]:
    return [
        Entry(
            kind=Kind.ALERT,
            process_s=entry.process_s,
            wall_s=entry.wall_s,
            key=entry.key,
            data={
                "text": f"{entry.data['volume_ml']:g} mL by {entry.data['pump']}: "
                "nobody saw the end of it; it counts in full and is not repeated",
                "severity": "critical",
                "source": "dosing",
            },
        )
        for entry in unknown
    ]
