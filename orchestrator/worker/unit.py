"""One vessel's run: a synchronous turn that decides, steps jobs and writes down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any

from orchestrator.execution.ahead import jobs_ahead
from orchestrator.execution.decide import decide
from orchestrator.execution.decision import Announce, JobWanted, Moment, Wanted
from orchestrator.execution.program import Program
from orchestrator.execution.revise import revise, try_out
from orchestrator.execution.steer import finished, pause
from orchestrator.execution.view import RunView
from orchestrator.jobs.external import NAME as EXTERNAL
from orchestrator.jobs.external import signals_wanted, topics_wanted
from orchestrator.jobs.guest import Invitation, Place
from orchestrator.jobs.job import Account, Exchanged, Heard, Job
from orchestrator.model.ledger import BOTTLE_ALERT, Entry, Kind
from orchestrator.model.outcome import Ending
from orchestrator.model.plan import Slice
from orchestrator.model.signal import Sample
from orchestrator.ports.album import Album
from orchestrator.ports.clock import Clock, Instant
from orchestrator.ports.journal import Journal
from orchestrator.ports.reactor import Reactor
from orchestrator.worker.account import open_fluids
from orchestrator.worker.bottle_watch import BottleWatch
from orchestrator.worker.darkroom import Darkroom
from orchestrator.worker.dose import DOSING, Doser
from orchestrator.worker.emergency import EMERGENCY_STOP, Emergency
from orchestrator.worker.guard import Guard
from orchestrator.worker.handled_run import HandledRun
from orchestrator.worker.hands import VesselHands
from orchestrator.worker.level_watch import LevelWatch
from orchestrator.worker.page import Page
from orchestrator.worker.performing import Performing
from orchestrator.worker.regulate import Regulate
from orchestrator.worker.run_clock import RunClock, tick_data
from orchestrator.worker.run_ledger import RunLedger
from orchestrator.worker.setpoints import Allowed, Setpoints
from orchestrator.worker.watched import watched_signals

TICK_S = 30.0
EARLY = 0.8
"""Share of that after which a turn that comes anyway writes the tick, so that none comes for it."""
ROUNDS_MAX = 20
"""What is decided may call for another decision at once; more than this waits a little."""
BREATHER_S = 0.05
AHEAD_S = 1.0
"""So long after its moment nothing is driven before it was decided upon."""
MOVES = frozenset(
    {
        Kind.PHASE_ENTERED,
        Kind.ARRIVED,
        Kind.SIGNAL_LATCHED,
        Kind.PAUSED,
        Kind.RESUMED,
        Kind.RUN_ENDED,
        Kind.REVISED,
        Kind.OVERRIDDEN,
        Kind.RELEASED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What to drive at the next moment."""

    at_s: float
    """Process seconds."""
    duties: Mapping[str, float]
    """By output."""
    after: object
    """The decision that it rests on; once there is another, nothing is foreseen."""


def ignore(_: Announce) -> None:
    """A vessel without peers has nobody to tell."""


class VesselUnit(HandledRun):
    """Everything of one vessel that lives in this process."""

    def __init__(
        self,
        *,
        program: Program,
        view: RunView,
        entries: Sequence[Entry],
        run_clock: RunClock,
        reactor: Reactor,
        journal: Journal,
        clock: Clock,
        jobs: Callable[[str], Job[Any] | Invitation],
        album: Album,
        announce: Callable[[Announce], None] = ignore,
    ) -> None:
        super().__init__(
            program=program,
            view=view,
            run_clock=run_clock,
            clock=clock,
            reactor=reactor.spec.name,
        )
        slice_ = program.slice
        self.watched = watched_signals(slice_)
        """Signals of other vessels that the plan looks at, (vessel, signal)."""
        self.reactor = reactor
        self.on_move: Callable[[], None] | None = None
        """Who wants to know when the run gets to another phase, door, state or revision."""
        self.on_topics: Callable[[], None] | None = None
        """Who listens to other machines for the run."""
        self._external: JobWanted | None = None
        """As the job that takes in signals of one's own was wanted last."""
        self.topics: frozenset[str] = frozenset()
        """Where other machines say what is a signal here."""
        self.signals: dict[str, Sample] = {}
        self.emergency = Emergency()
        self.guard = Guard(slice_.limits, reactor.spec.capacity_ml)
        self.fluids = open_fluids(
            slice_.volume_ml,
            slice_.media,
            entries,
            waste_tube_ml=reactor.spec.waste_tube_ml,
            evaporation_ml_h=reactor.spec.evaporation_ml_h,
        )
        self._bottles = BottleWatch(self.fluids, _warn_before_s(slice_))
        self._announce, self._jobs = announce, jobs
        self._ledger = RunLedger(journal, self.run, program.revision)
        self._ledger.folds = [self._fold]
        pumped = self._pumped = RunLedger(journal, self.run, program.revision)
        # What the pumps write passes no page, so that the run's view hears of it here.
        pumped.folds = [view.apply, self._fold]
        self.page = Page(self._ledger, view.apply, clock.boot, reactor.spec.calibrations)
        self.hands = VesselHands(
            page=self.page,
            reactor=reactor,
            guard=self.guard,
            level=LevelWatch(slice_.volume_ml, lambda: self.fluids.volume_ml),
            signals=self.signals,
            faults=view.faults,
            darkroom=partial(Darkroom, reactor=reactor, album=album, run=self.run),
            look_at_clock=self._look_at_clock,
            wake=self.wake.set,
        )
        self.regulate = Regulate(
            make=self._job,
            hands=self.hands,
            memory=lambda job: self.view.memories.get(job, {}),
            signals=self.signals,
            calibration=reactor.spec.constants,
            curves=reactor.spec.curves,
            outputs=reactor.spec.outputs,
            sensors=reactor.spec.sensors,
        )
        self.regulate.laws_needed = slice_.laws
        self.doser = Doser(
            attempt=program.attempt,
            vessel=self.vessel,
            reactor=reactor,
            ledger=pumped,
            fluids=self.fluids,
            guard=self.guard,
            clock=clock,
            run_clock=run_clock,
            tell=self._exchanged,
            refused=self.hands.refused,
            device_told=self.hands.device_told,
            held_told=self.hands.pump_held,
        )
        self.performing = Performing(
            regulate=self.regulate,
            doser=self.doser,
            fluids=self.fluids,
            finished=self._finished,
        )
        self.hands.join(self.regulate, self.doser, self.performing)
        self._setpoints, self._allowed = Setpoints(), Allowed(self.guard)
        self._ahead: Foreseen | None = None
        self._account: Account | None = None
        self._tick_s = TICK_S * max(1.0, clock.speed)
        for entry in entries:
            self.emergency.apply(entry)
            self._remember_command(entry)
        self.guard.stopped = self.emergency.rests
        self._hold_again = self.emergency.stopped
        """An emergency stop holds the run, whoever resumed it."""
        self._now()
        reactor.heed(self.hands.keeper_told)

    # ---- the turn

    def turn(self, instant: Instant) -> float:
        """Do what is due; answers the monotonic moment at which to look again."""
        moment = self.run_clock.moment(instant)
        self.page.turn_to(moment, instant)
        self._ahead = None
        self.hands.in_turn = True
        try:
            if moment.process_s >= self.hands.interlocks.due_s:
                self.hands.mind_interlocks(moment.process_s)
            if self._hold_again:
                self._hold_again = False
                self.page.add(pause(self.view, EMERGENCY_STOP, "emergency stop", moment))
            self._settle(moment)
        finally:
            self.hands.settle()
            self.hands.in_turn = False
        return self._end_turn(instant, moment.process_s)

    def _settle(self, moment: Moment) -> None:
        """Step and decide until nothing more happens at this moment."""
        regulate, hands, view, now_s = self.regulate, self.hands, self.view, moment.process_s
        for _ in range(ROUNDS_MAX):
            regulate.step(self._account or self._look_at_fluids(), now_s)
            if hands.changed or view.news or now_s >= self._look_again_s:
                self._decide(moment)
            elif hands.published:
                self._take_note(moment)
            hands.published = False
            if not (regulate.stirred or hands.changed or view.news):
                return

    def _take_note(self, moment: Moment) -> None:
        """Signals have new values, all within their bands."""
        quiet, now_s = self.view.cache.quiet, moment.process_s
        if quiet is None or not quiet.stands(moment):
            self._decide(moment)
        elif self._wanted and now_s >= self._setpoints.due_s:
            self._want(self._wanted, now_s)

    def _decide(self, moment: Moment) -> None:
        self.hands.changed = False
        decision = decide(self.program, self.view, self.signals, moment)
        if decision.entries:
            self.page.add(decision.entries)
        if decision.wanted is not self._wanted or moment.process_s >= self._setpoints.due_s:
            self._want(decision.wanted, moment.process_s)
        for key in decision.cancels:
            self.performing.cancel(str(key))
        for perform in decision.performs:
            self.performing.begin(perform)
        for announce in decision.announces:
            self._announce(announce)
        self._look_again_s, self.hands.bands = decision.look_again_s, decision.bands

    def _want(self, wanted: Wanted, now_s: float) -> None:
        self._wanted = wanted
        wanted = self._allowed.filter(self.emergency.allowed(wanted))
        for refusal in self._allowed.news.values():
            self.hands.setpoint_refused(refusal)
        for name, value in self._setpoints.news(wanted, now_s).items():
            self.hands.show(name, value)
        self.regulate.want(wanted, now_s)
        if self.by_hand:
            self.end_if_through()
        topics = self._topics_now()
        if topics is not self.topics and topics != self.topics:
            self.topics = topics
            if self.on_topics is not None:
                self.on_topics()

    def _topics_now(self) -> frozenset[str]:
        job = (self._wanted or {}).get(EXTERNAL)
        if job is self._external:
            return self.topics
        self._external = job
        if job is None:
            return frozenset()
        self.hands.expect(signals_wanted(job.settings))
        return topics_wanted(job.settings)

    def _end_turn(self, instant: Instant, now_s: float) -> float:
        page = self.page
        silent_s = now_s - page.written_s
        if silent_s >= EARLY * self._tick_s:
            page.note(Kind.TICK, **tick_data(self._clock.boot, instant))
        page.flush()
        look_again_s = min(
            self.regulate.due_s,
            self._look_again_s,
            page.written_s + self._tick_s,
            self.hands.interlocks.due_s,
        )
        restless = self.regulate.stirred or self.hands.changed or self.view.news
        if restless or look_again_s <= now_s:
            look_again_s = now_s + BREATHER_S
        elif look_again_s == self._look_again_s:
            self._look_ahead(look_again_s)
        return self.run_clock.monotonic_s(look_again_s)

    # ---- what is due at the next moment

    @property
    def looks_ahead(self) -> bool:
        """Whether it is known what to drive at the next moment, if nothing happens before."""
        return self._ahead is not None

    def act_ahead(self) -> None:
        """Drive what was foreseen for this moment, before anybody's turn decides upon it.

        The turn that follows commands the same, or takes it back.
        """
        ahead, self._ahead = self._ahead, None
        if ahead is None or self.wake.is_set() or self.hands.changed:
            return
        if self.view.cache.quiet is not ahead.after:
            return
        now_s = self.run_clock.moment(self._clock.now()).process_s
        if 0.0 <= now_s - ahead.at_s < AHEAD_S:
            self.hands.drive_ahead(ahead.duties)

    def _look_ahead(self, at_s: float) -> None:
        jobs = jobs_ahead(self.view, at_s)
        if not jobs or self.emergency.rests:
            return
        refused = {name.partition(".")[0] for name in self._allowed.refusals}
        jobs = {name: each for name, each in jobs.items() if name not in refused}
        account = self._account or self._look_at_fluids()
        tried = self.regulate.foresee(jobs, account, at_s)
        outputs = self.reactor.spec.outputs
        duties = {output: duty for output, duty in tried.items() if output in outputs}
        if duties:
            self._ahead = Foreseen(at_s=at_s, duties=duties, after=self.view.cache.quiet)

    # ---- what also concerns the devices

    def cancel(self, by: str) -> None:
        """End the run now; its last entries are written on return."""
        self.control("cancelled", self.view.control_seq + 1, by)
        self.turn(self._clock.now())

    def try_out(self, program: Program, *, move_to: str, accept_jumps: bool) -> None:
        """Say whether the run could go on by another revision now.

        Raises:
            RevisionRefused: with the reason.
        """
        moment = self._now()
        try_out(
            self.view, program, self.signals, moment, move_to=move_to, accept_jumps=accept_jumps
        )

    def revise(self, program: Program, *, move_to: str, accept_jumps: bool) -> None:
        """Go on by another revision.

        Raises:
            RevisionRefused: the run goes on as it is.
        """
        moment = self._now()
        self.page.flush()
        entries = revise(
            self.view, program, self.signals, moment, move_to=move_to, accept_jumps=accept_jumps
        )
        self.program = program
        self._ledger.revision = self._pumped.revision = program.revision
        self.guard.keep_to(program.slice.limits)
        self.regulate.laws_needed = program.slice.laws
        self._bottles.keep_to(_warn_before_s(program.slice))
        self.watched = watched_signals(program.slice)
        self._wanted = None
        self._take(entries)
        for left in (entry.data for entry in entries if entry.kind is Kind.PHASE_LEFT):
            where = {"phase": left["phase"], "visit": left["visit"]}
            self._announce(Announce(what="left", data=where))

    def stop_everything(self, by: str) -> None:
        """Emergency: outputs off, and nothing runs until it is released and the vessel resumed."""
        self.guard.stopped = True
        self.doser.halt("emergency stop")
        self.hands.outputs_off()
        if self.by_hand:
            # Nobody resumes what a hand did: after the release it is done anew, or not.
            self.cancel(by)
        if self.emergency.stopped or self.view.ended:
            return
        self._now()
        stop = {"setting": EMERGENCY_STOP, "value": "stop", "by": by, "until_s": None}
        self.page.note(Kind.OVERRIDDEN, **stop)
        self.hands.alert(f"emergency stop by {by}", "critical", by)
        self._take(pause(self.view, by, "emergency stop", self._now()))
        self._act()

    def recalibrate(self) -> None:
        """A device of the reactor has another calibration: readings from now on are made by it."""
        self._now()
        self.page.flush()
        spec = self.reactor.spec
        self.page.calibrate(spec.calibrations)
        self.regulate.recalibrate(spec.constants, spec.curves)
        self.wake.set()

    def let_go(self, by: str) -> None:
        """The emergency is over: nothing starts by that, the vessel stays paused."""
        if not self.emergency.stopped:
            return
        self._now()
        self.page.note(Kind.RELEASED, setting=EMERGENCY_STOP, by=by, reason=f"released by {by}")
        self.hands.alert(f"emergency stop released by {by}", "info", by)
        self._act()

    async def durable(self) -> None:
        """Return once all that was written so far is safe from a power cut.

        Raises:
            JournalFault: if it is not.
        """
        await self._ledger.make_durable([])

    def warn(self, text: str) -> None:
        """Tell a person of something that the run cannot do."""
        self._now()
        self.hands.alert(text, "warning", "worker")
        self._act()

    def peer_signal(self, vessel: str, signal: str, value: float) -> None:
        """A vessel of the experiment shows a value: another one, or, where the plan names it, this
        one in the middle of its turn."""
        self._look_at_clock()
        max_age_s = self.hands.max_age_s(signal)
        self.signals[f"vessels.{vessel}.{signal}"] = Sample(value, self.page.now_s, max_age_s)
        self.hands.changed = True
        self.wake.set()

    def hear(self, topic: str, text: str, fault: str) -> None:
        """Another machine said something; of no interest where no signal is made of it."""
        if topic not in self.topics:
            return
        self._now()
        if self.regulate.tell(EXTERNAL, Heard(topic=topic, text=text, fault=fault)):
            self.wake.set()

    @property
    def over(self) -> bool:
        """Whether the run has ended and nothing of it is left to do."""
        return (
            self._look_again_s == inf
            and self.view.ended
            and not (self.regulate.any or self.performing.any or self.doser.busy)
        )

    def break_down(self, error: Exception) -> None:
        """A turn failed: outputs off until the next one works."""
        self._now()
        self.doser.clear("the run broke down")
        self.regulate.stop_all(self.page.now_s)
        self._wanted = None
        self.hands.alert(
            f"the run broke down: {type(error).__name__}: {error}", "critical", "worker"
        )
        self.page.flush()
        self._look_again_s = -inf

    async def end(self, limit_s: float) -> None:
        """Stop jobs and pumps; what is under way is written down as far as it got."""
        self._ahead = None
        self.doser.halt("the worker stops")
        await self.doser.settle(limit_s)
        self._now()
        self.regulate.stop_all(self.page.now_s)
        self.hands.settle()
        self.page.flush()

    # ---- helpers

    def _job(self, name: str) -> Job[Any]:
        """A built-in job, or one of this vessel's own in a process of its own."""
        job = self._jobs(name)
        if not isinstance(job, Invitation):
            return job

        def wake() -> None:
            self.regulate.nudge(name)
            self.wake.set()

        options = self.reactor.spec.options.get(name, {})
        return job.accept(Place(vessel=self.vessel, options=options), wake)

    def _look_at_clock(self) -> None:
        if not self.hands.in_turn:
            self._now()

    def _finished(self, key: str, ending: Ending, result: Mapping[str, Any]) -> None:
        moment = Moment(self.page.now_s, self.page.wall_s)
        self.page.add(finished(self.view, key, ending, result, moment))
        self.hands.changed = True
        self.tell_hand(key, ending, result)

    def _exchanged(self, ended: Exchanged) -> None:
        self.hands.exchanged(ended)
        result = {"added_ml": ended.added_ml, "removed_ml": ended.removed_ml}
        self.tell_hand(ended.key, ended.ending, result)

    def _fold(self, entry: Entry) -> None:
        self._remember_command(entry)
        if entry.kind is Kind.RUN_ENDED:
            self.doser.halt("the run ended")
        if entry.kind in MOVES and self.on_move is not None:
            self.on_move()
        if self.emergency.apply(entry):
            self._wanted = None
            self.guard.stopped = self.emergency.rests
        if entry.kind is Kind.RESUMED and self.emergency.stopped:
            self._hold_again = True
            self._look_again_s = -inf
        if self.fluids.apply(entry):
            self._account = None
            self.regulate.nudge(DOSING)

    def _look_at_fluids(self) -> Account:
        for medium, text in self._bottles.news():
            self.hands.alert(text, "warning", f"{BOTTLE_ALERT}{medium}")
        self._account = self.fluids.view()
        return self._account


def _warn_before_s(slice_: Slice) -> dict[str, float]:
    return {bottle.medium: bottle.warn_before_s for bottle in slice_.media}
