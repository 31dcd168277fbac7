"""An expression that adds or compares what cannot be compared, such as °C with mL.

In expressions quantities are plain numbers in canonical units: °C, rpm, mL, seconds, 1/h. So a unit
is not written but known, and a comparison of a temperature with a volume, or of a number with the
text `'30 °C'`, would be true or false by accident.

Compare like with like. Durations are written `hours(6)`, `minutes(5)` and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Asked, Draft
from orchestrator.documents.infer import fit, infer, is_number
from orchestrator.documents.values import noun_of
from orchestrator.model.expression import (
    And,
    Binary,
    Compare,
    Conditional,
    Const,
    Expression,
    Or,
    Unary,
    nodes_of,
)
from orchestrator.model.units import DIMENSIONS, UnitError, dimension_of_unit, parse_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report operands whose kinds do not go together."""
    inputs = _input_types(draft)
    for asked in draft.expressions:
        for node in nodes_of(asked.tree):
            yield from _judge(draft, asked, node, {**inputs, **asked.kinds})


def _input_types(draft: Draft) -> dict[str, str]:
    if draft.profile is None:
        return {}
    return {name: each.type for name, each in draft.profile.inputs.items()}


def _judge(
    draft: Draft, asked: Asked, node: Expression, inputs: dict[str, str]
) -> Iterator[Diagnostic]:
    for left, right in _pairs(node):
        kinds = [infer(each, draft.catalogue, inputs) for each in (left, right)]
        if fit(kinds[0], kinds[1]):
            continue
        quantity = _quantity_in(left, right)
        if quantity is not None:
            message = f"{quantity[0]!r} is text; in expressions quantities are plain numbers"
            span = draft.document.word_in(asked.span, quantity[0])
            yield draft.error(span, "mixed-kinds", message, quantity[1])
        else:
            message = f"{noun_of(kinds[0])} and {noun_of(kinds[1])} do not go together here"
            yield draft.error(asked.span, "mixed-kinds", message)
    for operand in _truths(node):
        kind = infer(operand, draft.catalogue, inputs)
        if not fit(kind, "truth"):
            message = f"{noun_of(kind)} is neither true nor false"
            yield draft.error(asked.span, "mixed-kinds", message)
    for operand in _numbers(node):
        kind = infer(operand, draft.catalogue, inputs)
        if kind != "any" and not is_number(kind):
            message = f"a number is needed to calculate with, not {noun_of(kind)}"
            yield draft.error(asked.span, "mixed-kinds", message)


def _pairs(node: Expression) -> list[tuple[Expression, Expression]]:
    if isinstance(node, Compare):
        operands = [node.first, *(operand for _, operand in node.links)]
        return list(pairwise(operands))
    if isinstance(node, Binary) and node.operator in ("+", "-"):
        return [(node.left, node.right)]
    return []


def _truths(node: Expression) -> tuple[Expression, ...]:
    if isinstance(node, (And, Or)):
        return node.operands
    if isinstance(node, Conditional):
        return (node.test,)
    return (node.operand,) if isinstance(node, Unary) and node.operator == "not" else ()


def _numbers(node: Expression) -> tuple[Expression, ...]:
    if isinstance(node, Binary) and node.operator in ("*", "/", "//", "%", "**"):
        return (node.left, node.right)
    return (node.operand,) if isinstance(node, Unary) and node.operator == "-" else ()


def _quantity_in(*operands: Expression) -> tuple[str, str] | None:
    """Find a text such as '30 °C', and the plain number that it should be."""
    for each in operands:
        if not isinstance(each, Const) or not isinstance(each.value, str):
            continue
        spelling = each.value.lstrip("+-0123456789. ")
        kind = dimension_of_unit(spelling)
        if kind is None or kind not in DIMENSIONS:
            continue
        try:
            return each.value, f"{parse_quantity(each.value, kind):g}"
        except UnitError:
            continue
    return None
