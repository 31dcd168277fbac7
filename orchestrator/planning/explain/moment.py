"""A moment as people write it, on a run's own clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from orchestrator.model.ledger import Entry
from orchestrator.model.units import UnitError, parse_quantity

HOW: Final = "write it as 10:32, 2025-01-06T10:32, or the time since the beginning, such as 2h30min"


class NoMoment(ValueError):
    """It cannot be read, or nothing tells when that was."""


def moment_of(text: str, entries: Sequence[Entry], timezone: str) -> float:
    """Process seconds of `10:32` (the last one), an ISO 8601 time, or a time since the beginning.

    Raises:
        NoMoment: why not.
    """
    try:
        return parse_quantity(text, "time")
    except UnitError:
        return _by_wall(text, entries, timezone)


def _by_wall(text: str, entries: Sequence[Entry], timezone: str) -> float:
    timed = [(entry.process_s, entry.wall_s) for entry in entries if entry.wall_s is not None]
    if not timed:
        raise NoMoment("nobody knew the time of day then; give the time since the beginning")
    wall_s = _wall_of(text, timed[-1][1], ZoneInfo(timezone))
    process_s, known_s = next((each for each in reversed(timed) if each[1] <= wall_s), timed[0])
    if wall_s < timed[0][1]:
        raise NoMoment(f"{text} was before the beginning")
    return process_s + (wall_s - known_s)


def _wall_of(text: str, last_s: float, zone: ZoneInfo) -> float:
    try:
        if len(text) <= len("10:32:10"):
            last = datetime.fromtimestamp(last_s, zone)
            clock = time.fromisoformat(text)
            found = datetime.combine(last.date(), clock, zone)
            found = found if found.timestamp() <= last_s else found - timedelta(days=1)
        else:
            found = datetime.fromisoformat(text)
    except ValueError as error:
        raise NoMoment(f"{text} is no moment; {HOW}") from error
    return (found if found.tzinfo else found.replace(tzinfo=zone)).timestamp()
