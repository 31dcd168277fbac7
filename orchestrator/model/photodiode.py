"""Photodiodes of a reactor: one that every reactor has, and more at other angles to the light."""

from __future__ import annotations

from typing import Final

PHOTODIODE: Final = "photodiode"
"""The one whose density is od600, unless somebody wants another."""
ANGLES: Final = (45, 90, 135, 180)
"""Degrees between the light's way and the photodiode's; at 180 it looks into the light."""
AT_ANGLE: Final = tuple(f"{PHOTODIODE}_{angle}" for angle in ANGLES)
PHOTODIODES: Final = (PHOTODIODE, *AT_ANGLE)


def is_photodiode(sensor: str) -> bool:
    """Whether a sensor's name says that it measures a density."""
    return sensor in PHOTODIODES


def angle_of(sensor: str) -> int | None:
    """The angle that a sensor's name says."""
    return ANGLES[AT_ANGLE.index(sensor)] if sensor in AT_ANGLE else None


def density_of(sensor: str) -> str:
    """Canonical name of the density that a photodiode alone tells."""
    return _DENSITY[sensor]


def raw_of(sensor: str) -> str:
    """Canonical name of what it shows."""
    return _RAW[sensor]


def blank_of(sensor: str) -> str:
    """Canonical name of what it showed of the cell-free medium."""
    return _BLANK[sensor]


_DENSITY: Final = {PHOTODIODE: "od600"} | {
    sensor: f"od_reading.od_{angle}" for sensor, angle in zip(AT_ANGLE, ANGLES, strict=True)
}
_RAW: Final = {PHOTODIODE: "od_reading.raw"} | {
    sensor: f"od_reading.raw_{angle}" for sensor, angle in zip(AT_ANGLE, ANGLES, strict=True)
}
_BLANK: Final = {PHOTODIODE: "od_reading.blank_raw"} | {
    sensor: f"od_reading.blank_raw_{angle}" for sensor, angle in zip(AT_ANGLE, ANGLES, strict=True)
}
