"""Points of a shape that do not follow each other, or steps without an end.

A table is read from its first point to its last, so each has to come after the one before it. A
step lasts until the next one begins; only the last may leave out its `for:`, and then holds for
good, so that nothing is left to repeat.

Put the points in the order in which they come, and say of each step how long it is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.reach import known
from orchestrator.documents.values import NOTHING
from orchestrator.model.profile import Move, Point, Profile, TableShape
from orchestrator.model.units import format_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report points that go back in time, and steps of unknown length where it has to be known."""
    if draft.profile is None:
        return
    for phase in draft.profile.phases:
        for item in phase.schedule:
            if isinstance(item, Move) and isinstance(item.shape, TableShape):
                yield from _endless(draft, item.shape)
                yield from _backwards(draft, item.shape, draft.profile)


def _endless(draft: Draft, shape: TableShape) -> Iterator[Diagnostic]:
    if shape.interpolation != "step" or shape.by_day:
        return
    if any(_is_unread(draft, point) for point in shape.points):
        return
    for point, after in pairwise(shape.points):
        if after.time_s == NOTHING:
            message = "only the last step may be without 'for': how long is this one held?"
            yield draft.error(draft.span_of(point.source), "shape-order", message)
            return
    if shape.repeat and shape.length_s is None and shape.points:
        message = "the last step is held for good, so nothing repeats; give it a 'for'"
        yield draft.error(draft.span_of(shape.points[-1].source), "shape-order", message)


def _is_unread(draft: Draft, point: Point) -> bool:
    """Tell whether a moment, or how long a step is held, has been reported where it stands."""
    here = draft.span_of(point.source)
    within = (here.file, here.line, here.column), (here.file, here.end_line, here.end_column)
    spans = [each.span for each in draft.misfits]
    return any(within[0] <= (each.file, each.line, each.column) < within[1] for each in spans)


def _backwards(draft: Draft, shape: TableShape, profile: Profile) -> Iterator[Diagnostic]:
    for point, after in pairwise(shape.points):
        before_s, after_s = known(point.time_s, profile), known(after.time_s, profile)
        if before_s is None or after_s is None or before_s < after_s:
            continue
        message = (
            f"this point comes at {_shown(after_s, shape)}, but the one before it at "
            f"{_shown(before_s, shape)}"
        )
        yield draft.error(draft.span_of(after.source), "shape-order", message)


def _shown(time_s: float, shape: TableShape) -> str:
    if not shape.by_day:
        return format_quantity(time_s, "time")
    minutes = round(time_s / 60.0)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
