"""Slips in expressions: what people write who know another language, or write as on paper."""

from __future__ import annotations

import re
from typing import Final

from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.units import UnitError, dimension_of_unit, parse_quantity

_QUOTED: Final = "'[^']*'|\"[^\"]*\""
_SIGNS: Final = (
    ("=>", ">="),
    ("=<", "<="),
    ("<>", "!="),
    ("≥", ">="),
    ("≤", "<="),
    ("≠", "!="),
    ("&&", "and"),
    ("||", "or"),
    ("×", "*"),
    ("÷", "/"),
    ("−", "-"),
    ("^", "**"),
)
_WORDS: Final = {"AND": "and", "OR": "or", "NOT": "not", "und": "and", "oder": "or", "nicht": "not"}
_WORD: Final = rf"(?<![\w.])(?:{'|'.join(_WORDS)})(?![\w.])"
_EQUALS: Final = r"(?<![=<>!])=(?![=<>])"
_COMMA: Final = r"(?<![\w.])(\d+),(\d+)(?![\w.])"
_WITH_UNIT: Final = r"(?<![\w.])(\d+(?:\.\d+)?)\s*(°[CF]|/?[µμ]?[A-Za-z]+(?:/[A-Za-z]+)?)"
_DURATIONS: Final = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A stretch of an expression that means nothing, and what it was meant to be."""

    written: str
    message: str
    meant: str


def slip_in(text: str) -> Slip | None:
    """Find why an expression cannot be read, where it is one of the usual slips."""
    code = re.sub(_QUOTED, lambda quoted: " " * len(quoted[0]), text)
    for sign, meant in _SIGNS:
        if sign in code:
            return Slip(written=sign, message=f"an expression has no '{sign}'", meant=meant)
    word = re.search(_WORD, code)
    if word is not None:
        message = f"an expression has no '{word[0]}'"
        return Slip(written=word[0], message=message, meant=_WORDS[word[0]])
    if re.search(_EQUALS, code):
        message = "one = compares nothing in an expression"
        return Slip(written="=", message=message, meant="==")
    return _with_unit(code)


def comma_in(text: str) -> Slip | None:
    """Find a number such as `0,6`, which is read as a list of two."""
    found = re.search(_COMMA, re.sub(_QUOTED, "", text))
    if found is None:
        return None
    message = f"{found[0]} is two numbers in an expression: decimals stand behind a point"
    return Slip(written=found[0], message=message, meant=f"{found[1]}.{found[2]}")


def _with_unit(code: str) -> Slip | None:
    for found in re.finditer(_WITH_UNIT, code):
        kind = dimension_of_unit(found[2])
        if kind is None:
            continue
        try:
            number = f"{parse_quantity(found[0], kind):g}"
        except UnitError:
            continue
        if found[2] in _DURATIONS:
            number = f"{_DURATIONS[found[2]]}({found[1]})"
        message = f"{found[0]} has a unit; in expressions quantities are plain numbers"
        return Slip(written=found[0], message=message, meant=number)
    return None
