"""Phases entered, and what they do on entering (SEMANTICS rule 9)."""

from __future__ import annotations

from typing import Any

from orchestrator.execution import barriers
from orchestrator.execution.cancel import skip
from orchestrator.execution.ending import close, end
from orchestrator.execution.late import GRACE_S, late_by
from orchestrator.execution.turn import Turn
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind


def enter_if_between(turn: Turn) -> None:
    """Enter the first phase, or the next one once everything of the last is closed."""
    view = turn.view
    if view.phase is not None and not view.between:
        return
    if view.between and view.barrier is None:
        close(turn, f"phase {view.phase} ended")
    goal, elapsed_s = view.next_phase
    if view.move is not None:
        goal, elapsed_s = view.move.what, None
    if view.phase is None and goal is None:
        goal = turn.program.first_phase
    if goal is not None:
        _enter(turn, goal, elapsed_s)


def begin_do(turn: Turn) -> None:
    """Begin what the phase does on entering; if that was missed, skip it whole."""
    view = turn.view
    phase = turn.program.phases[view.phase or ""]
    due_s = view.clocks.entered_s or 0.0
    if phase.plan.on_enter:
        _begin_own(turn, "on_enter", due_s, is_state=phase.on_enter_is_state)
        if str(turn.program.key(view.visit_text, "on_enter", "0")) in view.procedures:
            return
        due_s = due_s if view.entering_over_s is None else view.entering_over_s
    if phase.plan.do:
        _begin_own(turn, "do", due_s, is_state=phase.do_is_state)


def _begin_own(turn: Turn, item: str, due_s: float, *, is_state: bool) -> None:
    if item in turn.view.items:
        return
    key = turn.program.key(turn.view.visit_text, item, "0")
    late_s, nominal_s = turn.elapsed_s - due_s, turn.process_s(due_s)
    if late_s > GRACE_S and not is_state:
        skip(turn, key, turn.program.steps_of(key), nominal_s, late_by(late_s))
        return
    late_s = late_s if late_s > GRACE_S else 0.0
    turn.write(Kind.ITEM_BEGAN, key, item=item, nominal_s=nominal_s, late_s=late_s)


def _enter(turn: Turn, name: str, elapsed_s: float | None) -> None:
    view = turn.view
    if name not in turn.program.phases:
        end(turn, State.FAILED, f"there is no phase {name}")
        return
    data: dict[str, Any] = {}
    barrier = turn.program.phases[name].plan.together
    if barrier is not None:
        if not barriers.is_open(turn, name, barrier) or view.state is State.PAUSED:
            return
        elapsed_s = None
        absent = barriers.missing(turn.view, name, barrier)
        data |= {"without": list(absent)} if absent else {}
    else:
        passed = barriers.passed(turn, name)
        barriers.announce(turn, passed)
        data |= {"passed": passed} if passed else {}
    rounds = turn.program.route.inside(name, view.rounds)
    turn.write(
        Kind.PHASE_ENTERED,
        phase=name,
        visit=view.visits.get(name, 0) + 1,
        elapsed_s=turn.elapsed_s if elapsed_s is None else elapsed_s,
        **data,
        **({"rounds": rounds} if rounds else {}),
    )
