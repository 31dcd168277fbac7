"""A step that needs a job which does not run where it stands.

Some steps are carried out by a job: `blank` by `od_reading`, `circulate` by `dosing`, `snapshot` by
`camera`. If that job does not run when the step comes, the step has failed.

Add the job under `jobs:`, or to the phase.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import all_steps, steps_of_phase
from orchestrator.documents.scopes import on_all_vessels
from orchestrator.model.profile import Operation, Profile, Step

BY_JOBS: Final[frozenset[Operation]] = frozenset({"blank", "circulate", "snapshot"})
"""Steps that only a job can carry out."""


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report steps whose job is missing."""
    if draft.profile is None:
        return
    for phase, step in _steps(draft.profile):
        job = draft.catalogue.job_for(step.op) if step.op in BY_JOBS else None
        if job is not None and not _runs(draft, job, phase):
            message = f"{step.op} needs the job {job}, which does not run here"
            yield draft.error(draft.span_of(step.source), "step-needs", message)


def _runs(draft: Draft, job: str, phase: str | None) -> bool:
    """Tell whether a job may run in a phase, or, for a rule, at all."""
    scopes = {each.scope for each in draft.jobs if each.job == job}
    if phase is None:
        return bool(scopes)
    everywhere = {"profile", "step", f"phase {phase}"}
    return bool(scopes & everywhere) or on_all_vessels(draft, scopes)


def _steps(profile: Profile) -> Iterator[tuple[str | None, Step]]:
    for phase in profile.phases:
        yield from ((phase.name, step) for step in steps_of_phase(phase))
    for rule in profile.rules:
        yield from ((None, step) for step in all_steps(rule.do))
