"""What happened and what is asked: rows to values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.model.outcome import Outcome
from orchestrator.ports.records import (
    ActionRecord,
    Dose,
    PhaseVisit,
    Question,
)
from orchestrator.store.encode import from_json
from orchestrator.store.rows import Row


def phase_of(row: Row) -> PhaseVisit:
    """From `phases`."""
    entered = row["entered_process_s"]
    return PhaseVisit(
        experiment=row["experiment"],
        attempt=row["attempt"],
        vessel=row["vessel"],
        phase=row["phase"],
        visit=row["visit"],
        entered_process_s=row["left_process_s"] if entered is None else entered,
        entered_wall_s=row["entered_wall_s"],
        left_process_s=row["left_process_s"],
        left_wall_s=row["left_wall_s"],
        reason=row["reason"] or "",
    )


def action_of(row: Row) -> ActionRecord:
    """From `actions`."""
    return ActionRecord(
        action_id=row["action_id"],
        experiment=row["experiment"],
        attempt=row["attempt"],
        vessel=row["vessel"],
        revision=row["revision"],
        action=row["action"] or "",
        detail=row["detail"] or "",
        phase=row["phase"],
        item=row["item"],
        nominal_s=row["nominal_s"],
        began_process_s=row["began_process_s"],
        began_wall_s=row["began_wall_s"],
        ended_process_s=row["ended_process_s"],
        ended_wall_s=row["ended_wall_s"],
        outcome=_outcome(row["outcome"]),
        reason=row["reason"] or "",
        args=from_json(row["args"], {}),
        result=from_json(row["result"]),
    )


def dose_of(row: Row) -> Dose:
    """From `doses`."""
    began, ended = row["began_process_s"], row["ended_process_s"]
    return Dose(
        key=row["key"],
        experiment=row["experiment"],
        attempt=row["attempt"],
        vessel=row["vessel"],
        pump=row["pump"] or "",
        medium=row["medium"] or "",
        direction=row["direction"] or "",
        volume_ml=dose_volume_ml(row),
        cause=row["cause"] or "",
        began_process_s=ended if began is None else began,
        began_wall_s=row["began_wall_s"],
        ended_process_s=ended,
        outcome=_outcome(row["outcome"]),
        reason=row["reason"] or "",
        resolved_ml=row["resolved_ml"],
        resolved_by=row["resolved_by"] or "",
        resolved_reason=row["resolved_reason"] or "",
    )


def dose_volume_ml(row: Row) -> float:
    """What counts: what a person says of it, else what moved, else what was intended."""
    moved = row["moved_ml"] if row["resolved_ml"] is None else row["resolved_ml"]
    return float((row["intended_ml"] or 0.0) if moved is None else moved)


def question_of(row: Row) -> Question:
    """Joined with `over`: whether its action or its run has ended."""
    answered = row["answer"] is not None
    return Question(
        key=row["key"],
        experiment=row["experiment"],
        attempt=row["attempt"],
        vessel=row["vessel"],
        kind=row["kind"] or "ask",
        text=row["text"] or "",
        choices=tuple(from_json(row["choices"], [])),
        answer_type=row["answer_type"] or "text",
        default=from_json(row["default_answer"]),
        asked_process_s=row["asked_process_s"] or 0.0,
        asked_wall_s=row["asked_wall_s"],
        deadline_s=row["deadline_s"],
        state="answered" if answered else "closed" if row["over"] else "open",
        answer=from_json(row["answer"]),
        by=row["answered_by"] or "",
        answered_wall_s=row["answered_wall_s"],
        remind_s=row["remind_s"],
        reminded=row["reminded"],
        reminded_wall_s=row["reminded_wall_s"],
    )


def _outcome(text: str | None) -> Outcome | None:
    return None if text is None else Outcome(text)


def refills_of(
    accounts: Iterable[tuple[str | None, Mapping[str, Any]]],
) -> dict[tuple[str, str], float]:
    """From events of the kind `account`, which tell of samples by hand, too."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for vessel, data in accounts:
        if vessel is not None and "bottle" in data:
            sums[vessel, data["bottle"]] += float(data["more_ml"])
    return dict(sums)
