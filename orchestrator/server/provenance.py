"""Bring together what an experiment's data rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from orchestrator.ports.records import Documents, Experiment, Run
from orchestrator.ports.store import Store, is_imported
from orchestrator.server.views.provenance import (
    AttemptMade,
    ImportMade,
    LeaderMade,
    Provenance,
    RevisionMade,
    WorkerMade,
)


async def provenance_of(store: Store, experiment: Experiment) -> Provenance:
    """Revisions, attempts, software, calibrations."""
    kept = await store.provenance(experiment.id)
    made = {attempt: data for attempt, data in kept.items() if not is_imported(attempt)}
    marks = [data for attempt, data in kept.items() if is_imported(attempt)]
    runs = await store.runs(experiment=experiment.id)
    attempts = list(dict.fromkeys([*(run.attempt for run in runs), *made]))
    return Provenance(
        experiment=experiment.id,
        name=experiment.name,
        actor=experiment.actor,
        created_wall_s=experiment.created_wall_s,
        revisions=[_revision(each, experiment) for each in await store.revisions(experiment.id)],
        attempts=[_attempt(each, runs, made.get(each, {})) for each in attempts],
        imported=msgspec.convert(marks[0], ImportMade) if marks else None,
    )


def _revision(documents: Documents, experiment: Experiment) -> RevisionMade:
    is_first = documents.revision == 1
    return RevisionMade(
        revision=documents.revision,
        file=documents.file_name,
        library_path=documents.library_path,
        commit=documents.git_commit,
        profile_hash=documents.profile_hash,
        plan_hash=documents.plan_hash,
        inputs=dict(documents.inputs),
        actor=documents.actor or (experiment.actor if is_first else ""),
        at_wall_s=experiment.created_wall_s if is_first else documents.at_wall_s,
    )


def _attempt(attempt: str, runs: Sequence[Run], made: Mapping[str, Any]) -> AttemptMade:
    ours = [run for run in runs if run.attempt == attempt and run.binding]
    return AttemptMade(
        attempt=attempt,
        bindings={run.vessel: str(run.binding) for run in ours},
        leader=msgspec.convert(made["leader"], LeaderMade) if "leader" in made else None,
        workers=msgspec.convert(made.get("workers", {}), dict[str, WorkerMade]),
    )
