"""When an item falls due: on the phase's clock, or on the wall.

Execution and the timetable both ask here, so that they cannot disagree.
"""

from __future__ import annotations

from math import floor

from orchestrator.execution import cron
from orchestrator.model.key import seconds_text, utc_seconds, utc_text
from orchestrator.model.plan import (
    AtPlan,
    AtStart,
    CronPlan,
    CronStart,
    EveryPlan,
    EveryStart,
    ItemPlan,
    RampPlan,
    ShapePlan,
    TimeStart,
)

EPSILON_S = 1e-6
"""Clocks are sums of floats: what is due this soon is due now."""

ON_CLOCK = "+"
"""Stands before a moment of the experiment's clock in the key of a rule, whose other firings are
counted."""

PhaseItem = AtPlan | EveryPlan | RampPlan | ShapePlan


def next_in_phase(item: PhaseItem, after_s: float | None, end_s: float | None) -> float | None:
    """The first occurrence after a moment of the phase's clock, or the first of all.

    What falls on the phase's end or later does not exist, nor what falls on an `until` of its own.
    """
    due_s = _every(item, after_s) if isinstance(item, EveryPlan) else _once(item, after_s)
    if due_s is None or (end_s is not None and due_s >= end_s - EPSILON_S):
        return None
    return due_s


def next_on_clock(start: AtStart | EveryStart, after_s: float | None) -> float | None:
    """The same for a rule, on the experiment's clock."""
    return _every(start, after_s) if isinstance(start, EveryStart) else _once(start, after_s)


def next_on_wall(item: CronPlan | CronStart, after_wall_s: float) -> float | None:
    """The first occurrence of a cron entry after a moment, UTC."""
    return cron.next_after(item.cron, item.timezone, after_wall_s)


def occurrence_text(item: ItemPlan, due_s: float) -> str:
    """How an occurrence is called in keys."""
    return utc_text(due_s) if isinstance(item, CronPlan) else seconds_text(due_s)


def rule_occurrence_text(start: TimeStart, due_s: float) -> str:
    """How a moment of a rule is called in keys."""
    return utc_text(due_s) if isinstance(start, CronStart) else f"{ON_CLOCK}{seconds_text(due_s)}"


def occurrence_seconds(occurrence: str) -> float:
    """Read an occurrence back: seconds of its clock or UTC seconds, a rule's counter as it is."""
    return utc_seconds(occurrence) if occurrence.endswith("Z") else float(occurrence)


def _once(item: AtPlan | RampPlan | ShapePlan | AtStart, after_s: float | None) -> float | None:
    return item.at_s if after_s is None or item.at_s > after_s + EPSILON_S else None


def _first(item: EveryPlan | EveryStart) -> float:
    return item.every_s if item.from_s is None else item.from_s


def _every(item: EveryPlan | EveryStart, after_s: float | None) -> float | None:
    first_s = _first(item)
    number = 0
    if after_s is not None:
        number = max(0, floor((after_s - first_s + EPSILON_S) / item.every_s) + 1)
    due_s = first_s + number * item.every_s
    if item.count is not None and number >= item.count:
        return None
    if item.until_s is not None and due_s >= item.until_s - EPSILON_S:
        return None
    return due_s
