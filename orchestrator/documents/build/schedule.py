"""`schedule:` what happens at set times: at, every, cron, ramp, move."""

from __future__ import annotations

from typing import Any

from orchestrator.documents.build.jobs import assign, declaration_of
from orchestrator.documents.build.shapes import build_move
from orchestrator.documents.build.steps import build_steps
from orchestrator.documents.build.timing import read_if, read_late
from orchestrator.documents.build.vessels import vessel_list
from orchestrator.documents.draft import CronMention, Cursor, NamedItem
from orchestrator.documents.expressions import is_expression
from orchestrator.documents.values import NOTHING, optional_amount, read_amount, read_value
from orchestrator.model.expression import Const, Expression
from orchestrator.model.profile import AnyScheduleItem, At, Cron, Every, Ramp


def build_schedule(cursor: Cursor | None) -> tuple[AnyScheduleItem, ...]:
    """Read a phase's items in their order."""
    if cursor is None:
        return ()
    items = [_item(each) for each in cursor.elements()]
    return tuple(item for item in items if item is not None)


def _item(cursor: Cursor) -> AnyScheduleItem | None:
    common: dict[str, Any] = {
        "name": _name(cursor),
        "vessels": vessel_list(cursor),
        "late": read_late(cursor.get("late")),
        "condition": read_if(cursor),
        "source": cursor.source,
    }
    if cursor.get("ramp") is not None:
        return _ramp(cursor, common)
    if cursor.get("move") is not None:
        return build_move(cursor, common)
    if cursor.get("every") is not None:
        return _every(cursor, common)
    if cursor.get("cron") is not None:
        return _cron(cursor, common)
    do = build_steps(cursor.get("do"))
    at = cursor.get("at")
    return None if at is None else At(at_s=read_amount(at, "time", least=0.0), do=do, **common)


def _name(cursor: Cursor) -> str | None:
    place = cursor.get("name")
    if place is None or not isinstance(place.data, str):
        return None
    cursor.draft.items.append(
        NamedItem(within=cursor.path[:-1], noun="schedule item", name=place.data, span=place.span)
    )
    return place.data


def _every(cursor: Cursor, common: dict[str, Any]) -> Every:
    return Every(
        every_s=read_amount(cursor.get("every"), "time", least=1.0),
        from_s=optional_amount(cursor.get("from"), "time", least=0.0),
        until_s=optional_amount(cursor.get("until"), "time"),
        count=optional_amount(cursor.get("count"), "integer"),
        do=build_steps(cursor.get("do")),
        **common,
    )


def read_cron(cursor: Cursor) -> tuple[Expression, str | None]:
    """Read a cron entry, or the input that gives one, and the timezone beside it."""
    timezone, place = cursor.text("timezone"), cursor.get("timezone")
    if timezone is not None and place is not None:
        place.mention("timezone", timezone)
    written = cursor.get("cron")
    if written is None or not isinstance(written.data, str):
        return NOTHING, timezone
    value = read_value(written, "schedule") if is_expression(written.data) else Const(written.data)
    cron = None if is_expression(written.data) else written.data
    cursor.draft.crons.append(
        CronMention(cron=cron, timezone=timezone, span=written.span, follows=value)
    )
    return value, timezone


def _cron(cursor: Cursor, common: dict[str, Any]) -> Cron:
    cron, timezone = read_cron(cursor)
    return Cron(cron=cron, timezone=timezone, do=build_steps(cursor.get("do")), **common)


def _ramp(cursor: Cursor, common: dict[str, Any]) -> Ramp:
    setting = cursor.text("ramp") or ""
    place = cursor.get("ramp")
    if place is not None and isinstance(place.data, str):
        place.mention("setting", setting)
    return Ramp(
        setting=setting,
        from_=_end(cursor.get("from"), setting),
        to=_end(cursor.get("to"), setting) or NOTHING,
        over_s=read_amount(cursor.get("over"), "time"),
        at_s=optional_amount(cursor.get("at"), "time", least=0.0),
        **common,
    )


def _end(cursor: Cursor | None, setting: str) -> Expression | None:
    """Read where a ramp begins or ends, in the setting's unit."""
    if cursor is None:
        return None
    declaration = declaration_of(cursor, setting)
    if declaration is None:
        return NOTHING
    if not declaration.is_number:
        message = f"{setting} is no number, so it cannot move in a straight line"
        cursor.complain("wrong-kind", message)
        return NOTHING
    value = read_value(cursor, declaration.type)
    if value is not NOTHING:
        assign(cursor, setting, declaration, value, moves=True)
    return value
