"""One vessel's run: a synchronous turn that looks at the clock, decides, steps jobs and writes down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

from orchestrator.execution.decision import Decision, Moment
from orchestrator.jobs.job import Account, Job
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.outcome import Ending
from orchestrator.model.plan import Slice
from orchestrator.model.signal import Sample
from orchestrator.ports.clock import Clock, Instant
from orchestrator.ports.journal import Journal
from orchestrator.ports.reactor import Reactor
from orchestrator.worker.account import open_fluids
from orchestrator.worker.brain import Brain
from orchestrator.worker.dose import Doser
from orchestrator.worker.guard import Guard
from orchestrator.worker.hands import Live, VesselHands
from orchestrator.worker.hold import Holds
from orchestrator.worker.page import Page
from orchestrator.worker.performing import Performing
from orchestrator.worker.regulate import Regulate
from orchestrator.worker.run_clock import RunClock, tick
from orchestrator.worker.run_ledger import RunLedger
from orchestrator.worker.setpoints import Allowed, Setpoints

TICK_S = 30.0
ROUNDS_MAX = 20
"""What is decided may call for another decision at once; more than this waits a little."""
BREATHER_S = 0.05


class VesselUnit:
    """Everything of one vessel that lives in this process."""

    def __init__(
        self,
        *,
        attempt: str,
        slice_: Slice,
        revision: int,
        brain: Brain,
        entries: Sequence[Entry],
        run_clock: RunClock,
        reactor: Reactor,
        journal: Journal,
        clock: Clock,
        jobs: Callable[[str], Job[Any]],
        live: Live | None = None,
    ) -> None:
        self.vessel, self.attempt = slice_.vessel, attempt
        self.run = f"{attempt}:{slice_.vessel}"
        self.reactor, self.brain, self.run_clock = reactor, brain, run_clock
        self.wake = asyncio.Event()
        self.signals: dict[str, Sample] = {}
        self.holds = Holds()
        self.guard = Guard(slice_.limits, reactor.spec.capacity_ml)
        self.fluids = open_fluids(slice_.volume_ml, slice_.media, entries)
        self._clock = clock
        self._memory: dict[str, Mapping[str, Any]] = {}
        self._ledger = RunLedger(journal, self.run, revision)
        self._ledger.folds = [self._fold]
        self.page = Page(self._ledger, clock.boot, reactor.spec.calibrations)
        self.hands = VesselHands(
            page=self.page,
            reactor=reactor,
            guard=self.guard,
            signals=self.signals,
            memory=self._memory,
            max_age_s={},
            look_at_clock=self.look_at_clock,
            wake=self.wake.set,
            live=live,
        )
        self.regulate = Regulate(
            make=jobs,
            hands=self.hands,
            memory=self._memory,
            signals=self.signals,
            calibration=reactor.spec.constants,
        )
        self.doser = Doser(
            attempt=attempt,
            vessel=self.vessel,
            reactor=reactor,
            ledger=self._ledger,
            fluids=self.fluids,
            guard=self.guard,
            clock=clock,
            run_clock=run_clock,
            tell=self.hands.exchanged,
            refused=self.hands.refused,
        )
        self.performing = Performing(
            regulate=self.regulate,
            doser=self.doser,
            fluids=self.fluids,
            signals=self.signals,
            finished=self._finished,
        )
        self.hands.join(self.regulate, self.doser, self.performing)
        self._setpoints, self._allowed = Setpoints(), Allowed(self.guard)
        self._account: Account | None = None
        self._look_again_s = -inf
        self._tick_s = TICK_S * max(1.0, clock.speed)
        self._remember(entries)
        self.look_at_clock()

    # ---- the turn

    def turn(self, instant: Instant) -> float:
        """Do what is due; answers the monotonic moment at which to look again."""
        moment = self.run_clock.moment(instant)
        now_s = moment.process_s
        self.page.turn_to(moment, instant)
        for _ in range(ROUNDS_MAX):
            stepped = self.regulate.step(self._account or self._look_at_fluids(), now_s)
            if self.hands.changed or now_s >= self._look_again_s:
                self._decide(moment)
            elif not stepped:
                break
        else:
            return self._end_turn(instant, moment, now_s + BREATHER_S)
        return self._end_turn(instant, moment, min(self.regulate.due_s, self._look_again_s))

    def _decide(self, moment: Moment) -> None:
        self.hands.changed = False
        decision = self.brain.decide(self.signals, moment)
        if decision.entries:
            self.page.add(decision.entries)
        self._want(decision, moment.process_s)
        for key in decision.cancels:
            self.performing.cancel(str(key))
        for perform in decision.performs:
            self.performing.begin(perform)
        self._look_again_s = min(decision.look_again_s, self.holds.next_s)

    def _want(self, decision: Decision, now_s: float) -> None:
        wanted = self._allowed.filter(self.holds.allowed(decision.wanted, now_s))
        for setting, refusal in self._allowed.refusals.items():
            self.hands.setpoint_refused(setting, refusal)
        for name, value in self._setpoints.news(wanted, now_s).items():
            self.hands.show(name, value)
        self.regulate.want(wanted, now_s)

    def _end_turn(self, instant: Instant, moment: Moment, look_again_s: float) -> float:
        if moment.process_s >= self.page.written_s + self._tick_s:
            self.page.add((tick(moment, self._clock.boot, instant),))
        self.page.flush()
        tick_s = self.page.written_s + self._tick_s
        return self.run_clock.monotonic_s(min(look_again_s, tick_s))

    # ---- what people and the leader want

    def control(self, wanted: str, control_seq: int, by: str) -> None:
        """The leader wishes the run to go on, pause, finish or be cancelled."""
        self._take(self.brain.control(wanted, control_seq, by, self._now()))

    def answer(self, key: str, answer: Any, by: str) -> None:
        """A person answered a question."""
        self._take(self.brain.answer(key, answer, by, self._now()))

    def note(self, kind: Kind, key: str | None = None, /, **data: Any) -> None:
        """Write something that a person did, and act upon it at once."""
        self.look_at_clock()
        self.brain.apply(self.page.note(kind, key, **data))
        self._act()

    def stop_everything(self, by: str) -> None:
        """Emergency: outputs off and nothing runs until the vessel is resumed."""
        self.doser.halt("emergency stop")
        self.hands.outputs_off()
        self.note(Kind.PAUSED, by=by, reason="emergency stop", emergency=True)
        self.hands.alert(f"emergency stop by {by}", "critical", by)

    def peer_signal(self, vessel: str, signal: str, value: float) -> None:
        """Another vessel of the experiment shows a value."""
        self.look_at_clock()
        self.signals[f"vessels.{vessel}.{signal}"] = Sample(value, self.page.now_s)
        self.hands.changed = True
        self.wake.set()

    async def end(self, limit_s: float) -> None:
        """Stop jobs and pumps; what is under way is written down as far as it got."""
        self.doser.halt("the worker stops")
        await self.doser.settle(limit_s)
        self.look_at_clock()
        self.regulate.stop_all(self.page.now_s)
        self.page.flush()

    def look_at_clock(self) -> None:
        """What is written next happens now."""
        self._now()

    # ---- helpers

    def _now(self) -> Moment:
        instant = self._clock.now()
        moment = self.run_clock.moment(instant)
        self.page.turn_to(moment, instant)
        return moment

    def _take(self, entries: Sequence[Entry]) -> None:
        self.page.add(tuple(entries))
        self._act()

    def _act(self) -> None:
        """Something was decided from outside: look at once."""
        self.page.flush()
        self._look_again_s = -inf
        self.wake.set()

    def _finished(self, key: str, ending: Ending, result: Mapping[str, Any]) -> None:
        moment = Moment(self.page.now_s, self.page.wall_s)
        self.page.add(tuple(self.brain.finished(key, ending, result, moment)))
        self.hands.changed = True

    def _fold(self, entry: Entry) -> None:
        self.holds.apply(entry)
        if self.fluids.apply(entry):
            self._account = None

    def _look_at_fluids(self) -> Account:
        self._account = self.fluids.view()
        return self._account

    def _remember(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self.holds.apply(entry)
            if entry.kind is Kind.JOB_MEMORY:
                self._memory[str(entry.data["job"])] = entry.data["memory"]
