"""`rules:` what reacts to measurements, times and events."""

from __future__ import annotations

from orchestrator.documents.build.names import note_name
from orchestrator.documents.build.starts import build_starts
from orchestrator.documents.build.steps import build_steps
from orchestrator.documents.build.timing import read_if, read_late
from orchestrator.documents.build.vessels import vessel_list
from orchestrator.documents.draft import Cursor
from orchestrator.documents.places import Path
from orchestrator.documents.triggers import BY_TIME, kind_of_start
from orchestrator.model.profile import Late, Mode, Rule


def build_rules(cursor: Cursor | None, within: Path | None = None) -> tuple[Rule, ...]:
    """Read the rules in their order; `within` is the list among which their names are unique."""
    if cursor is None:
        return ()
    return tuple(_rule(each, within) for each in cursor.elements())


def _rule(cursor: Cursor, within: Path | None) -> Rule:
    at_most = cursor.get("max")
    while_paused = cursor.get("while_paused")
    return Rule(
        name=note_name(cursor, "rule", within),
        starts=build_starts(cursor),
        late=_late(cursor),
        condition=read_if(cursor),
        mode=_mode(cursor),
        max=at_most.data if at_most is not None and isinstance(at_most.data, int) else 10,
        while_paused=while_paused is not None and while_paused.data is True,
        vessels=vessel_list(cursor),
        do=build_steps(cursor.get("do")),
        source=cursor.source,
    )


def _late(cursor: Cursor) -> Late | None:
    """Read `late:`, which only what has a moment can be."""
    place = cursor.get("late")
    on = cursor.get("on")
    starts = [cursor] if on is None else [*on.elements()] or [on]
    if place is not None and not any(kind_of_start(each.data) in BY_TIME for each in starts):
        place.complain(
            "misplaced-key",
            "'late' belongs to at, every and cron: nothing else has a moment to be late for",
            span=place.key_span,
        )
    return read_late(place)


def _mode(cursor: Cursor) -> Mode:
    match cursor.text("mode"):
        case "restart":
            return "restart"
        case "queued":
            return "queued"
        case "parallel":
            return "parallel"
        case _:
            return "single"
