"""Expressions as JSON: plain values for constants, lists with a leading word for everything else.

`od600 > 1.6` is `["compare", ["signal", "od600"], ">", 1.6]`. Reading checks all of it,
since a plan comes over the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast, get_args

from orchestrator.model.expression.functions import FUNCTIONS
from orchestrator.model.expression.tree import (
    NUMBER_MAX,
    And,
    Binary,
    BinaryOperator,
    Call,
    Compare,
    CompareOperator,
    Conditional,
    Const,
    Expression,
    Input,
    Member,
    Or,
    Signal,
    Unary,
    Value,
    Variable,
)

DEPTH_MAX: Final = 40
NODES_MAX: Final = 400
TEXT_LENGTH_MAX: Final = 1000
_BINARY: Final = get_args(BinaryOperator)
_COMPARE: Final = get_args(CompareOperator)


def to_json(node: Expression) -> Any:
    """Write a tree as canonical JSON values; a tree with an input left in it is refused."""
    match node:
        case Const(value=value):
            return value
        case Signal(name=name, vessel=None):
            return ["signal", name]
        case Signal(name=name, vessel=vessel):
            return ["signal", name, vessel]
        case Variable(name=name):
            return ["variable", name]
        case Input(name=name):
            raise ValueError(f"the input {name} must be folded before an expression enters a plan")
        case Unary(operator=operator, operand=operand):
            return ["not" if operator == "not" else "negative", to_json(operand)]
        case Binary(operator=binary, left=left, right=right):
            return [binary, to_json(left), to_json(right)]
        case Compare(first=first, links=links):
            chain = [part for name, operand in links for part in (name, to_json(operand))]
            return ["compare", to_json(first), *chain]
        case And(operands=operands):
            return ["and", *map(to_json, operands)]
        case Or(operands=operands):
            return ["or", *map(to_json, operands)]
        case Conditional(test=test, then=then, otherwise=otherwise):
            return ["if", to_json(test), to_json(then), to_json(otherwise)]
        case Call(function=function, arguments=arguments):
            return ["call", function, *map(to_json, arguments)]
        case Member(item=item, choices=choices):
            return ["in", to_json(item), list(choices)]


def from_json(data: Any) -> Expression:
    """Read a tree back, refusing with ValueError whatever `to_json` would not have written."""
    return _Reader().read(data, 0)


class _Reader:
    """Counts nodes while it reads, so that no message can grow without end."""

    def __init__(self) -> None:
        self._nodes = 0

    def read(self, data: Any, depth: int) -> Expression:
        self._nodes += 1
        if self._nodes > NODES_MAX or depth > DEPTH_MAX:
            raise ValueError("the expression is too large")
        if not isinstance(data, list):
            return Const(_value(data))
        if not data or not isinstance(data[0], str):
            raise ValueError("a node starts with a word")
        return self._node(data[0], data[1:], depth + 1)

    def _node(self, word: str, rest: list[Any], depth: int) -> Expression:
        if word == "signal":
            return Signal(*_names(rest, 1, 2))
        if word == "variable":
            return Variable(*_names(rest, 1, 1))
        if word == "call":
            return self._call(rest, depth)
        if word == "in":
            _expect(len(rest) == 2 and isinstance(rest[1], list), "in takes an item and a list")
            return Member(self.read(rest[0], depth), tuple(_value(each) for each in rest[1]))
        if word == "compare":
            return self._compare(rest, depth)
        operands = tuple(self.read(each, depth) for each in rest)
        if word in ("and", "or"):
            _expect(len(operands) > 0, f"{word} takes operands")
            return And(operands) if word == "and" else Or(operands)
        if word in ("not", "negative"):
            _expect(len(operands) == 1, f"{word} takes one operand")
            return Unary("not" if word == "not" else "-", operands[0])
        if word == "if":
            _expect(len(operands) == 3, "if takes three operands")
            return Conditional(*operands)
        _expect(word in _BINARY and len(operands) == 2, f"no such node: {word[:40]}")
        return Binary(cast(BinaryOperator, word), operands[0], operands[1])

    def _call(self, rest: list[Any], depth: int) -> Call:
        _expect(bool(rest) and isinstance(rest[0], str), "call takes a name")
        function = FUNCTIONS.get(rest[0])
        if function is None:
            raise ValueError(f"no such function: {rest[0][:40]}")
        count = len(rest) - 1
        _expect(
            function.arguments_min <= count <= function.arguments_max,
            f"{rest[0]} does not take {count} arguments",
        )
        return Call(rest[0], tuple(self.read(each, depth) for each in rest[1:]))

    def _compare(self, rest: list[Any], depth: int) -> Compare:
        _expect(len(rest) >= 3 and len(rest) % 2 == 1, "compare takes operands and operators")
        _expect(
            all(isinstance(name, str) and name in _COMPARE for name in rest[1::2]),
            "no such comparison",
        )
        operands = [self.read(each, depth) for each in rest[0::2]]
        names = [cast(CompareOperator, name) for name in rest[1::2]]
        return Compare(operands[0], tuple(zip(names, operands[1:], strict=True)))


def _expect(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)


def _names(rest: Sequence[Any], least: int, most: int) -> list[str]:
    _expect(least <= len(rest) <= most, "a wrong number of names")
    _expect(
        all(isinstance(each, str) and 0 < len(each) <= TEXT_LENGTH_MAX for each in rest),
        "a name is a short text",
    )
    return list(rest)


def _value(data: Any) -> Value:
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, str) and len(data) <= TEXT_LENGTH_MAX:
        return data
    if isinstance(data, (int, float)) and -NUMBER_MAX <= data <= NUMBER_MAX:
        return float(data)
    raise ValueError(f"not a value: {data!r:.40}")
