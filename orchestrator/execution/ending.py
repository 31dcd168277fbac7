"""The end of a run, and what ends with a phase (SEMANTICS rule 10)."""

from __future__ import annotations

from typing import Final

from orchestrator.execution import ramps
from orchestrator.execution.cancel import cancel
from orchestrator.execution.decision import Announce
from orchestrator.execution.standing import Intent
from orchestrator.execution.turn import Turn
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind

FAILED: Final = ".failed"
"""What a peer's failure is latched under, behind its name."""


def end_if_meant(turn: Turn) -> None:
    """Close everything and end the run, if a step, a person or the last phase said so."""
    view = turn.view
    if view.ending is None and turn.program.slice.on_vessel_failure == "stop_all":
        failed = sorted(name for name, value in view.latched.items() if value and _fails(name))
        if failed:
            peer = failed[0].removesuffix(FAILED)
            end(turn, State.CANCELLED, f"{peer} failed, and all stop with it")
    intent = view.ending
    if intent is not None and not _leaves_first(turn, intent):
        end(turn, State(intent.what), intent.reason)


def end(turn: Turn, state: State, reason: str) -> None:
    """End the run."""
    view = turn.view
    close(turn, reason or "the run ended", of_rules=True)
    if view.phase is not None and not view.between:
        turn.write(Kind.PHASE_LEFT, phase=view.phase, visit=view.visit, reason="ended")
    turn.write(Kind.RUN_ENDED, state=state.value, reason=reason)
    turn.announces.append(Announce(what="ended", data={"state": state.value, "reason": reason}))


def close(turn: Turn, reason: str, *, of_rules: bool = False) -> None:
    """End what belongs to the phase, and to rules if the run ends."""
    for procedure in list(turn.view.procedures.values()):
        if of_rules or not procedure.of_rule:
            cancel(turn, procedure, reason)
    ramps.end_all(turn, reason)


def _leaves_first(turn: Turn, intent: Intent) -> bool:
    """Whether the phase still does what it does on leaving; who cancels does not wait for that."""
    view = turn.view
    if intent.what == State.CANCELLED or view.between or view.state is not State.RUNNING:
        return False
    if view.leaving is not None:
        return True
    phase = turn.program.phases.get(view.phase or "")
    if phase is None or not phase.plan.on_leave:
        return False
    turn.write(Kind.PHASE_LEAVING, phase=view.phase, visit=view.visit, reason="ended")
    return True


def _fails(latched: str) -> bool:
    return latched.endswith(FAILED)
