"""`inputs:` what the profile asks its user for."""

from __future__ import annotations

from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import read_constant
from orchestrator.model.expression import Value
from orchestrator.model.profile import InputDeclaration
from orchestrator.model.units import DIMENSIONS


def build_inputs(cursor: Cursor | None) -> dict[str, InputDeclaration]:
    """Read the declarations by name."""
    if cursor is None:
        return {}
    return {name: _input(name, each) for name, each in cursor.items()}


def _input(name: str, cursor: Cursor) -> InputDeclaration:
    kind = cursor.text("type") or "any"
    listed = cursor.get("choices")
    choices = () if listed is None else tuple(str(each.data) for each in listed.elements())
    return InputDeclaration(
        name=name,
        type=kind,
        description=cursor.text("description") or "",
        default=_constant(cursor.get("default"), kind, choices),
        minimum=_bound(cursor.get("minimum"), kind),
        maximum=_bound(cursor.get("maximum"), kind),
        choices=choices,
        source=cursor.source,
    )


def _constant(cursor: Cursor | None, kind: str, choices: tuple[str, ...]) -> Value:
    known = (*DIMENSIONS, "integer", "boolean", "text", "choice")
    if cursor is None or kind not in known:
        return None
    return read_constant(cursor, kind, choices)


def _bound(cursor: Cursor | None, kind: str) -> float | None:
    if cursor is not None and kind in ("boolean", "text", "choice"):
        message = f"'{cursor.path[-1]}' is for numbers, but this input is of type {kind}"
        cursor.complain("misplaced-key", message, span=cursor.key_span)
        return None
    value = _constant(cursor, kind, ())
    return value if isinstance(value, float) else None
