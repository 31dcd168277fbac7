"""Any unit of the right dimension: what the tables do not know is looked up in pint.

pint takes half a second to start, so it is asked only about units that are in no table of
`model.dimensions`. Nothing of a text reaches its parser but names of units, `*`, `/` and exponents
of one digit.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from typing import Any, Final

from orchestrator.model.dimensions import DIMENSIONS, Dimension
from orchestrator.model.units import UnitError, UnknownUnit, parse_quantity

_POWER: Final = r"(?:\^-?[1-4]|⁻?[¹²³⁴])?"
_UNITS: Final = rf"(?:1|°[CF]|[^\W\d_]+)?{_POWER}(?:[*/·][^\W\d_]+{_POWER}){{0,3}}"
_LENGTH_MAX: Final = 30
_NUMBER_MAX: Final = 2.0**53
_CANONICAL: Final = {
    "temperature": "degC",
    "temperature_difference": "delta_degC",
    "stirring": "turn/min",
    "volume": "mL",
    "flow": "mL/min",
    "volume_per_hour": "mL/h",
    "rate": "1/h",
    "time": "s",
    "concentration": "g/L",
    "mass": "g",
    "voltage": "V",
    "frequency": "Hz",
}
"""In pint's spelling; plain numbers have no unit that it could add."""
_DELTAS: Final = {"degree_Celsius": "delta_degC", "degree_Fahrenheit": "delta_degF"}
_DIGITS: Final = 12
"""Kept of a converted number, so that 540 °R are 26.85 °C and not 26.850000000000023."""


def read_quantity(text: str | float, dimension: str) -> float:
    """Read a quantity in any unit of its dimension, and give it in the canonical one."""
    try:
        return parse_quantity(text, dimension)
    except UnknownUnit as unknown:
        if unknown.sure or dimension not in _CANONICAL:
            raise
        return _look_up(unknown, DIMENSIONS[dimension])


def _look_up(unknown: UnknownUnit, kind: Dimension) -> float:
    unit = unit_called(unknown.spelling)
    if unit is None:
        raise unknown
    converted = convert(unknown.number, unit, kind.name)
    if converted is None:
        raise UnitError(
            f"'{unknown.spelling}' is the unit of {_noun(unit)}, but {kind.noun} is needed here",
            unknown.suggestion,
            "wrong-unit",
        )
    if not math.isfinite(converted) or abs(converted) > _NUMBER_MAX:
        raise UnitError("the number is too large")
    return converted


@lru_cache(maxsize=256)
def unit_called(spelling: str) -> Any | None:
    """Find pint's unit for a spelling; None where it is none."""
    if len(spelling) > _LENGTH_MAX or not re.fullmatch(_UNITS, spelling):
        return None
    import pint

    text = spelling.replace("·", "*").replace("℃", "°C").replace("℉", "°F")
    text = f"1{text}" if text.startswith("/") else text
    try:
        return _registry().parse_units(text)
    except (pint.PintError, ValueError, TypeError, AttributeError, SyntaxError, OverflowError):
        return None


def convert(number: float, unit: Any, dimension: str) -> float | None:
    """Convert by pint; None where the unit is of another dimension.

    The zero of a temperature scale counts for a temperature, and does not for a difference. A turn
    is a whole one, so that a stirring speed of 1/s is 60 rpm and not 9.5.
    """
    import pint

    registry = _registry()
    if dimension == "temperature_difference":
        unit = registry.parse_units(_DELTAS.get(str(unit), str(unit)))
    try:
        if dimension == "stirring" and "radian" not in str(registry.get_root_units(unit)[1]):
            unit = unit * registry.turn
        found = registry.Quantity(number, unit).to(_CANONICAL[dimension]).magnitude
        return float(f"{found:.{_DIGITS}g}")
    except (pint.PintError, ValueError, OverflowError):
        return None


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(cache_folder=None)


def _noun(unit: Any) -> str:
    """Say of what kind a unit is, in the words of this house or else in pint's."""
    for name, kind in DIMENSIONS.items():
        if name in _CANONICAL and convert(1.0, unit, name) is not None:
            return kind.noun
    registry = _registry()
    for name in ("mass", "length", "area", "pressure", "energy", "power", "force"):
        if registry.get_dimensionality(f"[{name}]") == unit.dimensionality:
            return f"a{'n' if name[0] in 'ae' else ''} {name}"
    return "another kind of quantity"
