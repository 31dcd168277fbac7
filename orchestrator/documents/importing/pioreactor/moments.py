"""Pioreactor's times: a bare number counts hours, a text has a letter for its unit."""

from __future__ import annotations

import math
import re
from typing import Any, Final

_WRITTEN: Final = re.compile(r"([0-9]*\.?[0-9]+)([smhd])", re.IGNORECASE)
_SECONDS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_UNITS: Final = (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
_LARGEST_S: Final = 10 * 365 * 86400.0


def read_time(value: Any) -> float | None:
    """Give seconds, to the millisecond; None where it is no time."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        seconds = value * 3600.0
    elif isinstance(value, str) and (found := _WRITTEN.fullmatch(value.strip())):
        seconds = float(found[1]) * _SECONDS[found[2].lower()]
    else:
        return None
    if not 0.0 <= seconds <= _LARGEST_S or not math.isfinite(seconds):
        return None
    whole = round(seconds)
    # People write a minute as 0.01666667 hours.
    return float(whole) if abs(seconds - whole) <= 1e-6 * whole + 5e-4 else round(seconds, 3)


def write_time(seconds: float) -> str:
    """Write a duration in the largest unit that needs few digits."""
    for unit, factor in _UNITS:
        text = f"{seconds / factor:g}"
        is_short = text.isdigit() if unit == "d" else len(text) <= 5
        if seconds >= factor and is_short and abs(float(text) * factor - seconds) < 1e-6:
            return f"{text} {unit}"
    return f"{seconds:g} s"
