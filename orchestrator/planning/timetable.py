"""What a plan does when, as far as that can be known beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from orchestrator.model.plan import Plan
from orchestrator.planning.row import Row
from orchestrator.planning.unroll import Unroll

__all__ = ["Row", "timetable"]


def timetable(
    plan: Plan,
    start_wall_s: float,
    for_s: float,
    assume: Mapping[str, float] | None = None,
    *,
    attempt: str = "plan",
) -> list[Row]:
    """List what falls due within `for_s` of a start at `start_wall_s`, by time.

    `assume` gives lengths in seconds to phases that end by a condition or a person; with it, people
    are taken to answer after ten minutes. What no time is known for comes last, phase by phase.
    """
    rows = [
        row
        for slice_ in plan.vessels
        for row in Unroll(slice_, attempt, start_wall_s, for_s, assume or {}).rows()
    ]
    order = {phase.name: n for each in plan.vessels for n, phase in enumerate(each.phases)}
    return sorted(rows, key=lambda row: _place(row, order[row.phase]))


def _place(row: Row, phase: int) -> tuple[float, int, float]:
    return (
        inf if row.time_s is None else row.time_s,
        phase,
        inf if row.phase_time_s is None else row.phase_time_s,
    )
