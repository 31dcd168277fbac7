"""Turn an expression into a closure, for conditions that are asked many times a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from orchestrator.model.expression import functions
from orchestrator.model.expression.evaluate import Lookup, evaluate, truth_of
from orchestrator.model.expression.functions import COMPARISONS, Outcome
from orchestrator.model.expression.tree import (
    NUMBER_MAX,
    And,
    Binary,
    Compare,
    Const,
    Expression,
    Input,
    Or,
    Signal,
    Unary,
    Variable,
)
from orchestrator.model.expression.unknown import Unknown

Condition: TypeAlias = Callable[[Lookup], Outcome]


def compile_node(node: Expression) -> Condition:
    """Give a function of a lookup that answers what `evaluate` would, sooner.

    Comparisons, connectives, arithmetic and leaves, which conditions are made of, get closures of
    their own; the rest is evaluated by walking.
    """
    match node:
        case Const(value=value):
            return lambda _lookup: value
        case Signal() | Variable() | Input():
            return _leaf(node.key)
        case Compare(first=first, links=((name, Const(value=float() as bound)),)):
            return _compare_with_number(compile_node(first), _key_of(first), name, bound)
        case Compare(first=first, links=(("==" | "!=" as name, Const(value=str() as text)),)):
            return _compare_with_text(compile_node(first), text, wanted=name == "==")
        case Compare(first=first, links=((name, second),)):
            return _compare(compile_node(first), name, compile_node(second))
        case Unary(operator="not", operand=operand):
            return _not(compile_node(operand))
        case Binary(operator=name, left=left, right=right):
            return _calculate(compile_node(left), name, compile_node(right))
        case And(operands=operands):
            return _connect([compile_node(each) for each in operands], decisive=False)
        case Or(operands=operands):
            return _connect([compile_node(each) for each in operands], decisive=True)
        case _:
            return lambda lookup: evaluate(node, lookup)


class Threshold(NamedTuple):
    """A condition that only compares one signal with a fixed number.

    `holds` tells the answer for a float within ±NUMBER_MAX; anything else has to be asked.
    """

    key: str
    holds: Callable[[float, float], bool]
    bound: float


def threshold_of(node: Expression) -> Threshold | None:
    """Read off a condition that is a threshold, such as `od600 > 1.6`."""
    match node:
        case Compare(first=Signal(key=key), links=((name, Const(value=float() as bound)),)):
            return Threshold(key, COMPARISONS[name], bound)
        case _:
            return None


def _key_of(node: Expression) -> str | None:
    return node.key if isinstance(node, (Signal, Variable, Input)) else None


def _leaf(key: str) -> Condition:
    def read(lookup: Lookup) -> Outcome:
        value = lookup(key)
        if type(value) is float and -NUMBER_MAX <= value <= NUMBER_MAX:
            return value
        return functions.accept(value, key)

    return read


def _compare_with_number(first: Condition, key: str | None, name: str, bound: float) -> Condition:
    """Compare with a fixed number: the commonest condition, `od600 > 1.6`, in one call."""
    holds = COMPARISONS[name]

    def compare_leaf(lookup: Lookup) -> Outcome:
        value = lookup(key)  # type: ignore[arg-type]
        if type(value) is float and -NUMBER_MAX <= value <= NUMBER_MAX:
            return holds(value, bound)
        known = functions.accept(value, str(key))
        return known if isinstance(known, Unknown) else functions.compare(name, known, bound)

    def compare_any(lookup: Lookup) -> Outcome:
        value = first(lookup)
        if type(value) is float:
            return holds(value, bound)
        return value if isinstance(value, Unknown) else functions.compare(name, value, bound)

    return compare_any if key is None else compare_leaf


def _compare_with_text(first: Condition, text: str, *, wanted: bool) -> Condition:
    """Compare with a fixed text, as in `phase == 'hold'`."""

    def compare_text(lookup: Lookup) -> Outcome:
        value = first(lookup)
        return value if isinstance(value, Unknown) else (value == text) is wanted

    return compare_text


def _compare(first: Condition, name: str, second: Condition) -> Condition:
    def compare(lookup: Lookup) -> Outcome:
        left, right = first(lookup), second(lookup)
        if isinstance(left, Unknown):
            return left | right if isinstance(right, Unknown) else left
        return right if isinstance(right, Unknown) else functions.compare(name, left, right)

    return compare


def _calculate(left: Condition, name: str, right: Condition) -> Condition:
    def calculate(lookup: Lookup) -> Outcome:
        first, second = left(lookup), right(lookup)
        if isinstance(first, Unknown):
            return first | second if isinstance(second, Unknown) else first
        return second if isinstance(second, Unknown) else functions.calculate(name, first, second)

    return calculate


def _not(operand: Condition) -> Condition:
    def invert(lookup: Lookup) -> Outcome:
        value = operand(lookup)
        return value if isinstance(value, Unknown) else functions.invert(value)

    return invert


def _connect(operands: list[Condition], *, decisive: bool) -> Condition:
    def connect(lookup: Lookup) -> Outcome:
        missing: Unknown | None = None
        for operand in operands:
            value = operand(lookup)
            if type(value) is not bool:
                known = truth_of(value)
                if isinstance(known, Unknown):
                    missing = known if missing is None else missing | known
                    continue
                value = known
            if value is decisive:
                return decisive
        return not decisive if missing is None else missing

    return connect
