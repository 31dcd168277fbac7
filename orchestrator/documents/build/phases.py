"""`phases:` what a culture goes through."""

from __future__ import annotations

from typing import Final

from orchestrator.documents.build.jobs import build_jobs
from orchestrator.documents.build.loops import build_stretches
from orchestrator.documents.build.names import note_name
from orchestrator.documents.build.reactions import build_rules
from orchestrator.documents.build.schedule import build_schedule
from orchestrator.documents.build.steps import build_steps
from orchestrator.documents.build.timing import read_when
from orchestrator.documents.build.vessels import vessel_list
from orchestrator.documents.draft import Cursor
from orchestrator.documents.values import optional_amount, read_amount
from orchestrator.model.expression import Expression
from orchestrator.model.profile import (
    HoldWhile,
    Phase,
    PhaseLoop,
    PhaseTimeout,
    Step,
    Together,
)

AFTER_TIMEOUT: Final = ("fail", "next", "pause")
BEFORE_THE_DOOR: Final = (*AFTER_TIMEOUT, "enter")
"""What may become of a vessel that waited for its peers for too long."""


def build_phases(cursor: Cursor | None) -> tuple[tuple[Phase, ...], tuple[PhaseLoop, ...]]:
    """Read the phases in their order, and the loops around them."""
    return build_stretches(cursor, _phase)


def _phase(cursor: Cursor) -> Phase:
    name = note_name(cursor, "phase", ("phases",)) or ""
    until = cursor.get("until")
    on_leave, on_leave_s = _on_leave(cursor.get("on_leave"))
    return Phase(
        name=name,
        description=cursor.text("description") or "",
        vessels=vessel_list(cursor),
        together=_together(cursor.get("together")),
        on_enter=build_steps(cursor.get("on_enter")),
        do=build_steps(cursor.get("do")),
        on_leave=on_leave,
        on_leave_s=on_leave_s,
        until=None if until is None else read_when(until),
        duration_s=optional_amount(cursor.get("duration"), "time"),
        timeout=_timeout(cursor.get("timeout"), AFTER_TIMEOUT),
        hold=_hold(cursor.get("hold_while")),
        jobs=build_jobs(cursor.get("jobs"), f"phase {name}"),
        schedule=build_schedule(cursor.get("schedule")),
        rules=build_rules(cursor.get("rules"), (*cursor.path, "schedule")),
        source=cursor.source,
    )


def _timeout(cursor: Cursor | None, words: tuple[str, ...]) -> PhaseTimeout | None:
    if cursor is None:
        return None
    then = cursor.text("then") or "fail"
    place = cursor.get("then")
    if place is not None and then not in words:
        place.mention("phase", then, words=words)
    return PhaseTimeout(after_s=read_amount(cursor.get("after"), "time"), then=then)


def _together(cursor: Cursor | None) -> Together | None:
    if cursor is None or cursor.data is False:
        return None
    return Together(timeout=_timeout(cursor.get("timeout"), BEFORE_THE_DOOR))


def _hold(cursor: Cursor | None) -> HoldWhile | None:
    if cursor is None:
        return None
    return HoldWhile(while_=read_when(cursor), max_s=optional_amount(cursor.get("max"), "time"))


def _on_leave(cursor: Cursor | None) -> tuple[tuple[Step, ...], Expression | None]:
    """Read a list of steps, or `{do, timeout}`."""
    if cursor is None:
        return (), None
    if isinstance(cursor.data, dict):
        return build_steps(cursor.get("do")), optional_amount(cursor.get("timeout"), "time")
    return build_steps(cursor), None
