"""Hours of the day in which people want to be left alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from orchestrator.ports.routes import Quiet


def quiet_until_s(quiet: Quiet, wall_s: float) -> float | None:
    """When the quiet that reigns at a moment is over, both UTC; None where none does.

    In a night in which clocks change: where its end stands twice on the clock, it is over at the
    first, and reigns once more from when the clock goes back until the second; where its end is
    left out, it is over at the moment that would have been it without the change.
    """
    zone = ZoneInfo(quiet.timezone)
    if not _is_quiet(quiet, zone, wall_s):
        return None
    today = datetime.fromtimestamp(wall_s, zone).date()
    end = datetime.combine(today, _time_of(quiet.until_s), zone)
    ends = (
        (end + timedelta(days=days)).replace(fold=fold).timestamp()
        for days in (0, 1, 2)
        for fold in (0, 1)
    )
    return min(at_s for at_s in ends if at_s > wall_s and not _is_quiet(quiet, zone, at_s))


def _is_quiet(quiet: Quiet, zone: ZoneInfo, wall_s: float) -> bool:
    at = datetime.fromtimestamp(wall_s, zone)
    now_s = at.hour * 3600 + at.minute * 60 + at.second
    if quiet.from_s < quiet.until_s:
        return quiet.from_s <= now_s < quiet.until_s
    return now_s >= quiet.from_s or now_s < quiet.until_s


def _time_of(second: int) -> time:
    return time(second // 3600, second % 3600 // 60, second % 60)
