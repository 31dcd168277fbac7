"""What a plan does when, as far as that can be known beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from orchestrator.execution.occurrences import EPSILON_S
from orchestrator.model.plan import Plan
from orchestrator.planning.row import Row
from orchestrator.planning.unroll import Unroll
from orchestrator.planning.unroll_rules import rule_rows

__all__ = ["Row", "timetable"]


def timetable(
    plan: Plan,
    start_wall_s: float,
    for_s: float,
    assume: Mapping[str, float] | None = None,
    *,
    attempt: str = "plan",
    begin: tuple[str, int] | None = None,
    waits: bool = False,
    since_s: float = 0.0,
) -> list[Row]:
    """List what falls due within `for_s` of a start at `start_wall_s`, by time.

    `assume` gives lengths in seconds to phases that end by a condition or a person; with it, people
    are taken to answer after ten minutes. `begin` is the phase, and which visit of it, that begins
    at the start, where that is not the first; if it `waits` before that phase, nobody knows when it
    begins. What no time is known for comes last, phase by phase. The experiment's clock, by which
    rules go, shows `since_s` at the start of the table.
    """
    rows: list[Row] = []
    for slice_ in plan.vessels:
        unroll = Unroll(slice_, attempt, start_wall_s, for_s, assume or {}, begin, waits)
        rows += unroll.rows()
        # What falls on the very end of the experiment still begins.
        until_s = for_s if unroll.end_s is None else min(for_s, unroll.end_s + 2 * EPSILON_S)
        guess = bool(assume)
        rows += rule_rows(slice_, attempt, start_wall_s, until_s, since_s, guess=guess)
    order = {phase.name: place for place, phase in enumerate(plan.phases)}
    return sorted(rows, key=lambda row: _place(row, order.get(row.phase, -1)))


def _place(row: Row, phase: int) -> tuple[float, int, float]:
    return (
        inf if row.time_s is None else row.time_s,
        phase,
        inf if row.phase_time_s is None else row.phase_time_s,
    )
