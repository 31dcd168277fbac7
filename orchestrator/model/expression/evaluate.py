"""Evaluate an expression by walking it: the plain reading of what `compile` makes fast."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from orchestrator.model.expression import functions
from orchestrator.model.expression.functions import Outcome
from orchestrator.model.expression.tree import (
    And,
    Binary,
    Call,
    Compare,
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
from orchestrator.model.expression.unknown import Unknown

Lookup: TypeAlias = Callable[[str], Outcome]
"""Answers the key of a leaf. `dict.get` is one: None counts as `no value yet`.

A lookup that knows ages answers `Unknown.signal(key, "stale", age_s)` for what is too old.
"""


def evaluate(node: Expression, lookup: Lookup) -> Outcome:
    """Work out a tree, in three-valued logic; the answer says why where it is unknown."""
    match node:
        case Const(value=value):
            return value
        case Signal() | Variable() | Input():
            return functions.accept(lookup(node.key), node.key)
        case Unary(operator=name, operand=operand):
            known = evaluate(operand, lookup)
            if isinstance(known, Unknown):
                return known
            return functions.invert(known) if name == "not" else functions.negate(known)
        case Binary(operator=name, left=left, right=right):
            values = _known([evaluate(left, lookup), evaluate(right, lookup)])
            if isinstance(values, Unknown):
                return values
            return functions.calculate(name, values[0], values[1])
        case Compare():
            return _compare(node, lookup)
        case And(operands=operands):
            return _connect(operands, lookup, decisive=False)
        case Or(operands=operands):
            return _connect(operands, lookup, decisive=True)
        case Conditional(test=test, then=then, otherwise=otherwise):
            holds = truth_of(evaluate(test, lookup))
            if isinstance(holds, Unknown):
                return holds
            return evaluate(then if holds else otherwise, lookup)
        case Call(function=name, arguments=arguments):
            values = _known([evaluate(argument, lookup) for argument in arguments])
            return values if isinstance(values, Unknown) else functions.call(name, values)
        case Member(item=item, choices=choices):
            wanted = evaluate(item, lookup)
            return wanted if isinstance(wanted, Unknown) else functions.contains(choices, wanted)


def truth_of(value: Outcome) -> bool | Unknown:
    """Take an outcome as a truth value; unknown stays unknown."""
    return value if isinstance(value, Unknown) else functions.truth(value)


def _known(values: list[Outcome]) -> list[Value] | Unknown:
    """Answer the values if all are known, else all reasons why not."""
    missing: Unknown | None = None
    known: list[Value] = []
    for value in values:
        if isinstance(value, Unknown):
            missing = value if missing is None else missing | value
        else:
            known.append(value)
    return known if missing is None else missing


def _compare(node: Compare, lookup: Lookup) -> Outcome:
    missing: Unknown | None = None
    left = evaluate(node.first, lookup)
    for name, operand in node.links:
        right = evaluate(operand, lookup)
        values = _known([left, right])
        holds = (
            values if isinstance(values, Unknown) else functions.compare(name, values[0], values[1])
        )
        if isinstance(holds, Unknown):
            missing = holds if missing is None else missing | holds
        elif not holds:
            return False
        left = right
    return True if missing is None else missing


def _connect(operands: tuple[Expression, ...], lookup: Lookup, *, decisive: bool) -> Outcome:
    """Join truths: one decisive operand settles it, whatever else is unknown."""
    missing: Unknown | None = None
    for operand in operands:
        value = truth_of(evaluate(operand, lookup))
        if isinstance(value, Unknown):
            missing = value if missing is None else missing | value
        elif value is decisive:
            return decisive
    return not decisive if missing is None else missing
