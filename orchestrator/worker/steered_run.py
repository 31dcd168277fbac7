"""A run and what reaches it from outside: wishes, answers, peers."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

from orchestrator.execution.barriers import missing
from orchestrator.execution.decision import Moment
from orchestrator.execution.occasions import reads
from orchestrator.execution.payload import Unreadable
from orchestrator.execution.program import Program
from orchestrator.execution.steer import (
    answer,
    control,
    happen,
    latch,
    pause,
    resume,
)
from orchestrator.execution.view import RunView
from orchestrator.messages.reports import HandReport, RunReport
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Entry
from orchestrator.ports.clock import Clock
from orchestrator.ports.wake import Wake
from orchestrator.worker.emergency import EMERGENCY_STOP
from orchestrator.worker.page import Page
from orchestrator.worker.run_clock import RunClock


class SteeredRun:
    """What everybody outside sees of a vessel's run.

    Whatever they bring is written down at once, and the next turn acts upon it.
    """

    def __init__(
        self, *, program: Program, view: RunView, run_clock: RunClock, clock: Clock, reactor: str
    ) -> None:
        self.program, self.view, self.run_clock = program, view, run_clock
        self.vessel, self.run = program.vessel, f"{program.attempt}:{program.vessel}"
        self.wake = Wake()
        self.page: Page
        self._clock, self._reactor_name = clock, reactor
        self._look_again_s = -inf
        """Process seconds of the next decision."""

    # ---- people and the leader

    def control(self, wanted: str, control_seq: int, by: str) -> None:
        """The leader wishes the run to go on, pause, finish or be cancelled."""
        self._take(control(self.view, wanted, control_seq, by, self._now()))

    def answer(self, key: str, answer_: Any, by: str, command: str = "") -> bool:
        """A person answered a question; False if it is not open."""
        return self._take(answer(self.view, key, answer_, by, self._now()), command)

    def happen(
        self,
        event: str,
        name: str,
        payload: str,
        id_: str,
        by: str,
        *,
        retained: bool = False,
        command: str = "",
    ) -> str:
        """Something came from outside; answers why nothing starts on it, if so."""
        if id_ in self.view.taken:
            return ""
        why_not = f"no rule of {self.vessel} starts on the {event} {name}"
        for listener in self.program.listeners.get(event, ()):
            if not self.view.lives(self.program.rules[listener.rule]):
                continue
            try:
                if reads(listener, name, payload, retained=retained):
                    entries = happen(
                        self.view, event, name, payload, id_, by, self._now(), retained=retained
                    )
                    return "" if self._take(entries, command) else f"{self.vessel} is through"
            except Unreadable as unreadable:
                why_not = f"{event} {name}: {unreadable}"
        return why_not

    # ---- peers

    def latch(self, name: str, value: Any) -> None:
        """Another vessel announced something."""
        self._take(latch(self.view, name, value, self._now()))

    def peer_pause(self, by: str) -> None:
        """Another vessel asked all to pause."""
        self._take(pause(self.view, by, f"{by} paused all vessels", self._now()))

    def peer_resume(self, by: str) -> None:
        """Another vessel asked all to resume."""
        self._take(resume(self.view, by, self._now()))

    # ---- where it stands

    def report(self) -> RunReport:
        """Where the run stands."""
        now_s, view = self._now().process_s, self.view
        waits_at, waits_for = self._waits()
        return RunReport(
            experiment=self.program.experiment,
            attempt=self.program.attempt,
            vessel=self.vessel,
            reactor=self._reactor_name,
            revision=self.program.revision,
            plan_hash=self.program.plan_hash,
            state=view.state.value,
            control_seq=view.control_seq,
            phase=view.phase,
            visit=view.visit,
            process_s=now_s,
            elapsed_s=view.elapsed_s(now_s),
            phase_s=view.phase_s(now_s),
            began_wall_s=view.began_wall_s,
            waits_at=waits_at,
            waits_for=list(waits_for),
            hands=[
                HandReport(
                    name=name,
                    value=hand.value,
                    by=hand.by,
                    for_s=None if hand.until_s is None else max(0.0, hand.until_s - now_s),
                )
                for name, hand in view.layers.overrides.items()
                if name != EMERGENCY_STOP
            ],
        )

    @property
    def paused(self) -> bool:
        """Whether the vessel is paused."""
        return self.view.state is State.PAUSED

    @property
    def jobs_known(self) -> frozenset[str]:
        """Jobs that the plan has for this vessel, now or in some phase."""
        phases = self.program.slice.phases
        return frozenset(self.program.slice.jobs).union(*(phase.jobs for phase in phases))

    def _waits(self) -> tuple[str | None, tuple[str, ...]]:
        """Before which phase the vessel stands, and for whom (SEMANTICS rule 9)."""
        waiting = self.view.barrier
        phase = None if waiting is None else self.program.phases.get(waiting.phase)
        if waiting is None or phase is None or phase.plan.together is None:
            return None, ()
        return waiting.phase, missing(self.view, waiting.phase, phase.plan.together)

    # ---- for the vessel

    def _now(self) -> Moment:
        instant = self._clock.now()
        moment = self.run_clock.moment(instant)
        self.page.turn_to(moment, instant)
        return moment

    def _take(self, entries: tuple[Entry, ...], command: str = "") -> bool:
        """Write what became true from outside, with the id of the command that said so."""
        if command:
            entries = tuple(
                replace(each, data={**each.data, "command": command}) for each in entries
            )
        if entries:
            self.page.add(entries)
            self._act()
        return bool(entries)

    def _act(self) -> None:
        """Something was decided from outside: look at once."""
        self.page.flush()
        self._look_again_s = -inf
        self.wake.set()
