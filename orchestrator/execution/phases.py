"""Phases: entered, left, and the end of all (SEMANTICS rules 9 and 10)."""

from __future__ import annotations

from orchestrator.execution import conditions, items, ramps
from orchestrator.execution.cancel import cancel, skip
from orchestrator.execution.decision import Announce
from orchestrator.execution.describe import duration
from orchestrator.execution.late import GRACE_S, late_by
from orchestrator.execution.program import WHEN, PhaseProgram
from orchestrator.execution.turn import Turn
from orchestrator.model.experiment import State
from orchestrator.model.key import seconds_text
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome


def enter_if_between(turn: Turn) -> None:
    """Enter the first phase, or the next one once everything of the last is closed."""
    view = turn.view
    if view.between:
        _close(turn, f"phase {view.phase} ended")
    if view.phase is None:
        _enter(turn, turn.program.first_phase, None)
    elif view.between and view.next_phase[0] is not None:
        _enter(turn, view.next_phase[0], view.next_phase[1])


def begin_do(turn: Turn) -> None:
    """Begin what the phase does on entering; if that was missed, skip it whole."""
    view = turn.view
    phase = turn.program.phases[view.phase or ""]
    if not phase.plan.do or "do" in view.items:
        return
    key = turn.program.key(view.visit_text, "do", "0")
    entered_s = view.clocks.entered_s or 0.0
    late_s = turn.elapsed_s - entered_s
    nominal_s = turn.process_s(entered_s)
    if late_s > GRACE_S and not phase.do_is_state:
        skip(turn, key, phase.plan.do, nominal_s, late_by(late_s))
        return
    late_s = late_s if late_s > GRACE_S else 0.0
    turn.write(Kind.ITEM_BEGAN, key, item="do", nominal_s=nominal_s, late_s=late_s)


def leave_if_over(turn: Turn) -> None:
    """Leave the phase for whichever reason comes first."""
    view = turn.view
    if view.move is not None:
        _leave(turn, view.move.reason, view.move.what, None)
        return
    phase = turn.program.phases[view.phase or ""]
    plan, entered_s = phase.plan, view.clocks.entered_s or 0.0
    if plan.until is not None:
        key = str(turn.program.key(view.visit_text, "until", WHEN))
        if conditions.holds(turn, key, turn.program.held(plan.until)):
            _leave(turn, "until", phase.following, None)
            return
    if plan.duration_s is not None and turn.is_past(entered_s + plan.duration_s):
        _leave(turn, "duration", phase.following, entered_s + plan.duration_s)
    elif plan.until is None and plan.duration_s is None and _is_through(turn, phase):
        _leave(turn, "through", phase.following, None)
    elif plan.timeout is not None and turn.is_past(entered_s + plan.timeout.after_s):
        _time_out(turn, phase, plan.timeout.after_s, plan.timeout.then)


def end_if_meant(turn: Turn) -> None:
    """Close everything and end the run, if a step, a person or the last phase said so."""
    intent = turn.view.ending
    if intent is not None:
        end(turn, State(intent.what), intent.reason)


def end(turn: Turn, state: State, reason: str) -> None:
    """End the run."""
    view = turn.view
    _close(turn, reason or "the run ended", of_rules=True)
    if view.phase is not None and not view.between:
        turn.write(Kind.PHASE_LEFT, phase=view.phase, visit=view.visit, reason="ended")
    turn.write(Kind.RUN_ENDED, state=state.value, reason=reason)
    turn.announces.append(Announce(what="ended", data={"state": state.value, "reason": reason}))


def _enter(turn: Turn, name: str, elapsed_s: float | None) -> None:
    view = turn.view
    if name not in turn.program.phases:
        end(turn, State.FAILED, f"there is no phase {name}")
        return
    turn.write(
        Kind.PHASE_ENTERED,
        phase=name,
        visit=view.visits.get(name, 0) + 1,
        elapsed_s=turn.elapsed_s if elapsed_s is None else elapsed_s,
    )


def _leave(turn: Turn, reason: str, following: str | None, elapsed_s: float | None) -> None:
    view = turn.view
    turn.announces.append(Announce(what="left", data={"phase": view.phase, "visit": view.visit}))
    turn.write(
        Kind.PHASE_LEFT,
        phase=view.phase,
        visit=view.visit,
        reason=reason,
        next=following,
        next_elapsed_s=elapsed_s,
    )


def _close(turn: Turn, reason: str, *, of_rules: bool = False) -> None:
    """End what belongs to the phase, and to rules if the run ends."""
    for procedure in list(turn.view.procedures.values()):
        if of_rules or not procedure.of_rule:
            cancel(turn, procedure, reason)
    ramps.end_all(turn, reason)


def _is_through(turn: Turn, phase: PhaseProgram) -> bool:
    """Whether its `do:` and its schedule have nothing more to do."""
    return (not phase.plan.do or "do" in turn.view.items) and items.is_through(turn)


def _time_out(turn: Turn, phase: PhaseProgram, after_s: float, then: str) -> None:
    """Do what the timeout says, once a visit."""
    view = turn.view
    if "timeout" in view.items:
        return
    reason = f"phase {view.phase} took longer than {duration(after_s)}"
    if then not in ("fail", "pause"):
        _leave(turn, "timeout", phase.following if then == "next" else then, None)
        return
    key = turn.program.key(view.visit_text, "timeout", seconds_text(after_s))
    turn.write(Kind.ITEM_ENDED, key, outcome=Outcome.DONE.value, reason=reason, then=then)
