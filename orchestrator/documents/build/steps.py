"""`do:` the steps of a procedure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from orchestrator.documents.build.jobs import build_job, build_setting
from orchestrator.documents.build.nested import (
    Steps,
    read_call,
    read_choose,
    read_if_step,
    read_parallel,
    read_repeat,
)
from orchestrator.documents.build.timing import read_if, read_late, read_when
from orchestrator.documents.build.vessels import vessel_list
from orchestrator.documents.draft import Cursor, NameKind
from orchestrator.documents.expressions import read_text
from orchestrator.documents.values import optional_amount, read_amount, read_value
from orchestrator.model.expression import Const, Expression
from orchestrator.model.profile import (
    Arguments,
    AskStep,
    CirculateStep,
    EndStep,
    GoToStep,
    JobUse,
    MessageStep,
    Operation,
    PauseStep,
    PlainStep,
    SampleStep,
    SetStep,
    Severity,
    SnapshotStep,
    StartStep,
    Step,
    StopStep,
    VolumeStep,
    WaitStep,
    WaitUntilStep,
)
from orchestrator.model.text import Text

AFTER_QUESTION: Final = ("next", "stop", "fail", "pause")
NEVER: Final = "never"
REMIND_S_LEAST: Final = 60.0
REMIND_S_MOST: Final = 30 * 86_400.0
_NO_TEXT: Final = Text(())


def build_steps(cursor: Cursor | None) -> tuple[Step, ...]:
    """Read a list of steps in its order."""
    if cursor is None:
        return ()
    cursor.draft.lists.append(cursor.path)
    return tuple(step for each in cursor.elements() if (step := _step(each)) is not None)


def _step(cursor: Cursor) -> Step | None:
    keys = cursor.data if isinstance(cursor.data, dict) else {}
    branching = "then" in keys and "choose" not in keys
    if branching:
        args: Arguments = read_if_step(cursor, build_steps)
        op: Operation = "if"
    else:
        found = next((key for key in keys if key in _READERS or key in _NESTED), None)
        if found is None:
            return None
        op, place = found, cursor.get(found) or cursor
        if found in _NESTED:
            args = _NESTED[found](place, cursor, build_steps)
        else:
            args = _READERS[found](place)
    return Step(
        op=op,
        args=args,
        name=cursor.text("name"),
        timeout_s=optional_amount(cursor.get("timeout"), "time"),
        remind_s=_remind(cursor.get("remind")),
        late=read_late(cursor.get("late")),
        condition=None if branching else read_if(cursor),
        vessels=vessel_list(cursor),
        source=cursor.source,
    )


def _remind(cursor: Cursor | None) -> Expression | None:
    """How soon people are reminded of a question; 0: never."""
    if cursor is not None and cursor.data == NEVER:
        return Const(0.0)
    if cursor is None:
        return None
    return read_amount(cursor, "time", least=REMIND_S_LEAST, most=REMIND_S_MOST)


def _set(cursor: Cursor) -> SetStep:
    settings = {
        name: value
        for written, each in cursor.items()
        if (name := _set_name(written, each)) is not None
        and (value := build_setting(name, each, moves=True)) is not None
    }
    return SetStep(settings=settings)


def _set_name(written: str, cursor: Cursor) -> str | None:
    """Give a setting's full name; a variable of an automation is a setting of its job."""
    own, (group, _, name) = cursor.draft.automation, written.partition(".")
    if own is None or group != "variables":
        return written
    cursor.mention("variable", name, cursor.key_span)
    return f"{own.job}.{name}" if name in own.variables else None


def _start(cursor: Cursor) -> StartStep:
    for name, each in cursor.items():
        return StartStep(job=build_job(name, each, "step"))
    if not isinstance(cursor.data, str):
        return StartStep(job=JobUse(job="", source=cursor.source))
    return StartStep(job=build_job(cursor.data, cursor, "step", span_is_value=True))


def _stop(cursor: Cursor) -> StopStep:
    return StopStep(job=_name(cursor, "job"))


def _name(cursor: Cursor, kind: NameKind) -> str:
    """Read a name that has to exist; the schema has reported what is none."""
    if not isinstance(cursor.data, str):
        return ""
    cursor.mention(kind, cursor.data)
    return cursor.data


def _exchange(cursor: Cursor) -> VolumeStep:
    if not isinstance(cursor.data, dict):
        cursor.mention("medium", "feed")
        return VolumeStep(volume_ml=read_amount(cursor, "volume", fixed=False))
    medium = cursor.text("medium") or "feed"
    cursor.mention("medium", medium, (cursor.get("medium") or cursor).span)
    return VolumeStep(
        volume_ml=read_amount(cursor.get("volume"), "volume", fixed=False), medium=medium
    )


def _sample(cursor: Cursor) -> SampleStep:
    label = cursor.get("label")
    return SampleStep(
        volume_ml=read_amount(cursor.get("volume"), "volume", fixed=False),
        label=_text(label) if label is not None else _NO_TEXT,
    )


def _message(cursor: Cursor) -> MessageStep:
    if not isinstance(cursor.data, dict):
        return MessageStep(text=_text(cursor))
    message = cursor.get("message")
    text = _text(message) if message is not None else _NO_TEXT
    return MessageStep(text=text, severity=_severity(cursor))


def _severity(cursor: Cursor) -> Severity:
    match cursor.text("severity"):
        case "info":
            return "info"
        case "critical":
            return "critical"
        case _:
            return "warning"


def _ask(cursor: Cursor) -> AskStep:
    question = cursor.get("question") if isinstance(cursor.data, dict) else cursor
    text = _text(question) if question is not None else _NO_TEXT
    choices, default = _choices(cursor), cursor.get("default")
    kind = "choice" if choices else cursor.text("type") or "text"
    return AskStep(
        question=text,
        answer_type=kind,
        choices=choices,
        default=None if default is None else read_value(default, kind, choices),
        then=_then(cursor),
        variable=cursor.text("variable"),
    )


def _choices(cursor: Cursor) -> tuple[str, ...]:
    listed = cursor.get("choices")
    return () if listed is None else tuple(str(each.data) for each in listed.elements())


def _then(cursor: Cursor) -> str:
    then, place = cursor.text("then") or "next", cursor.get("then")
    if place is not None and then not in AFTER_QUESTION:
        place.mention("phase", then, words=AFTER_QUESTION)
    return then


def _snapshot(cursor: Cursor) -> SnapshotStep:
    label = cursor.get("label")
    camera = cursor.text("camera") or ""
    return SnapshotStep(label=_text(label) if label is not None else _NO_TEXT, camera=camera)


def _wait(cursor: Cursor) -> WaitStep:
    return WaitStep(duration_s=read_amount(cursor, "time", least=0.0, fixed=False))


def _wait_until(cursor: Cursor) -> WaitUntilStep:
    return WaitUntilStep(until=read_when(cursor))


def _circulate(cursor: Cursor) -> CirculateStep:
    if not isinstance(cursor.data, dict):
        cursor.mention("medium", "feed")
        return CirculateStep(duration_s=read_amount(cursor, "time", fixed=False))
    medium = cursor.text("medium") or "feed"
    cursor.mention("medium", medium, (cursor.get("medium") or cursor).span)
    duration_s = read_amount(cursor.get("duration"), "time", fixed=False)
    return CirculateStep(duration_s=duration_s, medium=medium)


def _pause(cursor: Cursor) -> PauseStep:
    return PauseStep(all_vessels=cursor.text("vessels") == "all")


def _go_to(cursor: Cursor) -> GoToStep:
    return GoToStep(phase=_name(cursor, "phase"))


def _end(cursor: Cursor) -> EndStep:
    return EndStep(reason=_text(cursor))


def _plain(_cursor: Cursor) -> PlainStep:
    return PlainStep()


def _text(cursor: Cursor) -> Text:
    return read_text(cursor) or _NO_TEXT


_READERS: Final[dict[Operation, Callable[[Cursor], Arguments]]] = {
    "set": _set,
    "start": _start,
    "stop": _stop,
    "dose": _exchange,
    "dilute": _exchange,
    "circulate": _circulate,
    "sample": _sample,
    "blank": _plain,
    "log": _message,
    "note": _message,
    "alert": _message,
    "ask": _ask,
    "wait": _wait,
    "wait_until": _wait_until,
    "snapshot": _snapshot,
    "pause": _pause,
    "resume": _pause,
    "go_to": _go_to,
    "finish": _end,
    "fail": _end,
}
_NESTED: Final[dict[Operation, Callable[[Cursor, Cursor, Steps], Arguments]]] = {
    "repeat": read_repeat,
    "choose": read_choose,
    "parallel": read_parallel,
    "call": read_call,
}
