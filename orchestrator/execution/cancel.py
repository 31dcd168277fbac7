"""End a procedure early: what is under way is told to end, the rest is skipped with the reason."""

from __future__ import annotations

from orchestrator.execution.late import late_by
from orchestrator.execution.nesting import close
from orchestrator.execution.procedure import Procedure
from orchestrator.execution.turn import Turn
from orchestrator.execution.verbs import VERBS
from orchestrator.execution.walk import Walk
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import StepPlan


def cancel(turn: Turn, procedure: Procedure, reason: str) -> None:
    """End a procedure; if nothing was left of it, it is done."""
    walk = Walk(turn, procedure, VERBS)
    if close(walk, turn.program.steps_for(procedure), "", reason):
        turn.write(Kind.ITEM_ENDED, procedure.key, outcome=Outcome.SKIPPED.value, reason=reason)
    else:
        through(turn, procedure)


def through(turn: Turn, procedure: Procedure) -> None:
    """Every step of a procedure has ended."""
    late = procedure.late_s > 0.0
    turn.write(
        Kind.ITEM_ENDED,
        procedure.key,
        outcome=(Outcome.LATE if late else Outcome.DONE).value,
        reason=late_by(procedure.late_s) if late else "",
    )


def skip(
    turn: Turn, key: ActionKey, steps: tuple[StepPlan, ...], nominal_s: float, reason: str
) -> None:
    """Skip an occurrence whole: each of its steps gets its outcome."""
    procedure = Procedure(
        key=key, text=str(key), nominal_s=nominal_s, due_s=turn.elapsed_s - (turn.now_s - nominal_s)
    )
    walk = Walk(turn, procedure, VERBS)
    for number, step in enumerate(steps):
        walk.ended(step, str(number), Outcome.SKIPPED, reason)
    turn.write(Kind.ITEM_ENDED, key, outcome=Outcome.SKIPPED.value, reason=reason)
