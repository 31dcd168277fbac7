"""Fold what is known into constants, and say what an expression depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.model.expression.evaluate import evaluate
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

_NOTHING: Mapping[str, Value] = {}


def fold(node: Expression, constants: Mapping[str, Value] = _NOTHING) -> Expression:
    """Put constants in for leaves, by key (`inputs.target_od600`, `vessel`), and work out the rest.

    What has no answer even when everything is known, such as a division by zero, stays as it is.
    """
    if isinstance(node, Const):
        return node
    if isinstance(node, (Signal, Variable, Input)):
        return Const(_as_value(constants[node.key])) if node.key in constants else node
    folded = _with_children(node, tuple(fold(child, constants) for child in children_of(node)))
    if isinstance(folded, (And, Or)):
        return _simplify(folded)
    if isinstance(folded, Conditional) and _is_truth(folded.test):
        return folded.then if folded.test == Const(True) else folded.otherwise
    if all(isinstance(child, Const) for child in children_of(folded)):
        value = evaluate(folded, _NOTHING.get)
        return folded if isinstance(value, Unknown) else Const(value)
    return folded


def without_value(node: Expression) -> tuple[Expression, Unknown] | None:
    """Find in a folded tree a calculation of plain numbers that has no answer, and why not."""
    for each in nodes_of(node):
        operands = children_of(each) if isinstance(each, (Binary, Call)) else ()
        if operands and all(_is_number(operand) for operand in operands):
            value = evaluate(each, _NOTHING.get)
            if isinstance(value, Unknown):
                return each, value
    return None


def signals_of(node: Expression) -> frozenset[str]:
    """List the keys of the signals, settings and clocks that an expression reads."""
    return frozenset(each.key for each in nodes_of(node) if isinstance(each, Signal))


def inputs_of(node: Expression) -> frozenset[str]:
    """List the names of the profile's inputs that an expression uses."""
    return frozenset(each.name for each in nodes_of(node) if isinstance(each, Input))


def nodes_of(node: Expression) -> Iterator[Expression]:
    """Yield a tree's nodes, the root first."""
    yield node
    for child in children_of(node):
        yield from nodes_of(child)


def children_of(node: Expression) -> tuple[Expression, ...]:
    """List a node's operands in order."""
    match node:
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Compare(first=first, links=links):
            return (first, *(operand for _, operand in links))
        case And(operands=operands) | Or(operands=operands):
            return operands
        case Conditional(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case Call(arguments=arguments):
            return arguments
        case Member(item=item):
            return (item,)
        case _:
            return ()


def _is_number(node: Expression) -> bool:
    return isinstance(node, Const) and isinstance(node.value, float)


def _is_truth(node: Expression) -> bool:
    return isinstance(node, Const) and isinstance(node.value, bool)


def _as_value(value: Value) -> Value:
    return value if isinstance(value, (bool, str)) or value is None else float(value)


def _with_children(node: Expression, children: tuple[Expression, ...]) -> Expression:
    """Rebuild a node around other operands."""
    match node:
        case Unary(operator=unary):
            return Unary(unary, children[0])
        case Binary(operator=binary):
            return Binary(binary, children[0], children[1])
        case Compare(links=links):
            names = [name for name, _ in links]
            return Compare(children[0], tuple(zip(names, children[1:], strict=True)))
        case And():
            return And(children)
        case Or():
            return Or(children)
        case Conditional():
            return Conditional(*children)
        case Call(function=function):
            return Call(function, children)
        case Member(choices=choices):
            return Member(children[0], choices)
        case _:
            return node


def _simplify(node: And | Or) -> Expression:
    """Drop operands that decide nothing; one that decides everything is the answer."""
    decisive = isinstance(node, Or)
    left: list[Expression] = []
    for operand in node.operands:
        if isinstance(operand, Const) and isinstance(operand.value, bool):
            if operand.value is decisive:
                return Const(decisive)
        else:
            left.append(operand)
    if not left:
        return Const(not decisive)
    return type(node)(tuple(left))
