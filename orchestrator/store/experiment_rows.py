"""Experiments, their documents and runs: rows to values and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from orchestrator.model.arrangement import Placed
from orchestrator.model.experiment import State
from orchestrator.ports.entries import EntryChange, Terms, Words
from orchestrator.ports.records import (
    Binding,
    Documents,
    Experiment,
    Imported,
    NewExperiment,
    Run,
    named_in,
)
from orchestrator.store.encode import from_json, to_json
from orchestrator.store.rows import Row


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
        "words": to_json(asdict(new.words)),
        "terms": to_json(asdict(new.terms)),
    }


def entry_row(before: Experiment, change: EntryChange) -> dict[str, Any]:
    """The columns of an entry that was changed."""
    waits = before.state is State.QUEUED
    named = named_in(change.terms) if waits else before.bindings
    return {
        "id": before.id,
        "name": change.name,
        "words": to_json(asdict(change.words)),
        "terms": to_json(asdict(change.terms)),
        "bindings": bindings_text(named),
        "vessels": to_json(list(change.vessels if change.documents else before.vessels)),
    }


def placed_of(row: Row) -> Placed:
    """Where an entry stands."""
    return Placed(
        experiment=row["id"],
        owner=row["actor"],
        priority=terms_of(row["terms"]).priority,
        place=row["place"],
    )


def words_of(text: str) -> Words:
    """From their column."""
    said = from_json(text)
    return Words(**{**said, "tags": tuple(said.get("tags", ()))})


def terms_of(text: str) -> Terms:
    """From their column."""
    said = from_json(text)
    return Terms(**{**said, "accepted": tuple(said.get("accepted", ()))})


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
        words=words_of(row["words"]),
        terms=terms_of(row["terms"]),
        place=row["place"],
        version=row["version"],
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
        library_path=row["library_path"],
        files=from_json(row["files"]),
        inputs=from_json(row["inputs"]),
        actor=row["actor"],
        at_wall_s=row["at_wall_s"],
        accept_jumps=bool(row["accept_jumps"]),
        move_to=row["move_to"],
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
        fence=row["fence"],
    )


def revision_row(experiment: str, documents: Documents) -> dict[str, Any]:
    """The columns of a revision."""
    return {
        "experiment": experiment,
        "revision": documents.revision,
        "file_name": documents.file_name,
        "profile_hash": documents.profile_hash,
        "plan_hash": documents.plan_hash,
        "git_commit": documents.git_commit,
        "library_path": documents.library_path,
        "profile_text": documents.profile_text,
        "plan_json": documents.plan_json,
        "files": to_json(dict(documents.files)),
        "inputs": to_json(dict(documents.inputs)),
        "actor": documents.actor,
        "at_wall_s": documents.at_wall_s,
        "accept_jumps": documents.accept_jumps,
        "move_to": documents.move_to,
    }


def run_rows(experiment: Experiment, fences: Mapping[str, int]) -> list[dict[str, Any]]:
    """The columns of the runs with which an attempt begins; `fences` by worker."""
    return [
        {
            "run": f"{experiment.attempt}:{vessel}",
            "experiment": experiment.id,
            "attempt": experiment.attempt,
            "vessel": vessel,
            "worker": binding.worker,
            "reactor": binding.reactor,
            "revision": experiment.revision,
            "fence": fences[binding.worker],
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


def import_row(imported: Imported) -> dict[str, Any]:
    """The columns of one that is over when it comes."""
    attempt = imported.attempt
    return {
        "id": imported.experiment.id,
        "state": imported.state.value,
        "reason": imported.reason,
        "attempt": attempt,
        "attempts": int(attempt.rpartition(".")[2]) if attempt else 0,
        "bindings": bindings_text(imported.experiment.bindings),
        "started_wall_s": imported.started_wall_s,
        "ended_wall_s": imported.ended_wall_s,
    }


def imported_run_rows(imported: Imported) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The columns of its runs: as they began, and as they ended."""
    return [
        (
            {
                "run": run.run,
                "experiment": run.experiment,
                "attempt": run.attempt,
                "vessel": run.vessel,
                "worker": run.binding.worker if run.binding else None,
                "reactor": run.binding.reactor if run.binding else None,
                "revision": run.revision,
                "fence": 0,
            },
            {
                "run": run.run,
                "began_wall_s": run.began_wall_s,
                "ended_state": run.state.value,
                "ended_reason": run.reason,
                "ended_wall_s": run.ended_wall_s,
            },
        )
        for run in imported.runs
    ]
