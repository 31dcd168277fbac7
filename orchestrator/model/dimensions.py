"""The kinds of quantities, and the spellings of units that this field writes.

Canonical are s, mL, °C, rpm, mL/min, mL/h, 1/h, g/L, V, and plain numbers (fractions count 0 to 1).
What is not in these tables is looked up in pint, by `documents.quantities`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orchestrator.model.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """How a spelling converts: canonical = (number + offset) · factor."""

    factor: float
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Dimension:
    """A kind of quantity, with the spellings that are understood."""

    name: str
    symbol: str
    """The canonical unit, as shown to people; empty for plain numbers."""
    noun: str
    """What messages call it: `a volume`."""
    units: Mapping[str, Unit]
    bare: bool = False
    """Whether a number without a unit will do."""


_SECONDS: Final = {
    "ms": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "min": 60.0,
    "minute": 60.0,
    "minutes": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
    "hours": 3600.0,
    "d": 86400.0,
    "day": 86400.0,
    "days": 86400.0,
    "w": 604800.0,
    "week": 604800.0,
    "weeks": 604800.0,
}
_MILLILITRES: Final = {
    "µL": 0.001,
    "uL": 0.001,
    "mL": 1.0,
    "ml": 1.0,
    "cL": 10.0,
    "L": 1000.0,
    "l": 1000.0,
}
_TIMES: Final = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def _plain(factors: Mapping[str, float]) -> dict[str, Unit]:
    return {spelling: Unit(factor) for spelling, factor in factors.items()}


def _per_time(factors: Mapping[str, float], time_s: float) -> dict[str, Unit]:
    """Units such as mL/h, where the canonical one is per `time_s` seconds."""
    return {
        f"{above}/{below}": Unit(factor * time_s / seconds)
        for above, factor in factors.items()
        for below, seconds in _TIMES.items()
    }


def _rates() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for below, seconds in _TIMES.items():
        for spelling in (f"/{below}", f"1/{below}", f"{below}^-1", f"{below}⁻¹", f"per {below}"):
            units[spelling] = Unit(3600.0 / seconds)
    return units


_KELVIN: Final = {"K": 1.0, "°C": 1.0, "degC": 1.0, "C": 1.0, "°F": 5 / 9, "degF": 5 / 9}
_FAHRENHEIT: Final = Unit(5 / 9, -32.0)
_CELSIUS: Final = Unit(1.0)

DIMENSIONS: Final[Mapping[str, Dimension]] = {
    dimension.name: dimension
    for dimension in (
        Dimension("time", "s", "a duration", _plain(_SECONDS)),
        Dimension("volume", "mL", "a volume", _plain(_MILLILITRES)),
        Dimension(
            "temperature",
            "°C",
            "a temperature",
            {
                **dict.fromkeys(("°C", "℃", "degC", "C", "celsius"), _CELSIUS),
                **dict.fromkeys(("°F", "℉", "degF", "F", "fahrenheit"), _FAHRENHEIT),
                **dict.fromkeys(("K", "kelvin"), Unit(1.0, -273.15)),
            },
        ),
        Dimension("temperature_difference", "K", "a temperature difference", _plain(_KELVIN)),
        Dimension(
            "stirring",
            "rpm",
            "a stirring speed",
            _plain(
                {
                    "rpm": 1.0,
                    "RPM": 1.0,
                    "/min": 1.0,
                    "1/min": 1.0,
                    "/s": 60.0,
                    "1/s": 60.0,
                    "Hz": 60.0,
                }
            ),
        ),
        Dimension("flow", "mL/min", "a flow rate", _per_time(_MILLILITRES, 60.0)),
        Dimension("volume_per_hour", "mL/h", "a volume per hour", _per_time(_MILLILITRES, 3600.0)),
        Dimension("rate", "1/h", "a rate", _rates()),
        Dimension(
            "concentration",
            "g/L",
            "a concentration",
            _plain({"g/L": 1.0, "g/l": 1.0, "mg/mL": 1.0, "mg/L": 0.001, "µg/mL": 0.001}),
        ),
        Dimension("mass", "g", "a mass", _plain({"g": 1.0, "mg": 0.001, "kg": 1000.0, "µg": 1e-6})),
        Dimension("voltage", "V", "a voltage", _plain({"V": 1.0, "mV": 0.001})),
        Dimension("frequency", "Hz", "a frequency", _plain({"Hz": 1.0, "kHz": 1000.0})),
        Dimension("fraction", "", "a fraction", {"%": Unit(0.01)}, bare=True),
        Dimension("od", "", "an optical density", {"OD": Unit(1.0), "AU": Unit(1.0)}, bare=True),
        Dimension("number", "", "a plain number", {}, bare=True),
    )
}
"""By name, which is also what job declarations and inputs write as their `type`."""
