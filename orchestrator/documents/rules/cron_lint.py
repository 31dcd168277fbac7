"""A cron entry that can be read, but hardly means what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from orchestrator.documents.cron_fields import CronProblem, Field, read_fields
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import CronMention, Draft
from orchestrator.documents.zones import find_zone

_A_YEAR_FROM = datetime(2025, 1, 1)  # noqa: DTZ001 - local times, whose zone is what is asked


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of uneven steps, of a day with a weekday, and of hours that a DST night leaves out."""
    outer = draft.profile.timezone if draft.profile is not None else None
    for mention in draft.crons:
        try:
            fields = read_fields(mention.cron)
        except CronProblem:
            continue  # cron_invalid has reported it
        for message in _remarks(fields, mention, outer):
            yield draft.warning(mention.span, "cron-lint", message)


def _remarks(fields: list[Field], mention: CronMention, outer: str | None) -> Iterator[str]:
    for field in fields:
        if field.uneven_step is not None:
            yield (
                f"a step of {field.uneven_step} does not divide the {field.size} {field.noun}s, "
                f"so the last gap is shorter"
            )
    if not fields[2].is_any and not fields[4].is_any:
        yield "day of month and weekday are both given: it falls due when either fits"
    zone = mention.timezone or outer
    if zone is not None and (night := _left_out(fields, zone)) is not None:
        yield (
            f"{night:%H:%M} does not exist in {zone} on {night:%d.%m.}, when clocks go forward; "
            "it then falls due right after the gap"
        )


def _left_out(fields: list[Field], zone: str) -> datetime | None:
    """Find a local time of a fixed entry that a change of clocks leaves out."""
    minutes, hours = fields[0].values, fields[1].values
    info = find_zone(zone)
    if info is None or len(minutes) != 1 or len(hours) != 1:
        return None
    for day in range(365):
        local = _A_YEAR_FROM + timedelta(days=day, hours=hours[0], minutes=minutes[0])
        aware = local.replace(tzinfo=info)
        if aware.astimezone(UTC).astimezone(info).replace(tzinfo=None) != local:
            return local
    return None
