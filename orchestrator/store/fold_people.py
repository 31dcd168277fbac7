"""What ledgers ask of people, and tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.model.ledger import BOTTLE_ALERT, REHEARSED_ALERT, Kind
from orchestrator.model.units import symbol_of
from orchestrator.ports.records import NewAlert, Severity
from orchestrator.ports.store import is_imported
from orchestrator.store.change import Change, Fold, Line, Over, Put
from orchestrator.store.encode import to_json


def _question(line: Line) -> Iterator[Change]:
    kind = str(line.data.get("answer_type") or "text")
    yield Put(
        table="questions",
        key={"key": line.entry.key},
        fields={
            **line.place,
            "run": line.entry.run,
            **line.texts("kind", "text"),
            **line.numbers("deadline_s", "remind_s"),
            "choices": to_json(line.data.get("choices") or []),
            "answer_type": kind,
            "default_answer": to_json(line.data.get("default")),
            "asked_process_s": line.entry.process_s,
            "asked_wall_s": line.entry.wall_s,
        },
    )
    yield line.told("question", unit=symbol_of(kind))


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
    source = str(line.data.get("source") or line.entry.key or "")
    is_of_bottle, medium = source.startswith(BOTTLE_ALERT), source.removeprefix(BOTTLE_ALERT)
    yield NewAlert(
        text=str(line.data.get("text", "")),
        severity=_severity(line.data.get("severity")),
        source=source,
        identity=_bottle(line, medium) if is_of_bottle else None,
        at_wall_s=line.at_wall_s,
        experiment=line.name.experiment,
        vessel=line.name.vessel,
    )


def _account(line: Line) -> Iterator[Change]:
    yield line.told("account")
    if "bottle" in line.data:
        medium = str(line.data["bottle"])
        yield Over(identity=_bottle(line, medium))
        yield Over(identity=f"{REHEARSED_ALERT}{_place(line, medium)}")


def _bottle(line: Line, medium: str) -> str:
    """What an alert about a bottle is known by."""
    return f"bottle:{_place(line, medium)}"


def _place(line: Line, medium: str) -> str:
    return f"{line.name.attempt}/{line.name.vessel}/{medium}"


def _picture(line: Line) -> Iterator[Change]:
    """What another leader recorded lies with that leader, unless a bundle brings it."""
    yield Put(
        table="pictures",
        key={"run": line.entry.run, "file": str(line.data["file"])},
        fields={
            **line.place,
            "key": line.entry.key,
            "camera": str(line.data.get("camera") or ""),
            "label": str(line.data.get("label") or ""),
            "sha256": str(line.data["sha256"]),
            "size_bytes": int(line.data["size_bytes"]),
            "process_s": line.entry.process_s,
            "at_wall_s": line.at_wall_s,
            **({"state": "gone"} if is_imported(line.outbox) else {}),
        },
    )
    yield line.told("picture")


def _severity(text: object) -> Severity:
    return "info" if text == "info" else "critical" if text == "critical" else "warning"


FOLDS: Mapping[str, Fold] = {
    Kind.QUESTION: _question,
    Kind.ANSWER: _answer,
    Kind.ALERT: _alert,
    Kind.ACCOUNT: _account,
    Kind.PICTURE: _picture,
}
