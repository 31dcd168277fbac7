"""Starts of rules by time: on the experiment's clock, where schedules go by the phase's."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from orchestrator.execution.items import CATCH_UP_MAX
from orchestrator.execution.occurrences import (
    EPSILON_S,
    next_on_clock,
    next_on_wall,
    rule_occurrence_text,
)
from orchestrator.execution.program import RuleProgram
from orchestrator.execution.turn import Turn
from orchestrator.model.plan import CronStart, TimeStart


@dataclass(frozen=True, slots=True, kw_only=True)
class DueStart:
    """A moment of a rule that has come."""

    start: str
    kind: str
    occurrence: str
    nominal_s: float
    """Process seconds."""
    late_s: float


def due_starts(turn: Turn, rule: RuleProgram) -> list[DueStart]:
    """List a rule's moments that have come, oldest first; look again at the next.

    Two of its starts that fall on one moment are one firing.
    """
    found: dict[str, DueStart] = {}
    told_until_s = inf
    for name, start in rule.times:
        due = _due(turn, rule, name, start)
        if len(due) == CATCH_UP_MAX:
            told_until_s = min(told_until_s, due[-1].nominal_s)
        for each in due:
            found.setdefault(each.occurrence, each)
    if told_until_s < inf:
        turn.breathe = True
        turn.wake_at(turn.now_s)
    due = [each for each in found.values() if each.nominal_s <= told_until_s]
    return sorted(due, key=lambda each: each.nominal_s)


def _due(turn: Turn, rule: RuleProgram, name: str, start: TimeStart) -> list[DueStart]:
    state = turn.view.rules[rule.id]
    on_wall = isinstance(start, CronStart)
    after_s = state.wall_s if on_wall else state.elapsed_s
    found: list[DueStart] = []
    while len(found) < CATCH_UP_MAX:
        due_s = _next_s(turn, rule, name, start, after_s)
        if due_s is None or not _has_come(turn, on_wall, due_s):
            break
        now_s = (turn.moment.wall_s or 0.0) if on_wall else turn.elapsed_s
        late_s = max(0.0, now_s - due_s)
        found.append(
            DueStart(
                start=name,
                kind=start.kind,
                occurrence=rule_occurrence_text(start, due_s),
                nominal_s=turn.now_s - (now_s - due_s),
                late_s=late_s,
            )
        )
        after_s = due_s
    return found


def _next_s(
    turn: Turn, rule: RuleProgram, name: str, start: TimeStart, after_s: float | None
) -> float | None:
    """The next moment, on the experiment's clock or, for cron, in UTC."""
    if not isinstance(start, CronStart):
        return next_on_clock(start, after_s)
    if turn.moment.wall_s is None:
        return None
    if after_s is None:
        after_s = _began_wall_s(turn, turn.moment.wall_s) - EPSILON_S
    place = (f"{rule.plan.item}@{name}", start.timezone)
    asked = turn.view.cache.cron.get(place)
    if asked is None or asked[0] != after_s:
        asked = turn.view.cache.cron[place] = (after_s, next_on_wall(start, after_s))
    return asked[1]


def _began_wall_s(turn: Turn, wall_s: float) -> float:
    """What fell due before the run began does not exist."""
    began_s = turn.view.began_wall_s
    return wall_s - turn.now_s if began_s is None else began_s


def _has_come(turn: Turn, on_wall: bool, due_s: float) -> bool:
    if not on_wall:
        return turn.is_past(due_s)
    wall_s = turn.moment.wall_s
    assert wall_s is not None
    if wall_s >= due_s - EPSILON_S:
        return True
    turn.wake_at(turn.now_s + (due_s - wall_s))
    return False
