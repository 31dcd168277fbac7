"""What every operator and function of an expression does to known values.

Each answers with a value, or with an Unknown that says why there is none. Evaluator, compiler and
folding all use these, so they cannot disagree.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from orchestrator.model.expression.tree import NUMBER_MAX, Value
from orchestrator.model.expression.unknown import Unknown
from orchestrator.model.lazy_dataclass import dataclass

Outcome: TypeAlias = Value | Unknown
POWER_MAX: Final = 64.0


@dataclass(frozen=True, slots=True)
class Function:
    """A function that expressions may call, with how many numbers it takes."""

    apply: Callable[..., float]
    arguments_min: int
    arguments_max: int
    description: str


def _log(value: float, base: float = math.e) -> float:
    return math.log(value) if base == math.e else math.log(value, base)


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def _round(value: float, digits: float = 0.0) -> float:
    return float(round(value, int(max(-15.0, min(15.0, digits)))))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "min": Function(min, 2, 16, "the smallest of its numbers"),
    "max": Function(max, 2, 16, "the largest of its numbers"),
    "abs": Function(abs, 1, 1, "the size of a number without its sign"),
    "round": Function(_round, 1, 2, "a number rounded to so many decimals"),
    "sqrt": Function(math.sqrt, 1, 1, "the square root"),
    "log": Function(_log, 1, 2, "the logarithm, natural unless a base is given"),
    "exp": Function(math.exp, 1, 1, "e to the power of a number"),
    "clamp": Function(_clamp, 3, 3, "a number kept between a lower and an upper one"),
    "seconds": Function(lambda value: value, 1, 1, "a duration from seconds"),
    "minutes": Function(lambda value: 60.0 * value, 1, 1, "a duration from minutes"),
    "hours": Function(lambda value: 3600.0 * value, 1, 1, "a duration from hours"),
    "days": Function(lambda value: 86400.0 * value, 1, 1, "a duration from days"),
}


def is_number(value: object) -> bool:
    """Tell whether a value is a number; true and false are not."""
    return type(value) is float or type(value) is int


def accept(value: object, key: str) -> Outcome:
    """Take what a lookup answered: None and NaN are unknown, whole numbers become floats."""
    if isinstance(value, Unknown):
        return value
    if value is None:
        return Unknown.signal(key, "no value yet")
    if type(value) is float or type(value) is int:
        return within_range(float(value)) if abs(value) <= NUMBER_MAX else _not_finite(key)
    if isinstance(value, (bool, str)):
        return value
    return Unknown.signal(key, f"unusable value {value!r:.40}")


def _not_finite(key: str) -> Unknown:
    return Unknown.signal(key, "not a finite number")


def within_range(value: float) -> Outcome:
    """Keep a result only where it is an exact-enough number."""
    if -NUMBER_MAX <= value <= NUMBER_MAX:
        return value
    return Unknown.domain("the result is too large")


def negate(value: Value) -> Outcome:
    """Take `-value`."""
    return -value if type(value) is float else Unknown.domain("a number is needed after -")


def invert(value: Value) -> Outcome:
    """Take `not value`."""
    return (not value) if type(value) is bool else _not_a_truth(value)


def truth(value: Value) -> bool | Unknown:
    """Take a value as true or false; anything else is unknown."""
    return value if type(value) is bool else _not_a_truth(value)


def _not_a_truth(value: Value) -> Unknown:
    return Unknown.domain(f"{value!r:.40} is neither true nor false")


def calculate(name: str, left: Value, right: Value) -> Outcome:
    """Apply an arithmetic operator to two known values."""
    if type(left) is not float or type(right) is not float:
        return Unknown.domain(f"numbers are needed around {name}")
    if name == "**" and abs(right) > POWER_MAX:
        return Unknown.domain("the exponent is too large")
    try:
        result = _ARITHMETIC[name](left, right)
    except ZeroDivisionError:
        return Unknown.domain("division by zero")
    except OverflowError:
        return Unknown.domain("the result is too large")
    if not isinstance(result, float):
        return Unknown.domain("a root of a negative number")
    return within_range(result)


_ARITHMETIC: Final[Mapping[str, Callable[[float, float], object]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(name: str, left: Value, right: Value) -> bool | Unknown:
    """Apply a comparison; order exists among numbers and among texts only."""
    if name in ("==", "!="):
        same = type(left) is type(right) and left == right
        return same if name == "==" else not same
    if type(left) is float and type(right) is float:
        return COMPARISONS[name](left, right)
    if type(left) is str and type(right) is str:
        return bool(COMPARISONS[name](left, right))  # type: ignore[arg-type]
    return Unknown.domain(f"{left!r:.40} {name} {right!r:.40} compares different kinds")


def contains(choices: tuple[Value, ...], item: Value) -> bool:
    """Tell whether a list of plain values holds an item of the same kind."""
    return any(type(choice) is type(item) and choice == item for choice in choices)


def call(name: str, arguments: list[Value]) -> Outcome:
    """Apply a function to known values."""
    if not all(type(argument) is float for argument in arguments):
        return Unknown.domain(f"{name}() needs numbers")
    try:
        return within_range(float(FUNCTIONS[name].apply(*arguments)))
    except ZeroDivisionError:
        return Unknown.domain("division by zero")
    except OverflowError:
        return Unknown.domain("the result is too large")
    except ValueError:
        return Unknown.domain(f"{name}() has no answer here")
