"""What starts a rule: a condition, a time, or something that happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orchestrator.documents.build.schedule import read_cron
from orchestrator.documents.build.timing import read_when
from orchestrator.documents.draft import Cursor, StartMention
from orchestrator.documents.triggers import BY_TIME, kind_of_start
from orchestrator.documents.values import optional_amount, read_amount
from orchestrator.model.event import FAULT, LASTING, OK, Payload
from orchestrator.model.profile import (
    AtStart,
    CronStart,
    EventStart,
    EveryStart,
    Source,
    Start,
    WhenStart,
)

_MAY_SAY: Final[Mapping[str, frozenset[str]]] = {
    "when": frozenset({"for", "again"}),
    "every": frozenset({"from", "until", "count"}),
    "cron": frozenset({"timezone"}),
    "job": frozenset({"state"}),
    "device": frozenset({"fault"}),
    "dose": frozenset({"medium"}),
    "topic": frozenset({"as", "json", "payload", "retained"}),
    "webhook": frozenset({"as", "json", "payload"}),
}
_WORDS: Final = frozenset().union(*_MAY_SAY.values())
_READ_AS: Final = ("text", "number", "boolean")


def build_starts(cursor: Cursor) -> tuple[Start, ...]:
    """Read what starts a rule: a key of its own, or what stands under `on:`."""
    on = cursor.get("on")
    if on is None:
        found = _start(cursor, cursor)
        return () if found is None else (found,)
    for name in ("again", "from", "until", "count", "timezone"):
        _complain_of(cursor.get(name), "on")
    if isinstance(on.data, list):
        _complain_of(cursor.get("for"), "a list of starts")
        built = [_start(each, each) for each in on.elements()]
    else:
        beside = cursor if cursor.get("for") is not None else on
        built = [_start(on, beside)]
    return tuple(each for each in built if each is not None)


def _start(cursor: Cursor, beside: Cursor) -> Start | None:
    """Read one start; its `for:` may stand beside it, at the rule."""
    kind = kind_of_start(cursor.data)
    if kind is None:
        return None
    for name in _WORDS | {"for"}:
        if name not in _MAY_SAY.get(kind, ()) and not (name == "for" and kind in LASTING):
            _complain_of(cursor.get(name), kind)
    source = _place(cursor.get(kind) or cursor)
    if kind == "when":
        again = cursor.get("again")
        return WhenStart(
            when=read_when(cursor.get("when"), cursor.get("for")),
            again_s=optional_amount(again, "time", least=1.0),
            source=source,
        )
    if kind in BY_TIME:
        return _by_time(cursor, kind, source)
    return _event(cursor, beside, kind, source)


def _by_time(cursor: Cursor, kind: str, source: Source) -> Start:
    if kind == "cron":
        cron, timezone = read_cron(cursor)
        return CronStart(cron=cron, timezone=timezone, source=source)
    if kind == "at":
        return AtStart(at_s=read_amount(cursor.get("at"), "time", least=0.0), source=source)
    return EveryStart(
        every_s=read_amount(cursor.get("every"), "time", least=1.0),
        from_s=optional_amount(cursor.get("from"), "time", least=0.0),
        until_s=optional_amount(cursor.get("until"), "time"),
        count=optional_amount(cursor.get("count"), "integer"),
        source=source,
    )


def _event(cursor: Cursor, beside: Cursor, kind: Any, source: Source) -> Start:
    place = cursor.get(kind)
    name = cursor.text("medium" if kind == "dose" else kind) or ""
    if kind == "power_returned":
        name = ""
    named = cursor.get("medium") if kind == "dose" else place
    if named is not None and name:
        _mention(named, kind, name)
    state = cursor.text("state") or ""
    if kind == "device":
        fault = cursor.get("fault")
        state = OK if fault is not None and fault.data is False else FAULT
    elif kind == "dose":
        state = cursor.text("dose") or ""
    waits = beside.get("for")
    if waits is not None and kind not in LASTING and beside is not cursor:
        _complain_of(waits, kind)
    return EventStart(
        event=kind,
        name=name,
        state=state,
        for_s=optional_amount(waits, "time", least=0.0) if kind in LASTING else None,
        payload=_payload(cursor),
        source=source,
    )


def _place(cursor: Cursor) -> Source:
    """Where a value stands, so that a diagnostic can point at it."""
    span = cursor.span
    return Source(file=cursor.draft.document.file, line=span.line, column=span.column)


def _mention(place: Cursor, kind: str, name: str) -> None:
    """Note a name that has to exist somewhere."""
    if kind in ("phase_entered", "phase_left"):
        place.mention("phase", name)
    elif kind == "job":
        place.mention("job", name)
    elif kind == "dose":
        place.mention("medium", name)
    place.draft.starts.append(StartMention(kind=kind, name=name, span=place.span))


def _payload(cursor: Cursor) -> Payload:
    equals, retained = cursor.get("payload"), cursor.get("retained")
    value = None if equals is None else equals.data
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    written = cursor.text("as") or "text"
    if isinstance(value, (bool, float)):
        needed = "boolean" if isinstance(value, bool) else "number"
        if written != needed and equals is not None:
            equals.complain(
                "wrong-kind", f"this is no text; say as: {needed} beside it", f'"{equals.data}"'
            )
    return Payload(
        type="number" if written == "number" else "boolean" if written == "boolean" else "text",
        path=cursor.text("json") or "",
        equals=value if isinstance(value, (str, float, bool)) else None,
        retained=retained is not None and retained.data is True,
    )


def _complain_of(place: Cursor | None, kind: str) -> None:
    if place is None:
        return
    word = place.path[-1]
    message = f"'{word}' does not belong to {kind}"
    if word == "for":
        message += ": it is over in a moment, and cannot stay so"
    place.complain("misplaced-key", message, span=place.key_span)
