"""What rules start by the clock, as rows: they belong to no phase."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.execution.arguments import planned
from orchestrator.execution.describe import of_step
from orchestrator.execution.occurrences import (
    EPSILON_S,
    next_on_clock,
    next_on_wall,
    rule_occurrence_text,
)
from orchestrator.execution.phrase import phrase
from orchestrator.model.key import RULE_VISIT, ActionKey, utc_text
from orchestrator.model.plan import CronStart, EventStart, RulePlan, Slice, TimeStart, WhenStart
from orchestrator.planning.foresee import Foreseen, When, foresee
from orchestrator.planning.row import Row

OCCURRENCES_MAX = 20_000
"""Of one start; more than that nobody reads."""
NO_PHASE = ""


def rule_rows(
    slice_: Slice, attempt: str, start_wall_s: float, until_s: float, since_s: float, *, guess: bool
) -> Iterator[Row]:
    """Yield what a vessel's rules do before `until_s`.

    The table begins where the experiment's clock shows `since_s`; its rows' times count from there.
    """
    for rule in slice_.rules:
        moments: dict[str, float] = {}
        for start in rule.starts:
            if not isinstance(start, WhenStart | EventStart):
                for occurrence, time_s in _moments(start, start_wall_s, until_s, since_s):
                    moments.setdefault(occurrence, time_s)
        for occurrence, time_s in sorted(moments.items(), key=lambda each: each[1]):
            key = ActionKey(
                attempt=attempt,
                vessel=slice_.vessel,
                visit=RULE_VISIT,
                item=rule.item,
                occurrence=occurrence,
            )
            for each in foresee(rule.steps, When(time_s), guess=guess):
                if isinstance(each, Foreseen):
                    yield _row(slice_, rule, key, each, start_wall_s)


def _moments(
    start: TimeStart, start_wall_s: float, until_s: float, since_s: float
) -> Iterator[tuple[str, float]]:
    """Yield a start's occurrences with their moments in the table."""
    on_wall = isinstance(start, CronStart)
    origin_s = start_wall_s if on_wall else since_s
    after_s = origin_s - EPSILON_S if on_wall or since_s > 0.0 else None
    for _ in range(OCCURRENCES_MAX):
        due_s = _next(start, after_s)
        if due_s is None or due_s - origin_s >= until_s - EPSILON_S:
            return
        yield rule_occurrence_text(start, due_s), due_s - origin_s
        after_s = due_s


def _next(start: TimeStart, after_s: float | None) -> float | None:
    if isinstance(start, CronStart):
        return next_on_wall(start, after_s or 0.0)
    return next_on_clock(start, after_s)


def _row(slice_: Slice, rule: RulePlan, key: ActionKey, each: Foreseen, start_wall_s: float) -> Row:
    words = of_step(each.step, planned(each.step), slice_.units)
    if rule.if_ is not None:
        words = f"{words}, if {phrase(rule.if_)}".lstrip(", ")
    time_s = each.when.after_s
    return Row(
        time_s=time_s,
        wall=None if time_s is None else utc_text(start_wall_s + time_s),
        phase=NO_PHASE,
        phase_time_s=None,
        vessel=slice_.vessel,
        action_id=str(key.step(each.path)),
        action=each.step.op,
        detail=words,
        source=each.step.source,
        estimated=each.when.estimated and time_s is not None,
    )
