"""Which values a setting may not have (SEMANTICS rule 13)."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Final

SETPOINT_LIMITS: Final = {
    "stirring.target": ("stirring.minimum", "stirring.maximum"),
    "temperature.target": ("temperature.minimum", "temperature.maximum"),
}
"""setting → the limits that bound it from below and from above"""


def why_not_set(limits: Mapping[str, float], setting: str, value: object) -> str:
    """Why a setting may not have this value; empty if it may."""
    limit = limit_against(limits, setting, value)
    if limit is None or not isinstance(value, int | float):
        return ""
    word = "below" if value < limits[limit] else "above"
    return f"{setting} {value:g} is {word} the {limits[limit]:g} that this profile's limits allow"


def limit_against(limits: Mapping[str, float], setting: str, value: object) -> str | None:
    """Which limit a value would break."""
    if setting not in SETPOINT_LIMITS or not isinstance(value, int | float):
        return None
    lowest, highest = SETPOINT_LIMITS[setting]
    if value < limits.get(lowest, -inf):
        return lowest
    return highest if value > limits.get(highest, inf) else None
