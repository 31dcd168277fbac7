"""A `cron:` that is an interval: an input stands there, and that is its default or its choice."""

from __future__ import annotations

from orchestrator.documents.reach import defaults_of
from orchestrator.documents.schedules import interval_of, is_cron, known_text
from orchestrator.model.expression import Const, Expression
from orchestrator.model.profile import (
    AnyScheduleItem,
    Cron,
    CronStart,
    Every,
    EveryStart,
    Profile,
    Start,
)
from orchestrator.model.units import UnitError


def timed_items(items: tuple[AnyScheduleItem, ...], profile: Profile) -> list[AnyScheduleItem]:
    """List items as they will be planned."""
    return [_timed_item(item, profile) for item in items]


def timed_start(start: Start, profile: Profile) -> Start:
    """Give a rule's start as it will be planned."""
    interval_s = _interval(start.cron, profile) if isinstance(start, CronStart) else None
    if interval_s is None:
        return start
    return EveryStart(every_s=Const(interval_s), source=start.source)


def goes_by_the_clock(cron: Expression, profile: Profile) -> bool:
    """Tell whether a `cron:` is one; what nobody has chosen yet may be."""
    text = known_text(cron, defaults_of(profile))
    return text is None or is_cron(text)


def _timed_item(item: AnyScheduleItem, profile: Profile) -> AnyScheduleItem:
    interval_s = _interval(item.cron, profile) if isinstance(item, Cron) else None
    if not isinstance(item, Cron) or interval_s is None:
        return item
    return Every(
        name=item.name,
        vessels=item.vessels,
        late=item.late,
        condition=item.condition,
        every_s=Const(interval_s),
        do=item.do,
        source=item.source,
    )


def _interval(cron: Expression, profile: Profile) -> float | None:
    if isinstance(cron, Const):
        return None  # which has to be a cron entry
    text = known_text(cron, defaults_of(profile))
    try:
        return None if text is None else interval_of(text)
    except UnitError:
        return None  # which is told where it stands
