"""`hold_while`: the clocks of a phase stand while it is true (SEMANTICS rule 8)."""

from __future__ import annotations

from orchestrator.execution import conditions
from orchestrator.execution.describe import duration
from orchestrator.execution.occurrences import EPSILON_S
from orchestrator.execution.turn import Turn
from orchestrator.model.ledger import Kind
from orchestrator.model.plan import Hold


def advance(turn: Turn) -> None:
    """Hold the clocks or let them go on; unknown does not hold."""
    phase = turn.program.phases[turn.view.phase or ""]
    if phase.hold is None or phase.plan.hold is None:
        return
    left_s = phase.plan.hold.max_s - _held_s(turn)
    if left_s <= EPSILON_S:
        _run_out(turn, phase.plan.hold)
        return
    key = turn.program.when_key(turn.view.visit_text, "hold_while")
    stands = conditions.stands(turn, key, phase.hold)
    held = turn.view.clocks.held_at_s is not None
    if stands is not None and stands is not held:
        _change(turn, stands)
    if turn.view.clocks.held_at_s is not None:
        turn.wake_at(turn.now_s + left_s)


def _held_s(turn: Turn) -> float:
    """How long the clocks were held in this visit, this hold included."""
    view = turn.view
    since_s = view.clocks.held_at_s
    return view.held_s + (0.0 if since_s is None else turn.now_s - since_s)


def _change(turn: Turn, hold: bool) -> None:
    view = turn.view
    if hold:
        turn.write(Kind.HELD, phase=view.phase, visit=view.visit)
    else:
        reason = "its condition is no longer true"
        turn.write(Kind.FREED, phase=view.phase, visit=view.visit, reason=reason)


def _run_out(turn: Turn, hold: Hold) -> None:
    """It was held for as long as it may be: it goes on, and people are told, once a visit."""
    view = turn.view
    if view.clocks.held_at_s is None:
        return
    text = f"phase {view.phase} was held for {duration(hold.max_s)}, the most that it may be"
    turn.write(
        Kind.ALERT, text=f"{text}; its clock goes on", severity="warning", source="hold_while"
    )
    turn.write(Kind.FREED, phase=view.phase, visit=view.visit, reason=text)
