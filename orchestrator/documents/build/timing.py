"""Conditions that have to hold for a while, and what becomes of what is late."""

from __future__ import annotations

from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import NOTHING, optional_amount, read_amount, read_condition
from orchestrator.model.expression import Expression
from orchestrator.model.profile import Late, LateThen, When


def read_when(cursor: Cursor | None, beside: Cursor | None = None) -> When:
    """Read an expression, or `{when, for}`; a rule has its `for:` beside the `when:`."""
    for_s = optional_amount(beside, "time", least=0.0)
    if cursor is None:
        return When(when=NOTHING)
    if not isinstance(cursor.data, dict):
        return When(when=read_condition(cursor), for_s=for_s)
    inner = cursor.get("for")
    if inner is not None and beside is not None:
        inner.complain(
            "duplicate-key", "'for' stands beside this when: already", span=inner.key_span
        )
    return When(
        when=read_condition(cursor.get("when")),
        for_s=optional_amount(inner, "time", least=0.0) if inner is not None else for_s,
    )


def read_late(cursor: Cursor | None) -> Late | None:
    """Read `late: {within, then}`."""
    if cursor is None or not isinstance(cursor.data, dict):
        return None
    return Late(within_s=read_amount(cursor.get("within"), "time", least=0.0), then=_then(cursor))


def read_if(cursor: Cursor) -> Expression | None:
    """Read the `if:` of an item, rule or step."""
    asked = cursor.get("if")
    return None if asked is None else read_condition(asked)


def _then(cursor: Cursor) -> LateThen:
    match cursor.text("then"):
        case "run":
            return "run"
        case "ask":
            return "ask"
        case _:
            return "skip"
