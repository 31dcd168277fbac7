"""What a plain scalar means: YAML 1.2, minus its surprises.

`on`, `no`, `12:30` and `0123` are text, `1e3` is a number.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER: Final = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
_NUMBER: Final = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NUMBER_MAX: Final = 2.0**53
_DIGITS_MAX: Final = 60


def resolve(text: str) -> Scalar:
    """Give the value of a plain scalar; a number that no double holds exactly stays text."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if len(text) > _DIGITS_MAX or _NUMBER.fullmatch(text) is None:
        return text
    number = int(text) if _INTEGER.fullmatch(text) else float(text)
    return number if abs(number) <= _NUMBER_MAX else text
