"""Text with units becomes a number in canonical units here, and nowhere else.

Canonical are s, mL, °C, rpm, mL/min, mL/h, 1/h, g/L, V, and plain numbers (fractions count 0 to 1).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


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


class UnitError(ValueError):
    """A quantity that cannot be read, with what would be right where that can be guessed."""

    def __init__(
        self, message: str, suggestion: str | None = None, code: str = "wrong-value"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        self.code = code
        """`missing-unit`, `wrong-unit` or `wrong-value`."""


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
                **dict.fromkeys(("°C", "℃", "degC", "C"), _CELSIUS),
                **dict.fromkeys(("°F", "℉", "degF", "F"), _FAHRENHEIT),
                "K": Unit(1.0, -273.15),
            },
        ),
        Dimension("temperature_difference", "K", "a temperature difference", _plain(_KELVIN)),
        Dimension(
            "stirring",
            "rpm",
            "a stirring speed",
            _plain({"rpm": 1.0, "RPM": 1.0, "/min": 1.0, "1/min": 1.0, "Hz": 60.0}),
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
        Dimension("voltage", "V", "a voltage", _plain({"V": 1.0, "mV": 0.001})),
        Dimension("frequency", "Hz", "a frequency", _plain({"Hz": 1.0, "kHz": 1000.0})),
        Dimension("fraction", "", "a fraction", {"%": Unit(0.01)}, bare=True),
        Dimension("od", "", "an optical density", {"OD": Unit(1.0), "AU": Unit(1.0)}, bare=True),
        Dimension("number", "", "a plain number", {}, bare=True),
    )
}
"""By name, which is also what job declarations and inputs write as their `type`."""

_QUANTITY: Final = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")
_LENGTH_MAX: Final = 60
_NUMBER_MAX: Final = 2.0**53


def parse_quantity(text: str | float, dimension: str) -> float:
    """Read `15 mL`, `86 °F` or a bare number, and give it in the dimension's canonical unit."""
    kind = DIMENSIONS[dimension]
    number, spelling = _split(text, kind)
    if spelling == "":
        if kind.bare:
            return number
        meant = f"{_number(number)} {kind.symbol}"
        raise UnitError(f"{kind.noun} needs a unit", meant, "missing-unit")
    unit = kind.units.get(_tidy(spelling))
    if unit is None:
        raise _wrong_unit(number, spelling, kind)
    return _checked((number + unit.offset) * unit.factor)


def format_quantity(value: float, dimension: str) -> str:
    """Write a canonical number for people: `15 mL`, `2 min`, `10 d`, `0.8`."""
    if dimension == "time":
        return _format_duration(value)
    if dimension == "volume" and abs(value) >= 1000.0:
        return f"{_number(value / 1000.0)} L"
    symbol = DIMENSIONS[dimension].symbol
    return f"{_number(value)} {symbol}" if symbol else _number(value)


def dimension_of_unit(spelling: str) -> str | None:
    """Tell which kind of quantity a unit belongs to, the commonest where it fits several."""
    tidy = _tidy(spelling)
    for name, dimension in DIMENSIONS.items():
        if tidy in dimension.units:
            return name
    return None


def _split(text: str | float, kind: Dimension) -> tuple[float, str]:
    if isinstance(text, bool):
        raise UnitError(f"{kind.noun} is needed, not {'true' if text else 'false'}", _example(kind))
    if isinstance(text, (int, float)):
        return _checked(float(text)), ""
    found = _QUANTITY.fullmatch(text) if len(text) <= _LENGTH_MAX else None
    if found is None:
        raise UnitError(f"{text[:_LENGTH_MAX]!r} is not {kind.noun}", _example(kind))
    return _checked(float(found[1])), found[2]


def _checked(value: float) -> float:
    if not math.isfinite(value) or abs(value) > _NUMBER_MAX:
        raise UnitError("the number is too large")
    return value


def _tidy(spelling: str) -> str:
    """Take both micro signs, `⁄` and spaces around `/` as the same."""
    tidy = spelling.replace("μ", "µ").replace("⁄", "/").replace("º", "°")
    return re.sub(r"\s*/\s*", "/", tidy)


def _wrong_unit(number: float, spelling: str, kind: Dimension) -> UnitError:
    tidy, shown = _tidy(spelling), _number(number)
    if not kind.units:
        return UnitError(f"{kind.noun} is needed here, without a unit", shown, "wrong-unit")
    for known in kind.units:
        if known.lower() == tidy.lower():
            return UnitError(f"unknown unit '{spelling}'", f"{shown} {known}", "wrong-unit")
    other = dimension_of_unit(tidy)
    if other is not None:
        noun = DIMENSIONS[other].noun
        return UnitError(
            f"'{spelling}' is the unit of {noun}, but {kind.noun} is needed here",
            _same_number(shown, tidy, kind),
            "wrong-unit",
        )
    # difflib takes 5 ms to import, and most units are right.
    import difflib

    close = difflib.get_close_matches(tidy, list(kind.units), n=1, cutoff=0.5)
    return UnitError(
        f"unknown unit '{spelling}' for {kind.noun}",
        f"{shown} {close[0]}" if close else _example(kind),
        "wrong-unit",
    )


def _same_number(shown: str, spelling: str, kind: Dimension) -> str:
    """Guess what was meant: `30 mL` becomes `30 mL/h` where a volume per hour is needed."""
    for known in (f"{spelling}/h", f"{spelling}/min"):
        if known in kind.units and kind.symbol.endswith(known[-2:]):
            return f"{shown} {known}"
    return f"{shown} {kind.symbol}".strip()


def _example(kind: Dimension) -> str:
    examples = {"time": "10 min", "volume": "15 mL", "temperature": "37 °C", "stirring": "500 rpm"}
    return examples.get(kind.name, f"1 {kind.symbol}".strip())


def _format_duration(value_s: float) -> str:
    for symbol, seconds in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if abs(value_s) >= seconds and value_s % seconds == 0:
            return f"{_number(value_s / seconds)} {symbol}"
    if abs(value_s) >= 3600.0 and value_s % 360.0 == 0:
        return f"{_number(value_s / 3600.0)} h"
    return f"{_number(value_s)} s"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.10g}"
