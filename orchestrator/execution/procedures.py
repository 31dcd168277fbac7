"""Move every procedure on that nothing holds."""

from __future__ import annotations

from orchestrator.execution.cancel import cancel, through
from orchestrator.execution.late import late_by
from orchestrator.execution.procedure import Procedure
from orchestrator.execution.turn import Turn
from orchestrator.execution.verbs import VERBS
from orchestrator.execution.walk import Walk


def advance(turn: Turn) -> None:
    """Go on in each as far as possible, in the order in which they began."""
    for procedure in list(turn.view.procedures.values()):
        advance_one(turn, procedure)


def advance_one(turn: Turn, procedure: Procedure) -> None:
    """Go on in one, if it is still open and nothing holds it."""
    if procedure.text in turn.view.procedures and not _is_held(turn, procedure):
        _go_on(turn, procedure)


def _go_on(turn: Turn, procedure: Procedure) -> None:
    walk = Walk(turn, procedure, VERBS)
    if procedure.asked and not _may(turn, walk, procedure):
        return
    if procedure.finishes and _carries_out(turn, procedure):
        return
    if procedure.stopped:
        cancel(turn, procedure, procedure.stopped)
    elif walk.sequence(turn.program.steps_for(procedure), ""):
        through(turn, procedure)


def _carries_out(turn: Turn, procedure: Procedure) -> bool:
    """Whether the shell is at one of its steps."""
    view = turn.view
    return any(
        str(action.key.whole) == procedure.text and text not in view.interrupted
        for text, action in view.actions.items()
    )


def _is_held(turn: Turn, procedure: Procedure) -> bool:
    if turn.view.stands(procedure):
        return True
    if not procedure.queued or procedure.records:
        return False
    line = (each for each in turn.view.procedures.values() if procedure.is_like(each))
    return next(line) is not procedure


def _may(turn: Turn, walk: Walk, procedure: Procedure) -> bool:
    """Ask a person whether to begin late; whether the answer was yes."""
    leave = procedure.answers.get("")
    late = late_by(procedure.late_s)
    if leave is None:
        walk.question("", "late", f"{procedure.key.item} is {late}; still do it?", None)
        return False
    if leave[0] == "run":
        return True
    cancel(turn, procedure, f"{late}, skipped by {leave[1]}")
    return False
