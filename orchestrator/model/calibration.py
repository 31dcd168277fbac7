"""What a device was compared with, and what kinds of devices can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.photodiode import density_of, is_photodiode, raw_of

Method = Literal["proportional", "offset", "linear", "polynomial", "spline", "own"]
"""own: a curve that a plugin laid, once, through points of its own."""
OWN: Final = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """A kind of device, with what is compared and how that is usually fitted."""

    raw: str
    """Dimension of what the device shows, or is told."""
    actual: str
    """Dimension of what a scale, a standard or another instrument says."""
    method: Method
    """The fit unless somebody wants another."""
    signal: str = ""
    """Canonical name of the signal that it makes of `raw_signal`."""
    raw_signal: str = ""
    """Under which name the raw values are kept."""
    values: tuple[float, ...] = ()
    """Of a plugin's kind: where it is compared unless somebody wants other values,"""
    prepare: str = ""
    """and what a person does before, with `{value}` in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKind:
    """A kind of calibration that a plugin brings, for one device."""

    name: str
    device: str
    compared: Comparable


PUMP: Final = "pump"
KINDS: Final[Mapping[str, Comparable]] = {
    PUMP: Comparable(raw="time", actual="volume", method="linear"),
    "od": Comparable(raw="voltage", actual="od", method="spline"),
    "stirrer": Comparable(raw="fraction", actual="stirring", method="linear"),
    "temperature": Comparable(
        raw="temperature",
        actual="temperature",
        method="offset",
        signal="temperature.measured",
        raw_signal="temperature.raw",
    ),
    "ph": Comparable(
        raw="voltage",
        actual="number",
        method="linear",
        signal="ph.measured",
        raw_signal="ph.raw",
    ),
    "oxygen": Comparable(
        raw="voltage",
        actual="fraction",
        method="linear",
        signal="dissolved_oxygen.measured",
        raw_signal="dissolved_oxygen.raw",
    ),
    "level": Comparable(
        raw="voltage",
        actual="volume",
        method="linear",
        signal="level.measured",
        raw_signal="level.raw",
    ),
    "scale": Comparable(
        raw="voltage",
        actual="mass",
        method="linear",
        signal="scale.measured",
        raw_signal="scale.raw",
    ),
}
"""By the kind of the device."""

DEVICES: Final[Mapping[str, str]] = {
    "photodiode": "od",
    "stirrer": "stirrer",
    "thermometer": "temperature",
    "ph_probe": "ph",
    "oxygen_probe": "oxygen",
    "level_probe": "level",
    "load_cell": "scale",
}
"""Devices that are the only ones of their kind in a vessel; pumps are called after their medium."""
PUMP_SUFFIX: Final = "_pump"


def kind_of_device(device: str) -> str | None:
    """Tell what kind of calibration a device can have; None if it can have none."""
    if is_photodiode(device):
        return "od"
    return PUMP if device.endswith(PUMP_SUFFIX) else DEVICES.get(device)


def signals_of(device: str) -> tuple[str, str]:
    """Under which canonical names what a device tells, and what it shows, are kept; empty where
    it tells nothing."""
    kind = kind_of_device(device)
    if kind is None:
        return "", ""
    if kind == "od":
        return density_of(device), raw_of(device)
    return KINDS[kind].signal, KINDS[kind].raw_signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One comparison, in canonical units."""

    raw: float
    actual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A device's points, and how a curve is laid through them. Immutable: a better one has another
    name."""

    name: str
    device: str
    kind: str
    method: Method
    points: tuple[Point, ...]
    degree: int = 2
    """Of a polynomial."""
    made_wall_s: float | None = None
    by: str = ""
    note: str = ""
    valid_for_s: float | None = None
    raw_type: str = ""
    """Dimensions of its points, of a plugin's kind; the built-in ones are known."""
    actual_type: str = ""
    curve: tuple[Point, ...] = ()
    """Through which its curve goes, where a plugin laid it."""

    @property
    def compared(self) -> Comparable:
        """What kind of comparison it is."""
        known = KINDS.get(self.kind)
        if known is not None:
            return known
        return Comparable(
            raw=self.raw_type or "number", actual=self.actual_type or "number", method=self.method
        )

    @property
    def expires_wall_s(self) -> float | None:
        """From when on somebody should be warned; None: never."""
        if self.valid_for_s is None or self.made_wall_s is None:
            return None
        return self.made_wall_s + self.valid_for_s

    @property
    def pairs(self) -> list[tuple[float, float]]:
        """The points as a fit takes them."""
        return [(point.raw, point.actual) for point in self.points]
