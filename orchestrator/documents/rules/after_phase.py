"""Something scheduled for a time when the phase is over.

Times of a schedule count from the moment the phase was entered. What falls on the end of the phase
or after it does not happen, and a ramp is cut off there, wherever it has got to. An `every:` ends
at its own `until:` as well.

Make the phase longer, or the time shorter; or put what should happen next into the next phase.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.intervals import timed_items
from orchestrator.documents.reach import known
from orchestrator.model.profile import (
    AnyScheduleItem,
    At,
    Every,
    Move,
    Phase,
    Profile,
    Ramp,
    TableShape,
)
from orchestrator.model.units import format_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of schedule items that come too late to happen, and of ramps that are cut off."""
    if draft.profile is None:
        return
    for phase in draft.profile.phases:
        end = _end(phase, draft.profile)
        for item in timed_items(phase.schedule, draft.profile):
            message = _own_end(item, draft.profile) or _too_late(item, end, draft.profile)
            if message is not None:
                yield draft.warning(draft.span_of(item.source), "after-phase", message)


def _end(phase: Phase, profile: Profile) -> tuple[float, str] | None:
    """Tell when a phase is over at the latest, and why."""
    duration_s = known(phase.duration_s, profile)
    if duration_s is not None:
        if duration_s <= 0.0:
            return None  # wrong_amount has reported it
        return duration_s, f"the phase lasts {format_quantity(duration_s, 'time')}"
    if phase.timeout is not None and phase.timeout.then != "pause":
        after_s = known(phase.timeout.after_s, profile)
        if after_s is not None:
            return after_s, f"the phase times out after {format_quantity(after_s, 'time')}"
    return None


def _own_end(item: AnyScheduleItem, profile: Profile) -> str | None:
    """Tell whether an `every:` is over before it begins."""
    first_s = _first(item, profile)
    if not isinstance(item, Every) or first_s is None:
        return None
    until_s = known(item.until_s, profile)
    if until_s is None or first_s < until_s:
        return None
    first, until = format_quantity(first_s, "time"), format_quantity(until_s, "time")
    return f"this never happens: it would first fall due after {first}, but runs only until {until}"


def _too_late(item: AnyScheduleItem, end: tuple[float, str] | None, profile: Profile) -> str | None:
    first_s = _first(item, profile)
    if end is None or first_s is None:
        return None
    end_s, why = end
    if first_s >= end_s:
        return f"this never happens: it falls due after {format_quantity(first_s, 'time')}; {why}"
    over_s = _over(item, profile)
    if over_s is None or first_s + over_s <= end_s:
        return None
    through = format_quantity(first_s + over_s, "time")
    noun = "ramp" if isinstance(item, Ramp) else "shape"
    return f"this {noun} is cut off: it would be through after {through}; {why}"


def _over(item: AnyScheduleItem, profile: Profile) -> float | None:
    """Tell how long a ramp or a table takes that has an end."""
    if isinstance(item, Ramp):
        return known(item.over_s, profile)
    shape = item.shape if isinstance(item, Move) else None
    if not isinstance(shape, TableShape) or shape.repeat or shape.by_day or not shape.points:
        return None
    return known(shape.points[-1].time_s, profile)


def _first(item: AnyScheduleItem, profile: Profile) -> float | None:
    """Tell when an item first falls due on the phase's clock."""
    if isinstance(item, At):
        return known(item.at_s, profile)
    if isinstance(item, Every):
        return known(item.every_s if item.from_s is None else item.from_s, profile)
    if isinstance(item, Ramp | Move):
        return 0.0 if item.at_s is None else known(item.at_s, profile)
    return None
