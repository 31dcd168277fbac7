"""Text with units becomes a number in canonical units here, and nowhere else.

The units are those of `model.dimensions`; durations may be put together, `1 h 30 min`.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Final

from orchestrator.model.dimensions import DIMENSIONS, Dimension, Unit

__all__ = [
    "DIMENSIONS",
    "Dimension",
    "Unit",
    "UnitError",
    "UnknownUnit",
    "dimension_of_unit",
    "format_quantity",
    "parse_quantity",
]


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


class UnknownUnit(UnitError):
    """A unit that is in no table here; a larger dictionary may know it."""

    def __init__(
        self, message: str, suggestion: str | None, *, number: float, spelling: str, sure: bool
    ) -> None:
        super().__init__(message, suggestion, "wrong-unit")
        self.number, self.spelling = number, spelling
        self.sure = sure
        """It is certainly a slip of the pen, so that looking further is no use."""


_QUANTITY: Final = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")
_PARTS: Final = r"(\d+(?:\.\d*)?)\s*([a-z]+)\s*"
_PUT_TOGETHER: Final = r"(?:ms|s|sec|min|h|d|w|hours?|days?|minutes?)\s*\d"
_CLOCK: Final = r"\s*(\d+)\s*(h|:)\s*(\d\d)(?::00)?\s*"
_COMMA: Final = r"\s*([+-]?\d+),(\d+)\s*(\D*)"
"""Of what is seldom written, and compiled only then; as in most modules that a check imports."""
_OTHER_TONGUES: Final = {
    "std": "h",
    "stunde": "h",
    "stunden": "h",
    "heure": "h",
    "heures": "h",
    "tag": "d",
    "tage": "d",
    "jour": "d",
    "jours": "d",
    "sekunde": "s",
    "sekunden": "s",
    "minuten": "min",
    "u/min": "rpm",
}
"""Units as they stand in laboratory books of other languages."""
_SLIP: Final = 0.85
"""How alike a word and a unit have to be for the word to be a slip of the pen."""
_SLIP_LENGTH_MIN: Final = 5
_LENGTH_MAX: Final = 60
_NUMBER_MAX: Final = 2.0**53


@lru_cache(maxsize=1024, typed=True)  # true is no 1
def parse_quantity(text: str | float, dimension: str) -> float:
    """Read `15 mL`, `86 °F`, `1 h 30 min` or a bare number, and give it in the canonical unit."""
    kind = DIMENSIONS[dimension]
    number, spelling = _split(text, kind)
    if spelling == "":
        if kind.bare:
            return number
        shown = _number(number)
        if kind.name == "time" and number:  # seconds are as likely as days
            message = f"{kind.noun} needs a unit: {shown} s, {shown} min, {shown} h or {shown} d"
            raise UnitError(message, code="missing-unit")
        raise UnitError(f"{kind.noun} needs a unit", f"{shown} {kind.symbol}", "missing-unit")
    unit = kind.units.get(_tidy(spelling))
    if unit is None:
        together = _put_together(text, kind) if kind.name == "time" else None
        if together is not None:
            return _checked(together)
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


def symbol_of(kind: str) -> str:
    """Name the canonical unit of a kind of quantity; empty where there is none."""
    dimension = DIMENSIONS.get(kind)
    return "" if dimension is None else dimension.symbol


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
    if found is None or found[2].startswith((",", ":")) or _is_clock(text, found[2]):
        raise _unreadable(text, kind)
    return _checked(float(found[1])), found[2]


def _is_clock(text: str, behind: str) -> bool:
    """Tell whether a text such as `1h30` is meant, by what stands behind its first number."""
    return behind[-1:].isdigit() and re.fullmatch(_CLOCK, text) is not None


def _unreadable(text: str, kind: Dimension) -> UnitError:
    """Guess what a text was meant to be: `1,5 h` has a comma, `1h30` is put together."""
    message = f"{text[:_LENGTH_MAX]!r} is not {kind.noun}"
    comma = re.fullmatch(_COMMA, text) if len(text) <= _LENGTH_MAX else None
    if comma is not None:
        return UnitError(
            f"{message}: decimals stand behind a point",
            f"{comma[1]}.{comma[2]} {comma[3]}".strip(),
        )
    clock = re.fullmatch(_CLOCK, text) if kind.name == "time" and len(text) <= _LENGTH_MAX else None
    if clock is not None:
        if clock[2] == ":":
            message += "; it looks like a time of day"
        return UnitError(message, f"{int(clock[1])} h {int(clock[3])} min")
    return UnitError(message, _example(kind))


def _put_together(text: str | float, kind: Dimension) -> float | None:
    """Add up `1 h 30 min`: units that grow smaller, and nothing between them."""
    total, last, end = 0.0, math.inf, 0
    written, parts = str(text).strip(), re.compile(_PARTS)
    while end < len(written):
        part = parts.match(written, end)
        unit = kind.units.get(part[2]) if part is not None else None
        if part is None or unit is None or unit.factor >= last:
            return None
        total, last, end = total + float(part[1]) * unit.factor, unit.factor, part.end()
    return total


def _checked(value: float) -> float:
    if not math.isfinite(value) or abs(value) > _NUMBER_MAX:
        raise UnitError("the number is too large")
    return value


def _tidy(spelling: str) -> str:
    """Take both micro signs, `⁄` and spaces around `/` as the same."""
    tidy = spelling.replace("μ", "µ").replace("⁄", "/").replace("º", "°")
    return re.sub(r"\s*/\s*", "/", tidy) if "/" in tidy else tidy


def _wrong_unit(number: float, spelling: str, kind: Dimension) -> UnitError:
    tidy, shown = _tidy(spelling), _number(number)
    if kind.name == "time" and re.match(_PUT_TOGETHER, spelling):
        message = "a duration is put together from the largest unit to the smallest"
        return UnitError(message, "1 h 30 min")
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

    foreign = _OTHER_TONGUES.get(tidy.lower().rstrip("."), "")
    alike_first = [unit for unit in kind.units if unit[:1].lower() == tidy[:1].lower()]
    close = difflib.get_close_matches(tidy, alike_first, n=1, cutoff=0.5)
    close = [foreign] if foreign in kind.units else close
    alike = difflib.SequenceMatcher(None, tidy, close[0]).ratio() if close else 0.0
    return UnknownUnit(
        f"unknown unit '{spelling}' for {kind.noun}",
        f"{shown} {close[0]}" if close else _example(kind),
        number=number,
        spelling=tidy,
        sure=alike >= _SLIP and len(tidy) >= _SLIP_LENGTH_MIN,
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
