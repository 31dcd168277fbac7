"""Which values a setting may not have (SEMANTICS rule 13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SETPOINT_LIMITS: Final = {"temperature.target": "temperature.maximum"}
"""setting → the limit that bounds it"""


def why_not_set(limits: Mapping[str, float], setting: str, value: object) -> str:
    """Why a setting may not have this value; empty if it may."""
    allowed = limits.get(SETPOINT_LIMITS.get(setting, ""))
    if allowed is None or not isinstance(value, int | float) or value <= allowed:
        return ""
    return f"{setting} {value:g} is above the {allowed:g} that this profile's limits allow"
