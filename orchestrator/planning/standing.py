"""What a plan wants of a vessel at the moment, as far as plan and clock tell."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.execution.decide import decide
from orchestrator.execution.decision import Moment, Wanted
from orchestrator.execution.program import Program
from orchestrator.execution.state_entry import is_state, recomputed
from orchestrator.execution.steer import begin
from orchestrator.execution.view import RunView
from orchestrator.model.expression import Const
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Condition, PhasePlan, Slice
from orchestrator.planning.rest import Position

_NEVER = Condition(when=Const(False))


def wanted_at(slice_: Slice, at: Position, now_wall_s: float, timezone: str) -> Wanted:
    """Let execution itself decide, of a vessel that entered its phase as long ago as `at` says.

    Only what can be recomputed counts: jobs, state entries, ramps and shapes. What procedures,
    rules and hands have set is known to nobody but the worker.
    """
    program = Program(_recomputed(slice_), attempt="plan", experiment="plan", timezone=timezone)
    view = RunView.fold(program, begin(program, Moment(0.0, now_wall_s - at.elapsed_s)))
    entered_s = at.elapsed_s - at.phase_s
    view.apply(
        Entry(
            kind=Kind.PHASE_ENTERED,
            process_s=entered_s,
            wall_s=now_wall_s - at.phase_s,
            data={"phase": at.phase, "visit": at.visit, "elapsed_s": entered_s},
        )
    )
    return decide(program, view, {}, Moment(at.elapsed_s, now_wall_s)).wanted


def _recomputed(slice_: Slice) -> Slice:
    return replace(slice_, rules=(), loops=(), phases=tuple(map(_quiet, slice_.phases)))


def _quiet(phase: PhasePlan) -> PhasePlan:
    """A phase that ends by its duration alone, since nothing else can be foreseen."""
    return replace(
        phase,
        on_enter=phase.on_enter if is_state(phase.on_enter) else (),
        do=phase.do if is_state(phase.do) else (),
        on_leave=(),
        items=tuple(item for item in phase.items if recomputed(item)),
        until=_NEVER,
        timeout=None,
        hold=None,
        together=None,
        rules=(),
    )
