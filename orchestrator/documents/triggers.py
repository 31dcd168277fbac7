"""What starts a rule, where the rule may ask for it, and what kind of value it then gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from orchestrator.documents.draft import Cursor
from orchestrator.model.event import EVENT_KINDS, VALUE_TYPES

NOWHERE: Final[Mapping[str, str]] = MappingProxyType({})
BY_TIME: Final = ("at", "every", "cron")
START_KINDS: Final = ("when", *BY_TIME, *EVENT_KINDS)
_AFTER: Final = ("if", "do")
"""What a rule does once it was started."""


def trigger_types(cursor: Cursor) -> Mapping[str, str]:
    """Give the types of `trigger.value` and the others; nothing where no rule was started yet."""
    rule = _rule_around(cursor)
    if rule is None:
        return NOWHERE
    types = {_type_of(start) for start in _starts(rule)}
    value = types.pop() if len(types) == 1 else "any"
    return {"trigger.kind": "text", "trigger.name": "text", "trigger.value": value}


def kind_of_start(data: Any) -> str | None:
    """Tell what kind of start is written there."""
    if isinstance(data, str):
        return data if data in START_KINDS else None
    kinds = START_KINDS if isinstance(data, Mapping) else ()
    return next((kind for kind in kinds if kind in data), None)


def _rule_around(cursor: Cursor) -> Mapping[str, Any] | None:
    """Find the rule that a place is in, if it is in what the rule does."""
    path, part = cursor.path, cursor.draft.document.data
    for number, key in enumerate(path):
        if number >= 2 and path[number - 2] == "rules" and key in _AFTER:
            return part if isinstance(part, Mapping) else None
        part = part[key]
    return None


def _starts(rule: Mapping[str, Any]) -> Iterator[Any]:
    on = rule.get("on", rule)
    yield from on if isinstance(on, list) else [on]


def _type_of(start: Any) -> str:
    kind = kind_of_start(start)
    if kind is None:
        return "any"
    if kind in VALUE_TYPES:
        return VALUE_TYPES[kind]
    return str(start.get("as", "text"))
