"""What one line of a ledger changes in the tables that people look at.

Pure, and the same for every store. The order in which lines arrive does not matter: each kind of
line puts columns of its own, and where a later line wins, the change says by which mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.messages.outbox import EntryRecord, GapRecord, LogRecord
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.ports.records import NewAlert, Severity
from orchestrator.store.encode import to_json
from orchestrator.store.run_name import RunName


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Insert a row, or set these fields of the one that has the key."""

    table: str
    key: Mapping[str, Any]
    fields: Mapping[str, Any]
    mark: str | None = None
    """Leave the row alone if its `<mark>_outbox`, `<mark>_number` are of a later line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event for all who listen."""

    kind: str
    data: Mapping[str, Any]
    experiment: str | None
    vessel: str | None


Change = Put | Told | NewAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry with its place."""

    entry: EntryRecord
    outbox: str
    number: int
    name: RunName
    at_wall_s: float
    """When it happened, or when it arrived where nobody knew the time."""

    @property
    def data(self) -> Mapping[str, Any]:
        return self.entry.data

    @property
    def place(self) -> dict[str, Any]:
        """Columns that each folded row has."""
        name = self.name
        return {"experiment": name.experiment, "attempt": name.attempt, "vessel": name.vessel}

    def given(self, *fields: str) -> dict[str, Any]:
        """Those of the entry's fields that it has."""
        return {
            field: to_json(value) if isinstance(value, dict | list) else value
            for field in fields
            if (value := self.data.get(field)) is not None
        }

    def told(self, kind: str, **more: Any) -> Told:
        entry = self.entry
        data = {
            "entry": entry.kind,
            "run": entry.run,
            "process_s": entry.process_s,
            "wall_s": entry.wall_s,
            **({"key": entry.key} if entry.key else {}),
            **entry.data,
            **more,
        }
        name = self.name
        return Told(kind=kind, data=data, experiment=name.experiment, vessel=name.vessel)


def fold_entry(line: Line) -> Iterator[Change]:
    """What follows from an entry; nothing for kinds that only the worker needs.

    Raises:
        KeyError, TypeError, ValueError: the entry lacks what its kind must say.
    """
    fold = _FOLDS.get(line.entry.kind)
    if fold is not None:
        yield from fold(line)


def fold_log(worker: str, record: LogRecord) -> Told:
    """A line of a worker's own log."""
    data = {"worker": worker, "level": record.level, "text": record.text}
    return Told(kind="log", data=data, experiment=None, vessel=None)


def fold_gap(record: GapRecord) -> Told:
    """Readings that the worker had to thin."""
    name = RunName.parse(record.run)
    data = {
        "run": record.run,
        "from_process_s": record.from_process_s,
        "to_process_s": record.to_process_s,
        "readings": record.readings,
    }
    return Told(kind="gap", data=data, experiment=name.experiment, vessel=name.vessel)


def _run(line: Line, mark: str | None = None, /, **fields: Any) -> Put:
    marks = {f"{mark}_outbox": line.outbox, f"{mark}_number": line.number} if mark else {}
    return Put(
        table="runs",
        key={"run": line.entry.run},
        fields={**line.place, **fields, **marks},
        mark=mark,
    )


def _run_began(line: Line) -> Iterator[Change]:
    revision = line.entry.revision
    yield _run(line, answer="accepted", began_wall_s=line.at_wall_s, revision=revision)
    yield _run(line, "mode", mode=State.RUNNING.value, mode_reason="")
    yield line.told("run", state=State.RUNNING.value)


def _run_ended(line: Line) -> Iterator[Change]:
    yield _run(
        line,
        ended_state=State(line.data["state"]).value,
        ended_reason=_reason(line),
        ended_wall_s=line.at_wall_s,
    )
    yield line.told("run")


def _revised(line: Line) -> Iterator[Change]:
    yield _run(line, revision=int(line.data["revision"]))
    yield line.told("run")


def _paused(line: Line) -> Iterator[Change]:
    yield _run(line, "mode", mode=State.PAUSED.value, mode_reason=_reason(line))
    yield line.told("run", state=State.PAUSED.value)


def _resumed(line: Line) -> Iterator[Change]:
    yield _run(line, "mode", mode=State.RUNNING.value, mode_reason="")
    yield line.told("run", state=State.RUNNING.value)


def _phase(line: Line, **fields: Any) -> Put:
    return Put(
        table="phases", key={"run": line.entry.run, **_visit(line)}, fields={**line.place, **fields}
    )


def _phase_entered(line: Line) -> Iterator[Change]:
    entry = line.entry
    yield _phase(line, entered_process_s=entry.process_s, entered_wall_s=entry.wall_s)
    yield _run(line, "phase", **_visit(line))
    yield line.told("phase")


def _phase_left(line: Line) -> Iterator[Change]:
    entry = line.entry
    yield _phase(
        line,
        left_process_s=entry.process_s,
        left_wall_s=entry.wall_s,
        reason=_reason(line),
    )
    yield line.told("phase")


def _visit(line: Line) -> dict[str, Any]:
    return {"phase": str(line.data["phase"]), "visit": int(line.data["visit"])}


def _action(line: Line, **fields: Any) -> Put:
    phase, item = phase_and_item(line.entry.key or "")
    about = {"phase": phase, "item": item, "revision": line.entry.revision}
    return Put(
        table="actions",
        key={"action_id": line.entry.key},
        fields={**line.place, **about, **fields},
    )


def _item(line: Line, **fields: Any) -> Put:
    named = line.given("nominal_s")
    return _action(line, is_item=1, action="item", **named, **fields)


def _item_began(line: Line) -> Iterator[Change]:
    entry = line.entry
    yield _item(line, began_process_s=entry.process_s, began_wall_s=entry.wall_s)
    yield line.told("item")


def _item_ended(line: Line) -> Iterator[Change]:
    yield _item(line, **_ending(line))
    yield line.told("item")


def _action_began(line: Line) -> Iterator[Change]:
    entry = line.entry
    yield _action(
        line,
        **line.given("action", "detail", "nominal_s"),
        args=to_json(line.data.get("args") or {}),
        began_process_s=entry.process_s,
        began_wall_s=entry.wall_s,
    )
    yield line.told("action")


def _action_ended(line: Line) -> Iterator[Change]:
    result = line.data.get("result")
    yield _action(
        line,
        **line.given("action", "detail", "nominal_s"),
        **_ending(line),
        **({} if result is None else {"result": to_json(result)}),
    )
    yield line.told("action")


def _ending(line: Line) -> dict[str, Any]:
    return {
        "ended_process_s": line.entry.process_s,
        "ended_wall_s": line.entry.wall_s,
        "outcome": Outcome(line.data["outcome"]).value,
        "reason": _reason(line),
    }


def _reason(line: Line) -> str:
    return str(line.data.get("reason") or "")


def _dose(line: Line, **fields: Any) -> Put:
    about = line.given("pump", "medium", "direction")
    key = {"key": line.entry.key}
    return Put(table="doses", key=key, fields={**line.place, **about, **fields})


def _dose_began(line: Line) -> Iterator[Change]:
    yield _dose(
        line,
        intended_ml=float(line.data.get("volume_ml", 0.0)),
        cause=str(line.data.get("cause", "")),
        began_process_s=line.entry.process_s,
        began_wall_s=line.entry.wall_s,
    )
    yield line.told("dose")


def _dose_ended(line: Line) -> Iterator[Change]:
    yield _dose(
        line,
        moved_ml=float(line.data.get("volume_ml", 0.0)),
        ended_process_s=line.entry.process_s,
        outcome=Outcome(line.data["outcome"]).value,
        reason=_reason(line),
    )
    yield line.told("dose")


def _question(line: Line) -> Iterator[Change]:
    yield Put(
        table="questions",
        key={"key": line.entry.key},
        fields={
            **line.place,
            "run": line.entry.run,
            **line.given("kind", "text", "deadline_s"),
            "choices": to_json(line.data.get("choices") or []),
            "asked_process_s": line.entry.process_s,
            "asked_wall_s": line.entry.wall_s,
        },
    )
    yield line.told("question")


def _answer(line: Line) -> Iterator[Change]:
    yield Put(
        table="questions",
        key={"key": line.entry.key},
        fields={
            **line.place,
            "run": line.entry.run,
            "answer": to_json(line.data.get("answer")),
            "answered_by": str(line.data.get("by") or ""),
            "answered_wall_s": line.at_wall_s,
        },
    )
    yield line.told("question")


def _alert(line: Line) -> Iterator[Change]:
    yield NewAlert(
        text=str(line.data.get("text", "")),
        severity=_severity(line.data.get("severity")),
        source=str(line.data.get("source") or line.entry.key or ""),
        at_wall_s=line.at_wall_s,
        experiment=line.name.experiment,
        vessel=line.name.vessel,
    )


def _severity(text: object) -> Severity:
    return "info" if text == "info" else "critical" if text == "critical" else "warning"


def _only_told(kind: str) -> Callable[[Line], Iterator[Change]]:
    def fold(line: Line) -> Iterator[Change]:
        yield line.told(kind)

    return fold


def phase_and_item(key: str) -> tuple[str | None, str]:
    """From an action's key, `attempt:vessel:phase#visit:item@occurrence:path`."""
    parts = key.split(":", 3)
    if len(parts) < 4:
        return None, key
    phase, _, visit = parts[2].rpartition("#")
    item = parts[3].rpartition("@")[0]
    return (phase if visit and phase else None), item or parts[3]


_FOLDS: Mapping[str, Callable[[Line], Iterator[Change]]] = {
    Kind.RUN_BEGAN: _run_began,
    Kind.RUN_ENDED: _run_ended,
    Kind.REVISED: _revised,
    Kind.CONTROLLED: _only_told("control"),
    Kind.PHASE_ENTERED: _phase_entered,
    Kind.PHASE_LEFT: _phase_left,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.ITEM_BEGAN: _item_began,
    Kind.ITEM_ENDED: _item_ended,
    Kind.ACTION_BEGAN: _action_began,
    Kind.ACTION_ENDED: _action_ended,
    Kind.CONDITION: _only_told("condition"),
    Kind.OVERRIDDEN: _only_told("override"),
    Kind.RELEASED: _only_told("override"),
    Kind.QUESTION: _question,
    Kind.ANSWER: _answer,
    Kind.ALERT: _alert,
    Kind.NOTE: _only_told("note"),
    Kind.DOSE_BEGAN: _dose_began,
    Kind.DOSE_ENDED: _dose_ended,
    Kind.ACCOUNT: _only_told("account"),
    Kind.JOB: _only_told("job"),
}
