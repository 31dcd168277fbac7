"""`together`: nobody enters a phase before every peer is there (SEMANTICS rule 9).

Each vessel announces its arrivals, and latches those of its peers; no leader is needed. A vessel
that jumps past such a phase counts as having come to it, and so does one whose run has ended.
"""

from __future__ import annotations

from orchestrator.execution.decision import Announce
from orchestrator.execution.describe import duration
from orchestrator.execution.run_state import RunState
from orchestrator.execution.turn import Turn
from orchestrator.model.key import seconds_text
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import Barrier


def is_open(turn: Turn, phase: str, barrier: Barrier) -> bool:
    """Whether the vessel may enter now; announces that it is there, and minds the time."""
    view = turn.view
    if view.barrier is None or view.barrier.phase != phase:
        _arrive(turn, phase, barrier)
    waiting = view.barrier
    assert waiting is not None
    absent = missing(view, phase, barrier)
    if not absent or (waiting.deadline_s is None and barrier.then == "enter"):
        return True
    if waiting.deadline_s is not None and turn.is_past(waiting.deadline_s):
        _time_out(turn, phase, barrier, absent)
        return barrier.then == "enter"
    return False


def missing(view: RunState, phase: str, barrier: Barrier) -> tuple[str, ...]:
    """The peers that have not come yet."""
    latched, arrival = view.latched, view.arrivals.get(phase, 0)
    return tuple(
        peer
        for peer in barrier.peers
        if not latched.get(f"{peer}.ended")
        and int(latched.get(f"{peer}.arrived.{phase}", 0)) < arrival
    )


def passed(turn: Turn, goal: str) -> dict[str, int]:
    """The phases to be entered together that lie between here and a goal, which are left out."""
    view = turn.view
    return {
        name: view.arrivals.get(name, 0) + 1
        for name in turn.program.route.between(_place(turn), goal)
        if turn.program.phases[name].plan.together is not None
    }


def announce(turn: Turn, arrivals: dict[str, int]) -> None:
    """Tell the peers."""
    if arrivals:
        turn.announces.append(Announce(what="arrived", data={"phases": arrivals}))


def _place(turn: Turn) -> str | None:
    """Where the vessel comes from: a phase, or another that it has waited for."""
    view = turn.view
    return view.phase if view.barrier is None else view.barrier.phase


def _arrive(turn: Turn, phase: str, barrier: Barrier) -> None:
    view = turn.view
    left_out = passed(turn, phase)
    arrival = view.arrivals.get(phase, 0) + 1
    turn.write(
        Kind.ARRIVED,
        phase=phase,
        arrival=arrival,
        awaits=list(barrier.peers),
        deadline_s=turn.elapsed_s + barrier.after_s,
        passed=left_out,
    )
    announce(turn, {**left_out, phase: arrival})


def _time_out(turn: Turn, phase: str, barrier: Barrier, absent: tuple[str, ...]) -> None:
    names = ", ".join(absent)
    reason = f"{names} did not come to phase {phase} within {duration(barrier.after_s)}"
    then, goal, rounds = barrier.then, None, turn.view.rounds
    if then == "next":
        goal, rounds = turn.program.route.onward(phase, turn.view.rounds, lambda *_: False)
        then = "finish" if goal is None else "go_to"
    elif then not in ("fail", "pause", "enter"):
        then, goal = "go_to", then
    number = turn.view.visits.get(phase, 0) + 1
    key = turn.program.key(f"{phase}#{number}", "together", seconds_text(barrier.after_s))
    turn.write(
        Kind.ITEM_ENDED,
        key,
        outcome=Outcome.DONE.value,
        reason=reason,
        then=then,
        phase=goal,
        rounds=rounds,
    )
    if then in ("enter", "go_to"):
        turn.write(Kind.ALERT, key, text=reason, severity="warning", source="together")
