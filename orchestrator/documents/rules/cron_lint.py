"""A cron entry that can be read, but hardly means what it says.

Cron is terse, and some of what it lets you write surprises: a step that does not divide its range
(`*/25` falls due at 0, 25 and 50, and then again after ten minutes), a day of the month beside a
weekday (either will do), a date that no month has, and hours that a change of clocks leaves out or
counts twice. A fixed time is kept once per local day whatever the clocks do; an entry with `*` for
the minute follows the clock.

Choose a step that divides 60 or 24, give a day or a weekday but not both, and keep what matters
away from the small hours, or write `every:`, which counts time as the culture lives it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from orchestrator.documents.cron_fields import CronProblem, Field, read_fields
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.zones import Change, changes_in

_DAYS_MAX: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of uneven steps, of odd dates, and of what falls on a night when clocks change."""
    outer = draft.profile.timezone if draft.profile is not None else None
    for mention in draft.crons:
        if mention.cron is None:
            continue
        try:
            fields = read_fields(mention.cron)
        except CronProblem:
            continue  # cron_invalid has reported it
        what = f"{mention.choice_of}: " if mention.choice_of else ""
        for message in _remarks(fields, mention.cron, mention.timezone or outer):
            yield draft.warning(mention.span, "cron-lint", f"{what}{message}")


def _remarks(fields: list[Field], cron: str, zone: str | None) -> Iterator[str]:
    for field in fields:
        if field.uneven_step is not None:
            yield (
                f"a step of {field.uneven_step} does not divide the {field.size} {field.noun}s, "
                f"so the last gap is shorter"
            )
    if not fields[2].is_any and not fields[4].is_any:
        yield "day of month and weekday are both given: it falls due when either fits"
    elif min(fields[2].values) > max(_DAYS_MAX[month - 1] for month in fields[3].values):
        yield f"it never falls due: no such month has a day {min(fields[2].values)}"
    if zone is not None:
        yield from _nights(fields, cron.split(), zone)


def _nights(fields: list[Field], words: list[str], zone: str) -> Iterator[str]:
    """Tell what becomes of an entry at set hours when the clocks change."""
    if "*" in words[1]:
        return  # which follows the clock, as anybody would expect
    for change in changes_in(zone):
        times = _times_within(fields, change)
        if not times or not _falls_on(fields, times[0]):
            continue
        night = times[0]
        if "*" in words[0]:
            word = "left out" if change.is_forward else "counted twice"
            yield (
                f"in {zone} the time around {night:%H:%M} is {word} on {night:%d.%m.}, and with * "
                f"for the minute it follows the clock"
            )
        elif change.is_forward:
            yield (
                f"{night:%H:%M} does not exist in {zone} on {night:%d.%m.}, when clocks go "
                "forward; it then falls due right after the gap"
            )


def _times_within(fields: list[Field], change: Change) -> list[datetime]:
    """List the entry's times that a change of clocks leaves out or counts twice."""
    midnights = {each.replace(hour=0, minute=0, second=0) for each in (change.before, change.after)}
    times = (
        midnight + timedelta(hours=hour, minutes=minute)
        for midnight in sorted(midnights)
        for hour in fields[1].values
        for minute in fields[0].values
    )
    return [each for each in times if change.concerns(each)]


def _falls_on(fields: list[Field], day: datetime) -> bool:
    if day.month not in fields[3].values:
        return False
    asked = [
        of in field.values
        for of, field in ((day.day, fields[2]), (day.isoweekday() % 7, fields[4]))
        if not field.is_any
    ]
    return any(asked) if asked else True
