"""Rows of the tables to values and back; both stores keep the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.model.experiment import State
from orchestrator.model.outcome import Outcome
from orchestrator.ports.records import (
    ActionRecord,
    Alert,
    Binding,
    Documents,
    Dose,
    Event,
    Experiment,
    NewAlert,
    NewExperiment,
    PhaseVisit,
    Question,
    Run,
    WorkerRecord,
)
from orchestrator.store.encode import from_json, to_json

Row = Any
"""A mapping of columns: `sqlite3.Row` or a dict."""


def experiment_row(new: NewExperiment) -> dict[str, Any]:
    """The columns of one that was just submitted."""
    return {
        "id": new.id,
        "name": new.name,
        "state": State.QUEUED.value,
        "actor": new.actor,
        "vessels": to_json(list(new.vessels)),
        "bindings": bindings_text(new.bindings),
        "inputs": to_json(dict(new.inputs)),
        "revision": new.documents.revision,
        "created_wall_s": new.at_wall_s,
        "idempotency_key": new.idempotency_key,
    }


def bindings_text(bindings: Mapping[str, Binding]) -> str:
    """The column for bindings."""
    return to_json({vessel: [at.worker, at.reactor] for vessel, at in bindings.items()})


def bindings_of(text: str) -> dict[str, Binding]:
    """Bindings from their column."""
    return {
        vessel: Binding(worker=worker, reactor=reactor)
        for vessel, (worker, reactor) in from_json(text).items()
    }


def experiment_of(row: Row) -> Experiment:
    """Joined with the newest revision's hashes."""
    return Experiment(
        id=row["id"],
        name=row["name"],
        state=State(row["state"]),
        reason=row["reason"],
        actor=row["actor"],
        vessels=tuple(from_json(row["vessels"])),
        bindings=bindings_of(row["bindings"]),
        inputs=from_json(row["inputs"]),
        file_name=row["file_name"],
        profile_hash=row["profile_hash"],
        plan_hash=row["plan_hash"],
        git_commit=row["git_commit"],
        revision=row["revision"],
        attempt=row["attempt"],
        wanted=row["wanted"],
        control_seq=row["control_seq"],
        wanted_by=row["wanted_by"],
        created_wall_s=row["created_wall_s"],
        started_wall_s=row["started_wall_s"],
        ended_wall_s=row["ended_wall_s"],
    )


def experiment_data(experiment: Experiment) -> dict[str, Any]:
    """What an event says of an experiment."""
    return {
        "id": experiment.id,
        "name": experiment.name,
        "state": experiment.state.value,
        "reason": experiment.reason,
        "wanted": experiment.wanted,
        "attempt": experiment.attempt,
        "bindings": {vessel: str(at) for vessel, at in experiment.bindings.items()},
    }


def documents_of(row: Row) -> Documents:
    """From `revisions`."""
    return Documents(
        revision=row["revision"],
        profile_text=row["profile_text"],
        file_name=row["file_name"],
        profile_hash=row["profile_hash"],
        plan_hash=row["plan_hash"],
        plan_json=row["plan_json"],
        git_commit=row["git_commit"],
    )


def run_of(row: Row) -> Run:
    """From `runs`; an end wins over all else."""
    state = row["ended_state"] or row["mode"] or State.QUEUED
    reasons = (row["ended_reason"], row["mode_reason"], row["answer_reason"])
    worker = row["worker"]
    return Run(
        run=row["run"],
        experiment=row["experiment"],
        attempt=row["attempt"],
        vessel=row["vessel"],
        binding=Binding(worker=worker, reactor=row["reactor"] or worker) if worker else None,
        revision=row["revision"],
        answer=row["answer"],
        state=State(state),
        reason=next(filter(None, reasons), ""),
        phase=row["phase"],
        visit=row["visit"] or 0,
        began_wall_s=row["began_wall_s"],
        ended_wall_s=row["ended_wall_s"],
        process_s=row["process_s"],
    )


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
    )


def dose_volume_ml(row: Row) -> float:
    """What counts: what moved, else what was intended."""
    moved = row["moved_ml"]
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
        asked_process_s=row["asked_process_s"] or 0.0,
        asked_wall_s=row["asked_wall_s"],
        deadline_s=row["deadline_s"],
        state="answered" if answered else "closed" if row["over"] else "open",
        answer=from_json(row["answer"]),
        by=row["answered_by"] or "",
        answered_wall_s=row["answered_wall_s"],
    )


def alert_row(alert: NewAlert) -> dict[str, Any]:
    """The columns of one that is raised now."""
    return {
        "text": alert.text,
        "severity": alert.severity,
        "source": alert.source,
        "raised_wall_s": alert.at_wall_s,
        "experiment": alert.experiment,
        "vessel": alert.vessel,
        "worker": alert.worker,
        "identity": alert.identity,
    }


def alert_of(row: Row) -> Alert:
    """From `alerts`."""
    return Alert(
        id=row["id"],
        text=row["text"],
        severity=row["severity"],
        source=row["source"],
        raised_wall_s=row["raised_wall_s"],
        experiment=row["experiment"],
        vessel=row["vessel"],
        worker=row["worker"],
        identity=row["identity"],
        acknowledged_by=row["acknowledged_by"],
        acknowledged_wall_s=row["acknowledged_wall_s"],
        resolved_wall_s=row["resolved_wall_s"],
        delivery=row["delivery"],
    )


def alert_data(alert: Alert) -> dict[str, Any]:
    """What an event says of an alert."""
    return {
        "id": alert.id,
        "text": alert.text,
        "severity": alert.severity,
        "source": alert.source,
        "worker": alert.worker,
        "raised_wall_s": alert.raised_wall_s,
        "acknowledged_by": alert.acknowledged_by,
        "resolved_wall_s": alert.resolved_wall_s,
    }


def event_of(row: Row) -> Event:
    """From `events`."""
    return Event(
        event_id=row["event_id"],
        kind=row["kind"],
        at_wall_s=row["at_wall_s"],
        experiment=row["experiment"],
        vessel=row["vessel"],
        data=from_json(row["data"]),
    )


def worker_of(row: Row) -> WorkerRecord:
    """From `workers`."""
    return WorkerRecord(
        worker=row["worker"],
        epoch=row["epoch"],
        seen_wall_s=row["seen_wall_s"],
        state=from_json(row["state"]),
        capabilities=from_json(row["capabilities"]),
    )


def names(wanted: Iterable[str]) -> str:
    """For `IN (SELECT value FROM json_each(:names))`."""
    return to_json(sorted(wanted))


def _outcome(text: str | None) -> Outcome | None:
    return None if text is None else Outcome(text)


def revision_row(experiment: str, documents: Documents) -> dict[str, Any]:
    """The columns of a revision."""
    return {
        "experiment": experiment,
        "revision": documents.revision,
        "file_name": documents.file_name,
        "profile_hash": documents.profile_hash,
        "plan_hash": documents.plan_hash,
        "git_commit": documents.git_commit,
        "profile_text": documents.profile_text,
        "plan_json": documents.plan_json,
    }


def run_rows(experiment: Experiment) -> list[dict[str, Any]]:
    """The columns of the runs with which an attempt begins."""
    return [
        {
            "run": f"{experiment.attempt}:{vessel}",
            "experiment": experiment.id,
            "attempt": experiment.attempt,
            "vessel": vessel,
            "worker": binding.worker,
            "reactor": binding.reactor,
            "revision": experiment.revision,
        }
        for vessel, binding in experiment.bindings.items()
    ]


def run_data(run: Run) -> dict[str, Any]:
    """What an event says of a run that no ledger told of."""
    return {
        "run": run.run,
        "state": run.state.value,
        "reason": run.reason,
        "answer": run.answer,
        "worker": run.binding.worker if run.binding else None,
    }
