"""`rules:` what reacts to measurements."""

from __future__ import annotations

from orchestrator.documents.build.phases import note_name
from orchestrator.documents.build.steps import build_steps
from orchestrator.documents.build.timing import read_if, read_when
from orchestrator.documents.build.vessels import vessel_list
from orchestrator.documents.draft import Cursor
from orchestrator.model.profile import Mode, Rule


def build_rules(cursor: Cursor | None) -> tuple[Rule, ...]:
    """Read the rules in their order."""
    if cursor is None:
        return ()
    return tuple(_rule(each) for each in cursor.elements())


def _rule(cursor: Cursor) -> Rule:
    at_most = cursor.get("max")
    while_paused = cursor.get("while_paused")
    return Rule(
        name=note_name(cursor, "rule"),
        trigger=read_when(cursor.get("when"), cursor.get("for")),
        condition=read_if(cursor),
        mode=_mode(cursor),
        max=at_most.data if at_most is not None and isinstance(at_most.data, int) else 10,
        while_paused=while_paused is not None and while_paused.data is True,
        vessels=vessel_list(cursor),
        do=build_steps(cursor.get("do")),
        source=cursor.source,
    )


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
