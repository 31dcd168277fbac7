"""Phases left: why, for which phase, and what is done on leaving (SEMANTICS rule 9)."""

from __future__ import annotations

from orchestrator.execution import conditions, items
from orchestrator.execution.cancel import cancel
from orchestrator.execution.decision import Announce
from orchestrator.execution.describe import duration
from orchestrator.execution.ending import close, end
from orchestrator.execution.late import GRACE_S
from orchestrator.execution.program import OWN_STEPS, PhaseProgram
from orchestrator.execution.route import Rounds
from orchestrator.execution.standing import Leaving
from orchestrator.execution.turn import Turn
from orchestrator.model.experiment import State
from orchestrator.model.key import ActionKey, seconds_text
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import LoopPlan


def leave_if_over(turn: Turn) -> None:
    """Leave the phase for whichever reason comes first."""
    view = turn.view
    if view.move is not None:
        rounds = turn.program.route.inside(view.move.what, view.rounds)
        _leave(turn, view.move.reason, view.move.what, None, rounds)
        return
    phase = turn.program.phases[view.phase or ""]
    plan, entered_s = phase.plan, view.clocks.entered_s or 0.0
    if plan.until is not None:
        key = turn.program.when_key(view.visit_text, "until")
        if conditions.holds(turn, key, turn.program.held(plan.until)):
            _go_on(turn, "until", None)
            return
    if plan.duration_s is not None and turn.is_past(entered_s + plan.duration_s):
        _go_on(turn, "duration", entered_s + plan.duration_s)
    elif plan.until is None and plan.duration_s is None and _is_through(turn, phase):
        _go_on(turn, "through", None)
    elif plan.timeout is not None and turn.is_past(entered_s + plan.timeout.after_s):
        _time_out(turn, plan.timeout.after_s, plan.timeout.then)


def go_on_leaving(turn: Turn) -> None:
    """Do what the phase does on leaving; when that is over, or took too long, leave it."""
    view, leaving = turn.view, turn.view.leaving
    assert leaving is not None
    plan = turn.program.phases[view.phase or ""].plan
    key = turn.program.key(view.visit_text, "on_leave", "0")
    if "on_leave" not in view.items:
        close(turn, f"phase {view.phase} ended")
        _begin_leaving(turn, key, leaving)
    elif str(key) in view.procedures:
        if turn.is_past(leaving.began_s + plan.on_leave_s):
            reason = f"on_leave took longer than {duration(plan.on_leave_s)}"
            cancel(turn, view.procedures[str(key)], reason)
    else:
        _left(turn, leaving)


def _begin_leaving(turn: Turn, key: ActionKey, leaving: Leaving) -> None:
    """It is begun however late it is; each of its steps is judged for itself."""
    due_s = leaving.began_s if leaving.next_elapsed_s is None else leaving.next_elapsed_s
    late_s = turn.elapsed_s - due_s
    turn.write(
        Kind.ITEM_BEGAN,
        key,
        item="on_leave",
        nominal_s=turn.process_s(due_s),
        late_s=late_s if late_s > GRACE_S else 0.0,
        due_s=due_s,
    )


def _left(turn: Turn, leaving: Leaving) -> None:
    view = turn.view
    if view.ending is not None:
        end(turn, State(view.ending.what), view.ending.reason)
    elif view.move is not None:
        rounds = turn.program.route.inside(view.move.what, view.rounds)
        _write_left(turn, view.move.reason, view.move.what, None, rounds)
    else:
        elapsed_s = leaving.next_elapsed_s
        if elapsed_s is not None:
            elapsed_s += turn.elapsed_s - leaving.began_s
        _write_left(turn, leaving.reason, leaving.next, elapsed_s, leaving.rounds)


def _go_on(turn: Turn, reason: str, elapsed_s: float | None) -> None:
    """Leave the phase for the one that comes after it, or for another round."""
    view = turn.view
    phase, rounds = turn.program.route.onward(
        view.phase or "", view.rounds, lambda loop, number: _ends_loop(turn, loop, number)
    )
    _leave(turn, reason, phase, elapsed_s, rounds)


def _ends_loop(turn: Turn, loop: LoopPlan, number: int) -> bool:
    """Ask a loop's `until` after a round, once; unknown goes on with the next round."""
    if loop.until is None:
        return False
    view = turn.view
    text = turn.program.when_key(view.visit_text, f"{loop.loop}[{number}]")
    if text not in view.conditions:
        holds, why = conditions.ask(turn.look, loop.until)
        unknown = why.startswith("unknown")
        turn.write(
            Kind.CONDITION,
            text,
            value=conditions.WORDS[None if unknown else holds],
            since_s=turn.now_s,
            reason=why if unknown else "",
            saw={},
        )
    return view.conditions[text].truth is True


def _leave(
    turn: Turn, reason: str, following: str | None, elapsed_s: float | None, rounds: Rounds
) -> None:
    """Leave the phase, as soon as it has done what it does on leaving."""
    view = turn.view
    plan = turn.program.phases[view.phase or ""].plan
    if not plan.on_leave or view.state is not State.RUNNING:
        _write_left(turn, reason, following, elapsed_s, rounds)
        return
    turn.write(
        Kind.PHASE_LEAVING,
        phase=view.phase,
        visit=view.visit,
        reason=reason,
        next=following,
        next_elapsed_s=elapsed_s,
        rounds=rounds,
    )


def _write_left(
    turn: Turn, reason: str, following: str | None, elapsed_s: float | None, rounds: Rounds
) -> None:
    view = turn.view
    turn.announces.append(Announce(what="left", data={"phase": view.phase, "visit": view.visit}))
    turn.write(
        Kind.PHASE_LEFT,
        phase=view.phase,
        visit=view.visit,
        reason=reason,
        next=following,
        next_elapsed_s=elapsed_s,
        **({"rounds": rounds} if rounds else {}),
    )


def _is_through(turn: Turn, phase: PhaseProgram) -> bool:
    """Whether its `do:` and its schedule have nothing more to do."""
    own = [item for item in ("on_enter", "do") if OWN_STEPS[item](phase.plan)]
    return all(item in turn.view.items for item in own) and items.is_through(turn)


def _time_out(turn: Turn, after_s: float, then: str) -> None:
    """Do what the timeout says, once a visit."""
    view = turn.view
    if "timeout" in view.items:
        return
    reason = f"phase {view.phase} took longer than {duration(after_s)}"
    if then == "next":
        _go_on(turn, "timeout", None)
        return
    if then not in ("fail", "pause"):
        _leave(turn, "timeout", then, None, turn.program.route.inside(then, view.rounds))
        return
    key = turn.program.key(view.visit_text, "timeout", seconds_text(after_s))
    turn.write(Kind.ITEM_ENDED, key, outcome=Outcome.DONE.value, reason=reason, then=then)
