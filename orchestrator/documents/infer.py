"""What kind of value an expression has, as far as that can be told before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from orchestrator.model.catalogue import Catalogue
from orchestrator.model.expression import (
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
    Variable,
)
from orchestrator.model.units import DIMENSIONS

Kind: TypeAlias = str
"""`truth`, `text`, `schedule`, a dimension, `number` for any plain number, `any` where it cannot be
told."""

_PLAIN: Final = frozenset({"number", "od", "fraction", "integer", "any"})
_KINDS: Final = frozenset({"truth", "text", "schedule", "number", "integer", "any", *DIMENSIONS})
_DURATIONS: Final = frozenset({"seconds", "minutes", "hours", "days"})
_SAME: Final = frozenset({"min", "max", "abs", "round", "clamp"})


def kind_of_type(name: str) -> Kind:
    """Give the kind of a setting's or input's declared type."""
    kind = {"boolean": "truth", "choice": "text", "vessel": "text"}.get(name, name)
    return kind if kind in _KINDS else "any"


def infer(node: Expression, catalogue: Catalogue, inputs: Mapping[str, str]) -> Kind:
    """Tell what kind of value a tree has; `inputs` gives the types of the profile's inputs
    and of the variables that are known there."""
    match node:
        case Const(value=bool()):
            return "truth"
        case Const(value=str()):
            return "text"
        case Const(value=float()):
            return "number"
        case Signal(name=name):
            return kind_of_type(catalogue.type_of(name) or "any")
        case Input(name=name):
            return kind_of_type(inputs.get(name, "any"))
        case Unary(operator="not") | Compare() | And() | Or() | Member():
            return "truth"
        case Unary(operand=operand):
            return infer(operand, catalogue, inputs)
        case Binary(operator=operator, left=left, right=right):
            kinds = infer(left, catalogue, inputs), infer(right, catalogue, inputs)
            return _combine(operator, *kinds)
        case Conditional(then=then, otherwise=otherwise):
            return _join(infer(then, catalogue, inputs), infer(otherwise, catalogue, inputs))
        case Call(function=function, arguments=arguments):
            if function in _DURATIONS:
                return "time"
            return infer(arguments[0], catalogue, inputs) if function in _SAME else "number"
        case Variable(name=name):
            return kind_of_type(inputs.get(name, "any"))
        case Const():
            return "any"


def is_number(kind: Kind) -> bool:
    """Tell whether a kind can be calculated with."""
    return kind in DIMENSIONS or kind in _PLAIN


def fit(found: Kind, needed: Kind) -> bool:
    """Tell whether a value of one kind may stand where another is needed."""
    if "any" in (found, needed) or found == needed:
        return True
    if is_number(found) and is_number(needed):
        return found in _PLAIN or needed in _PLAIN
    return False


def _combine(operator: str, left: Kind, right: Kind) -> Kind:
    if operator in ("+", "-", "%"):
        return _join(left, right)
    if operator in ("*", "/", "//"):
        if right in _PLAIN:
            return left
        return right if left in _PLAIN and operator == "*" else "any"
    return "number"


def _join(left: Kind, right: Kind) -> Kind:
    if left == right:
        return left
    if left in _PLAIN:
        return right if fit(left, right) else "any"
    return left if fit(left, right) else "any"
