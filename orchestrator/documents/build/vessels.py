"""`vessels:` and `media:`, what a profile works on and with."""

from __future__ import annotations

from orchestrator.documents.build.jobs import build_jobs
from orchestrator.documents.build.limits import build_limits
from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import input_types, read_amount, read_constant
from orchestrator.model.expression import Value
from orchestrator.model.profile import Medium, Vessel
from orchestrator.model.units import DIMENSIONS


def build_vessels(cursor: Cursor | None) -> dict[str, Vessel]:
    """Read the vessels by name."""
    if cursor is None:
        return {}
    return {name: _vessel(name, each) for name, each in cursor.items()}


def build_media(cursor: Cursor | None) -> dict[str, Medium]:
    """Read the bottles by name."""
    if cursor is None:
        return {}
    return {name: _medium(name, each) for name, each in cursor.items()}


def vessel_list(cursor: Cursor) -> tuple[str, ...] | None:
    """Read `vessels:` of an item or step; None is all."""
    listed = cursor.get("vessels")
    if listed is None or not isinstance(listed.data, list):
        return None
    names = [each for each in listed.elements() if isinstance(each.data, str)]
    for each in names:
        each.mention("vessel", each.data)
    return tuple(each.data for each in names)


def _vessel(name: str, cursor: Cursor) -> Vessel:
    return Vessel(
        name=name,
        volume_ml=read_amount(cursor.get("volume"), "volume"),
        worker=cursor.text("worker"),
        inputs=_inputs(cursor.get("inputs")),
        jobs=build_jobs(cursor.get("jobs"), f"vessel {name}"),
        limits=build_limits(cursor.get("limits")),
        source=cursor.source,
    )


def _inputs(cursor: Cursor | None) -> dict[str, Value]:
    """Read the inputs that are different for one vessel."""
    if cursor is None:
        return {}
    types = input_types(cursor)
    chosen: dict[str, Value] = {}
    for name, each in cursor.items():
        each.mention("input", name, each.key_span)
        kind = types.get(name, "")
        if kind in DIMENSIONS or kind in ("integer", "boolean", "text"):
            chosen[name] = read_constant(each, kind)
        elif kind == "choice":
            chosen[name] = read_constant(each, kind, _choices(each, name))
    return chosen


def _choices(cursor: Cursor, name: str) -> tuple[str, ...]:
    choices = cursor.draft.document.data["inputs"][name].get("choices")
    return tuple(map(str, choices)) if isinstance(choices, list) else ()


def _medium(name: str, cursor: Cursor) -> Medium:
    shared = cursor.get("shared")
    return Medium(
        name=name,
        bottle_ml=read_amount(cursor.get("bottle"), "volume"),
        shared=shared is not None and shared.data is True,
        source=cursor.source,
    )
