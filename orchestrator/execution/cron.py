"""Cron entries on local clocks (SEMANTICS rule 7). The only module that knows croniter.

croniter reads the fields; the days are counted here, since on a DST night it fires `30 2 * * *`
twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS_MAX = 3660
"""How far `next_after` looks: 29 February comes within eight years."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fields:
    """An entry, read; None is any day."""

    times: tuple[time, ...]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None
    fixed: bool
    """Neither minute nor hour holds a `*`."""

    def falls_on(self, day: date) -> bool:
        """Cron's own rule: with day and weekday both given, either will do."""
        if day.month not in self.months:
            return False
        matches = [
            of in wanted
            for of, wanted in ((day.day, self.days), (day.isoweekday() % 7, self.weekdays))
            if wanted is not None
        ]
        return any(matches) if matches else True


def validate(cron: str) -> str | None:
    """Say what is wrong with an entry of five fields; None if it can be kept."""
    try:
        _read(cron)
    except ValueError as error:
        return str(error)
    return None


def occurrences(
    cron: str, timezone: str, after_utc_s: float, until_utc_s: float
) -> Iterator[float]:
    """Yield when an entry falls due in (after, until], in UTC seconds, always rising.

    With fixed hour and minute it falls due once a local day: at the first of two equal times in
    autumn, right after the gap in spring. With `*` in either it follows the clock.
    """
    last_s = after_utc_s
    for instant_s in _from(cron, timezone, after_utc_s):
        if instant_s > until_utc_s:
            return
        if instant_s > last_s:
            last_s = instant_s
            yield instant_s


def next_after(cron: str, timezone: str, after_utc_s: float) -> float | None:
    """The first moment after `after`; None if there is none within ten years."""
    return next((each for each in _from(cron, timezone, after_utc_s) if each > after_utc_s), None)


def _from(cron: str, timezone: str, after_utc_s: float) -> Iterator[float]:
    """Yield moments from the day before on, without a promise about their order within an hour."""
    fields = _read(cron)
    first = datetime.fromtimestamp(after_utc_s, ZoneInfo(timezone)).date() - _DAY
    for number in range(DAYS_MAX):
        day = first + number * _DAY
        if fields.falls_on(day):
            yield from _on_day(cron, timezone, day)


@lru_cache(maxsize=256)
def _on_day(cron: str, timezone: str, day: date) -> tuple[float, ...]:
    fields, zone = _read(cron), ZoneInfo(timezone)
    moments: set[float] = set()
    for each in fields.times:
        moments.update(_instants(datetime.combine(day, each), zone, fields.fixed))
    return tuple(sorted(moments))


def _instants(local: datetime, zone: ZoneInfo, fixed: bool) -> tuple[float, ...]:
    """Give the moments at which a local clock shows a time: one, two in autumn, none in spring."""
    first_s = local.replace(tzinfo=zone).timestamp()
    second_s = local.replace(tzinfo=zone, fold=1).timestamp()
    if first_s == second_s:
        return (first_s,)
    if first_s < second_s:
        return (first_s,) if fixed else (first_s, second_s)
    return (_end_of_gap(second_s, first_s, zone),) if fixed else ()


def _end_of_gap(before_s: float, after_s: float, zone: ZoneInfo) -> float:
    """Find, to the second, when the clock was put forward."""
    old = datetime.fromtimestamp(before_s, zone).utcoffset()
    low, high = int(before_s), int(after_s)
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return float(high)


@lru_cache(maxsize=256)
def _read(cron: str) -> _Fields:
    from croniter import CroniterError, croniter

    words = cron.split()
    if len(words) != 5:
        raise ValueError(f"a cron entry has five fields, not {len(words)}")
    if not set(cron.upper()) <= set("0123456789*/,- ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        raise ValueError("a cron entry is made of numbers, names, * / , and -")
    try:
        (minutes, hours, days, months, weekdays), special = croniter.expand(cron)[:2]
    except (CroniterError, ValueError, KeyError) as error:
        raise ValueError(str(error)) from None
    if special or "l" in days:
        raise ValueError("last days and numbered weekdays are not understood")
    return _Fields(
        times=tuple(
            time(hour, minute) for hour in _numbers(hours, 24) for minute in _numbers(minutes, 60)
        ),
        days=None if "*" in days else frozenset(_numbers(days, 32)),
        months=frozenset(_numbers(months, 13)),
        weekdays=None if "*" in weekdays else frozenset(each % 7 for each in _numbers(weekdays, 8)),
        fixed="*" not in words[0] and "*" not in words[1],
    )


def _numbers(values: Sequence[int | str], end: int) -> list[int]:
    return list(range(end)) if "*" in values else sorted(int(each) for each in values)
