"""Timezones by their IANA names, and the nights on which their clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from orchestrator.model.lazy_dataclass import dataclass

YEAR: Final = 2025
"""The year whose nights stand for all."""
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A moment at which a local clock is put forward or back."""

    before: datetime
    """What it shows when it is changed, without a zone."""
    after: datetime
    """What it shows from then on."""

    @property
    def is_forward(self) -> bool:
        """Whether an hour or so is left out, rather than counted twice."""
        return self.after > self.before

    def concerns(self, local: datetime) -> bool:
        """Tell whether a local time is left out by it, or comes twice."""
        return min(self.before, self.after) <= local < max(self.before, self.after)


@cache
def find_zone(name: str) -> ZoneInfo | None:
    """Find a timezone; None where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def zone_names() -> tuple[str, ...]:
    """List the names of all timezones."""
    return tuple(sorted(available_timezones()))


@cache
def changes_in(name: str) -> tuple[Change, ...]:
    """List a zone's changes of the clock within a year."""
    zone = find_zone(name)
    if zone is None:
        return ()
    first = datetime(YEAR, 1, 1, tzinfo=UTC)
    days = [first + number * _DAY for number in range(366)]
    return tuple(
        _change(zone, low, low + _DAY)
        for low in days
        if low.astimezone(zone).utcoffset() != (low + _DAY).astimezone(zone).utcoffset()
    )


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> Change:
    """Find the moment between two at which the clock is changed."""
    old = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    instant = high.replace(microsecond=0)
    before = instant + (old or timedelta())
    return Change(
        before=before.replace(tzinfo=None),
        after=instant.astimezone(zone).replace(tzinfo=None, fold=0),
    )
