"""The rest of a vessel's life, planned from where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.model.plan import Plan
from orchestrator.planning.row import Row
from orchestrator.planning.timetable import timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a vessel is in its plan."""

    vessel: str
    phase: str
    visit: int
    phase_s: float
    elapsed_s: float
    waits: tuple[str, int] | None = None
    """The phase, and which visit of it, before whose door it waits for others."""


def rest_of(
    plan: Plan, attempt: str, at: Position | str, now_s: float, for_s: float
) -> Iterator[Row]:
    """Plan as if the vessel's life began with the phase that it is in; times are the experiment's.

    Of a vessel that has not begun only the name is known. Of one that waits for others nobody knows
    when its next phase begins.
    """
    if not isinstance(at, str) and at.waits is not None:
        yield from _behind_the_door(plan, attempt, at, at.waits, now_s, for_s)
        return
    name = at if isinstance(at, str) else at.vessel
    phase_s, before_s = (0.0, 0.0) if isinstance(at, str) else (at.phase_s, at.elapsed_s)
    part = tuple(each for each in plan.vessels if each.vessel == name)
    known = {phase.name for each in part for phase in each.phases}
    begin = None if isinstance(at, str) or at.phase not in known else (at.phase, at.visit)
    table = timetable(
        replace(plan, vessels=part),
        now_s - phase_s,
        phase_s + for_s,
        attempt=attempt,
        begin=begin,
        since_s=before_s - phase_s,
    )
    for row in table:
        if row.time_s is not None and row.time_s < phase_s:
            continue
        time_s = None if row.time_s is None else row.time_s - phase_s + before_s
        yield replace(row, time_s=time_s)


def _behind_the_door(
    plan: Plan, attempt: str, at: Position, begin: tuple[str, int], now_s: float, for_s: float
) -> Iterator[Row]:
    part = tuple(each for each in plan.vessels if each.vessel == at.vessel)
    if not any(phase.name == begin[0] for each in part for phase in each.phases):
        return
    alone = replace(plan, vessels=part)
    for row in timetable(
        alone, now_s, for_s, attempt=attempt, begin=begin, waits=True, since_s=at.elapsed_s
    ):
        time_s = None if row.time_s is None else row.time_s + at.elapsed_s
        yield replace(row, time_s=time_s)
