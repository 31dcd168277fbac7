"""`vessels:` and `media:`, what a profile works on and with."""

from __future__ import annotations

from orchestrator.documents.build.jobs import build_jobs
from orchestrator.documents.build.limits import build_limits
from orchestrator.documents.build.replicates import members
from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import input_types, read_amount, read_own
from orchestrator.model.expression import Value
from orchestrator.model.profile import Medium, Vessel


def build_vessels(cursor: Cursor | None) -> dict[str, Vessel]:
    """Read the vessels by name."""
    if cursor is None:
        return {}
    vessels: dict[str, Vessel] = {}
    for name, each in cursor.items():
        for vessel in members(_vessel(name, each), each):
            if vessel.family is not None and (vessel.name in vessels or vessel.name in cursor.data):
                message = f"the replicates of '{name}' are called {name}_1 and so on"
                message += f", but there is a vessel '{vessel.name}' already"
                each.complain("replicate-clash", message, span=each.key_span)
            vessels.setdefault(vessel.name, vessel)
    return vessels


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
    families = cursor.draft.families
    for each in names:
        if each.data not in families:
            each.mention("vessel", each.data)
    found = [name for each in names for name in families.get(each.data, (each.data,))]
    return tuple(dict.fromkeys(found))


def _vessel(name: str, cursor: Cursor) -> Vessel:
    return Vessel(
        name=name,
        volume_ml=read_amount(cursor.get("volume"), "volume"),
        worker=cursor.text("worker"),
        inputs=_inputs(cursor.get("inputs")),
        jobs=build_jobs(cursor.get("jobs"), f"vessel {name}"),
        limits=build_limits(cursor.get("limits")),
        media=_own_media(cursor.get("media")),
        source=cursor.source,
    )


def _own_media(cursor: Cursor | None) -> dict[str, Medium]:
    """Read the bottles that are different for one vessel."""
    for name, each in cursor.items() if cursor is not None else ():
        each.mention("medium", name, each.key_span)
    return build_media(cursor)


def _inputs(cursor: Cursor | None) -> dict[str, Value]:
    """Read the inputs that are different for one vessel."""
    if cursor is None:
        return {}
    types = input_types(cursor)
    chosen: dict[str, Value] = {}
    for name, each in cursor.items():
        each.mention("input", name, each.key_span)
        kind = types.get(name, "")
        if kind:
            chosen[name] = read_own(each, name, kind)
    return chosen


def _medium(name: str, cursor: Cursor) -> Medium:
    shared, warn_before = cursor.get("shared"), cursor.get("warn_before")
    return Medium(
        name=name,
        bottle_ml=read_amount(cursor.get("bottle"), "volume"),
        shared=shared is not None and shared.data is True,
        warn_before_s=None if warn_before is None else read_amount(warn_before, "time"),
        source=cursor.source,
    )
