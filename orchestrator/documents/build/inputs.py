"""`inputs:` what the profile asks its user for."""

from __future__ import annotations

from typing import Final

from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import (
    ALIASES,
    INPUT_TYPES,
    NUMBERS,
    note_schedule,
    read_constant,
)
from orchestrator.model.expression import Value
from orchestrator.model.profile import InputDeclaration

_DIFFERENCES: Final = {"temperature": "temperature_difference"}
"""What a step is a quantity of, where the input has a zero of its own."""


def build_inputs(cursor: Cursor | None) -> dict[str, InputDeclaration]:
    """Read the declarations by name."""
    if cursor is None:
        return {}
    return {name: _input(name, each) for name, each in cursor.items()}


def _input(name: str, cursor: Cursor) -> InputDeclaration:
    written = cursor.text("type") or "any"
    kind = ALIASES.get(written, written)
    listed = cursor.get("choices")
    choices = () if listed is None else tuple(str(each.data) for each in listed.elements())
    if kind == "schedule" and listed is not None:
        read = [_constant(each, kind, ()) for each in listed.elements()]
        choices = tuple(each for each in read if isinstance(each, str))
    return InputDeclaration(
        name=name,
        type=kind,
        description=cursor.text("description") or "",
        default=_constant(cursor.get("default"), kind, choices),
        minimum=_bound(cursor.get("minimum"), kind),
        maximum=_bound(cursor.get("maximum"), kind),
        choices=choices,
        step=_bound(cursor.get("step"), _DIFFERENCES.get(kind, kind)),
        section=cursor.text("section") or "",
        source=cursor.source,
    )


def _constant(cursor: Cursor | None, kind: str, choices: tuple[str, ...]) -> Value:
    if cursor is None or kind not in INPUT_TYPES:
        return None
    value = read_constant(cursor, kind, choices)
    if kind == "vessel" and isinstance(value, str):
        cursor.mention("vessel", value)
    if not choices:  # which have been noted where they stand
        note_schedule(cursor, kind, value)
    return value


def _bound(cursor: Cursor | None, kind: str) -> float | None:
    if cursor is not None and kind in INPUT_TYPES - NUMBERS:
        message = f"'{cursor.path[-1]}' is for numbers, but this input is of type {kind}"
        cursor.complain("misplaced-key", message, span=cursor.key_span)
        return None
    value = _constant(cursor, kind, ())
    return value if isinstance(value, float) else None
