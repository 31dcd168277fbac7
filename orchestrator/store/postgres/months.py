"""Readings lie in partitions by the month in which they were measured.

The number of a series says in which: what one series holds was measured in one month, so whoever
asks a series looks into one partition only.
"""

from __future__ import annotations

from datetime import UTC, datetime

from orchestrator.store.connection import Place

_BITS = 32
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
"""A clock that tells another year is not believed."""


def month_of(wall_us: int) -> int | None:
    """Months since the year 0; None where the clock makes no sense."""
    try:
        moment = datetime.fromtimestamp(wall_us / 1e6, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment.year * 12 + moment.month - 1


def month_of_series(series: int) -> int:
    """The month whose readings it holds."""
    return series >> _BITS


def numbers_of(month: int) -> tuple[int, int]:
    """The first number of a series of that month, and the first after all of them."""
    return month << _BITS, (month + 1) << _BITS


def place(series: int) -> Place:
    """Where it lies, and what belongs there."""
    month = month_of_series(series)
    return Place(series, _begin_us(month), _begin_us(month + 1))


def partition(month: int) -> str:
    """The name of its table."""
    year, index = divmod(month, 12)
    return f"readings_{year:04}_{index + 1:02}"


def _begin_us(month: int) -> int:
    year, index = divmod(month, 12)
    return round(datetime(year, index + 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
