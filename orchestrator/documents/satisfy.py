"""Can a condition ever be true? Only a sure no counts; what is not understood may be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from orchestrator.model.expression import (
    And,
    Compare,
    Const,
    Expression,
    Input,
    Member,
    Or,
    Signal,
    Unary,
    Value,
    fold,
)
from orchestrator.model.lazy_dataclass import dataclass

ALTERNATIVES_MAX: Final = 64
_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """Which values a signal may have: numbers between two ends, or some texts."""

    least: float = -math.inf
    most: float = math.inf
    least_is_in: bool = True
    most_is_in: bool = True
    texts: frozenset[str] | None = None
    """None where any will do."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        if self.texts is not None:
            return not self.texts
        closed = self.least_is_in and self.most_is_in
        return self.least > self.most or (self.least == self.most and not closed)

    def narrowed(self, operator: str, value: float) -> Domain:
        """Give what is left of the numbers when they are compared with one."""
        found = self
        if operator in (">", ">=", "==") and (value, operator == ">") > (
            self.least,
            not self.least_is_in,
        ):
            found = replace(found, least=value, least_is_in=operator != ">")
        if operator in ("<", "<=", "==") and (value, operator != "<") < (
            self.most,
            self.most_is_in,
        ):
            found = replace(found, most=value, most_is_in=operator != "<")
        return found


Domains: TypeAlias = Mapping[str, Domain]
"""By the key of a signal, or of an input."""


def input_key(name: str) -> str:
    """Give the key of an input."""
    return f"inputs.{name}"


def impossible(condition: Expression, domains: Domains) -> str | None:
    """Say why a condition can never be true; None where it might be."""
    folded = fold(condition)
    if isinstance(folded, Const):
        return "it is false whatever is measured" if folded.value is False else None
    alternatives = _alternatives(folded, True, [dict(domains)])
    if alternatives is None:
        return None
    empty = [_empty(each) for each in alternatives]
    if not all(empty):
        return None
    return f"no value of {empty[0]} fits" if empty else "it is false whatever is measured"


def _empty(domains: Domains) -> str | None:
    return next((key for key, domain in domains.items() if domain.is_empty), None)


def _alternatives(
    node: Expression, wanted: bool, given: list[dict[str, Domain]]
) -> list[dict[str, Domain]] | None:
    """Narrow the domains so that a node is what is wanted; several where there are several ways.

    None where there are too many to follow.
    """
    if isinstance(node, Unary) and node.operator == "not":
        return _alternatives(node.operand, not wanted, given)
    if isinstance(node, (And, Or)):
        if isinstance(node, And) == wanted:
            return _in_turn(node.operands, wanted, given)
        return _either(node.operands, wanted, given)
    if isinstance(node, Const) and isinstance(node.value, bool):
        return given if node.value is wanted else []
    if isinstance(node, Compare):
        return _compared(node, wanted, given)
    if isinstance(node, Member) and isinstance(node.item, (Signal, Input)):
        return [_chosen(each, _key(node.item), node.choices, wanted) for each in given]
    return given


def _in_turn(
    operands: Iterable[Expression], wanted: bool, given: list[dict[str, Domain]]
) -> list[dict[str, Domain]] | None:
    found: list[dict[str, Domain]] | None = given
    for operand in operands:
        found = _alternatives(operand, wanted, found) if found is not None else None
    return found


def _either(
    operands: Iterable[Expression], wanted: bool, given: list[dict[str, Domain]]
) -> list[dict[str, Domain]] | None:
    found: list[dict[str, Domain]] = []
    for operand in operands:
        more = _alternatives(operand, wanted, given)
        if more is None or len(found) + len(more) > ALTERNATIVES_MAX:
            return None
        found += more
    return found


def _compared(
    node: Compare, wanted: bool, given: list[dict[str, Domain]]
) -> list[dict[str, Domain]]:
    """Narrow by each link of a comparison; what is wanted false is followed for one link only."""
    if not wanted and len(node.links) > 1:
        return given
    left, found = node.first, given
    for operator, right in node.links:
        asked = operator if wanted else _OPPOSITE[operator]
        found = [_linked(each, left, asked, right) for each in found]
        left = right
    return found


def _linked(
    domains: dict[str, Domain], left: Expression, operator: str, right: Expression
) -> dict[str, Domain]:
    if isinstance(left, Const) and isinstance(right, (Signal, Input)):
        left, operator, right = right, _FLIPPED[operator], left
    if not isinstance(left, (Signal, Input)) or not isinstance(right, Const):
        return domains
    key, value = _key(left), right.value
    if isinstance(value, str) and operator in ("==", "!="):
        return _chosen(domains, key, (value,), operator == "==")
    if not isinstance(value, float):
        return domains
    domain = domains.get(key, Domain())
    return (
        domains if domain.texts is not None else domains | {key: domain.narrowed(operator, value)}
    )


def _key(leaf: Signal | Input) -> str:
    return leaf.key if isinstance(leaf, Signal) else input_key(leaf.name)


def _chosen(
    domains: dict[str, Domain], key: str, choices: tuple[Value, ...], wanted: bool
) -> dict[str, Domain]:
    """Narrow the texts that a signal may have."""
    named = frozenset(each for each in choices if isinstance(each, str))
    if len(named) != len(set(choices)):
        return domains
    domain = domains.get(key, Domain())
    if domain.texts is None:
        return domains | {key: Domain(texts=named)} if wanted else domains
    left = domain.texts & named if wanted else domain.texts - named
    return domains | {key: Domain(texts=left)}
