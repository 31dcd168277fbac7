"""Conditions over time: edges are traced, `for` is counted, unknown fires nothing (SEMANTICS rule
12)."""

from __future__ import annotations

from typing import Final

from orchestrator.execution.occurrences import EPSILON_S
from orchestrator.execution.program import Held
from orchestrator.execution.standing import UNKNOWN, ConditionState
from orchestrator.execution.turn import Turn
from orchestrator.execution.watch import least_max_age_s, seen
from orchestrator.model.expression import Expression, Lookup, Unknown, evaluate
from orchestrator.model.ledger import Kind

WORDS: Final = {True: "true", False: "false", None: "unknown"}
_NEVER_SEEN: Final = ConditionState()


def holds(turn: Turn, key: str, condition: Held) -> bool:
    """Ask a condition, trace its edge, and say whether it has held for long enough."""
    return stands(turn, key, condition) is True


def stands(turn: Turn, key: str, condition: Held) -> bool | None:
    """The same; None where it is unknown for so short a time that it says nothing yet."""
    found = condition.test.ask(turn.look)
    truth = None if isinstance(found, Unknown) else found
    state = turn.view.conditions.get(key, _NEVER_SEEN)
    turn.watch(condition.test, truth)
    if truth is None and turn.now_s < state.grace_until_s:
        turn.wake_at(state.grace_until_s)
        return None
    if truth is not state.truth:
        reason = str(found) if isinstance(found, Unknown) else ""
        _trace(turn, key, condition, truth, reason)
        state = turn.view.conditions[key]
    if truth is not True:
        return False
    if turn.now_s - state.since_s >= condition.for_s - EPSILON_S:
        return True
    turn.wake_at(state.since_s + condition.for_s)
    return False


def ask(look: Lookup, expression: Expression) -> tuple[bool, str]:
    """Evaluate an `if` once: whether it holds, and in words why not."""
    found = evaluate(expression, look)
    if isinstance(found, Unknown):
        return False, f"{UNKNOWN}{found}"
    if found is True:
        return True, ""
    return False, "its condition is false"


def _trace(turn: Turn, key: str, condition: Held, truth: bool | None, reason: str) -> None:
    names = condition.test.names
    turn.write(
        Kind.CONDITION,
        key,
        value=WORDS[truth],
        since_s=turn.now_s,
        reason=reason,
        saw=seen(names, turn.look),
        max_age_s=least_max_age_s(names, turn.signals),
    )
