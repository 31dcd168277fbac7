"""`jobs:` wherever it stands, and the settings that jobs get."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from orchestrator.documents.draft import Assignment, Cursor, JobMention
from orchestrator.documents.values import NOTHING, read_value
from orchestrator.model.catalogue import SettingDeclaration
from orchestrator.model.expression import Expression
from orchestrator.model.profile import JobUse, Keep, PowerOn

_ABOUT_THE_JOB: Final = frozenset({"automation", "at_end", "on_pause", "power_on"})


def build_jobs(cursor: Cursor | None, scope: str) -> tuple[JobUse, ...]:
    """Read the jobs of a profile, vessel or phase."""
    if cursor is None:
        return ()
    return tuple(build_job(name, each, scope) for name, each in cursor.items())


def build_job(name: str, cursor: Cursor, scope: str, span_is_value: bool = False) -> JobUse:
    """Read one job with its settings."""
    span = cursor.span if span_is_value else cursor.key_span
    cursor.mention("job", name, span)
    automation = cursor.text("automation")
    if automation is not None:
        place = cursor.get("automation")
        cursor.mention("automation", automation, place.span if place else span, job=name)
    settings = {
        short: setting
        for short, each in cursor.items()
        if short not in _ABOUT_THE_JOB
        and (setting := build_setting(f"{name}.{short}", each, automation)) is not None
    }
    _mention_medium(cursor, settings)
    cursor.draft.jobs.append(
        JobMention(
            job=name,
            automation=automation,
            settings=frozenset(settings),
            scope=scope,
            span=span,
        )
    )
    return JobUse(
        job=name,
        automation=automation,
        settings=settings,
        at_end=_keep(cursor, "at_end"),
        on_pause=_keep(cursor, "on_pause"),
        power_on=read_power_on(cursor),
        source=cursor.source,
    )


def _mention_medium(cursor: Cursor, settings: Collection[str]) -> None:
    """An automation that is told its bottle needs it; what an expression names is known later."""
    medium = cursor.get("medium")
    named = medium.data if medium is not None and "medium" in settings else None
    if medium is not None and isinstance(named, str) and "{{" not in named:
        medium.mention("medium", named)


def build_setting(
    name: str, cursor: Cursor, automation: str | None = None, *, moves: bool = False
) -> Expression | None:
    """Read the value that a setting gets; its declaration says of what kind."""
    job = None if moves else name.partition(".")[0]
    cursor.mention("setting", name, cursor.key_span, job=job, automation=automation)
    declaration = declaration_of(cursor, name)
    if declaration is None:
        return None
    value = read_value(cursor, declaration.type, declaration.choices)
    if value is not NOTHING:
        assign(cursor, name, declaration, value, moves=moves)
    return value


def declaration_of(cursor: Cursor, name: str) -> SettingDeclaration | None:
    """Find what the catalogue says of a setting."""
    return cursor.draft.catalogue.setting(name)


def assign(
    cursor: Cursor,
    name: str,
    declaration: SettingDeclaration,
    value: Expression,
    *,
    moves: bool,
) -> None:
    """Note that a setting gets a value here."""
    cursor.draft.assignments.append(
        Assignment(
            setting=name,
            declaration=declaration,
            value=value,
            span=cursor.span,
            moves=moves,
        )
    )


def read_power_on(cursor: Cursor) -> PowerOn | None:
    """Read what becomes of a job, or of all, when power returns."""
    match cursor.text("power_on"):
        case "off":
            return "off"
        case "resume":
            return "resume"
        case _:
            return None


def _keep(cursor: Cursor, key: str) -> Keep | None:
    match cursor.text(key):
        case "keep":
            return "keep"
        case "stop":
            return "stop"
        case _:
            return None
