"""When two cron entries surely fall due at one moment."""

from __future__ import annotations

from orchestrator.documents.cron_fields import CronProblem, Field, read_fields
from orchestrator.documents.reach import defaults_of
from orchestrator.documents.schedules import known_text
from orchestrator.model.profile import Cron, Profile

_DAY, _WEEKDAY = 2, 4


def meet(first: Cron, second: Cron, profile: Profile) -> str | None:
    """Give a time of day at which both fall due, on some day; None where they may never meet."""
    if _zone(first, profile) != _zone(second, profile):
        return None  # they may, but only after a look into the calendar
    constants = defaults_of(profile)
    crons = [known_text(each.cron, constants) for each in (first, second)]
    try:
        fields = list(zip(*(read_fields(each or "") for each in crons), strict=True))
    except CronProblem:
        return None  # cron_invalid has reported it, or it is no entry but an interval
    shared = [sorted({*one.values} & {*other.values}) for one, other in fields]
    if not all(shared) or not _is_on_one_day(fields[_DAY], fields[_WEEKDAY]):
        return None
    return f"{shared[1][0]:02}:{shared[0][0]:02}"


def _is_on_one_day(days: tuple[Field, Field], weekdays: tuple[Field, Field]) -> bool:
    """Days of months and weekdays meet some year; what no calendar is needed for is enough."""
    given = [any(not each.is_any for each in pair) for pair in (days, weekdays)]
    return not all(given)


def _zone(item: Cron, profile: Profile) -> str | None:
    return item.timezone or profile.timezone
