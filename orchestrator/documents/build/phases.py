"""`phases:` what a culture goes through."""

from __future__ import annotations

from typing import Final

from orchestrator.documents.build.jobs import build_jobs
from orchestrator.documents.build.schedule import build_schedule
from orchestrator.documents.build.steps import build_steps
from orchestrator.documents.build.timing import read_when
from orchestrator.documents.draft import Cursor, NamedItem
from orchestrator.documents.values import optional_amount, read_amount
from orchestrator.model.profile import Phase, PhaseTimeout

AFTER_TIMEOUT: Final = ("fail", "next", "pause")


def build_phases(cursor: Cursor | None) -> tuple[Phase, ...]:
    """Read the phases in their order."""
    if cursor is None:
        return ()
    return tuple(_phase(each) for each in cursor.elements())


def _phase(cursor: Cursor) -> Phase:
    name = note_name(cursor, "phase") or ""
    until = cursor.get("until")
    return Phase(
        name=name,
        description=cursor.text("description") or "",
        do=build_steps(cursor.get("do")),
        until=None if until is None else read_when(until),
        duration_s=optional_amount(cursor.get("duration"), "time"),
        timeout=_timeout(cursor.get("timeout")),
        jobs=build_jobs(cursor.get("jobs"), f"phase {name}"),
        schedule=build_schedule(cursor.get("schedule")),
        source=cursor.source,
    )


def note_name(cursor: Cursor, noun: str) -> str | None:
    """Read a name, and note it as one that has to be unique in its list."""
    place = cursor.get("name")
    if place is None or not isinstance(place.data, str):
        return None
    item = NamedItem(within=cursor.path[:-1], noun=noun, name=place.data, span=place.span)
    cursor.draft.items.append(item)
    return place.data


def _timeout(cursor: Cursor | None) -> PhaseTimeout | None:
    if cursor is None:
        return None
    then = cursor.text("then") or "fail"
    place = cursor.get("then")
    if place is not None and then not in AFTER_TIMEOUT:
        place.mention("phase", then)
    return PhaseTimeout(after_s=read_amount(cursor.get("after"), "time"), then=then)
