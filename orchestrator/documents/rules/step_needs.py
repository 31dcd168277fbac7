"""A step that needs a job which does not run where it stands, or which nobody has.

Some steps are carried out by a job: `blank` by `od_reading`, `circulate` by `dosing`, `snapshot` by
a job of a camera. If that job does not run when the step comes, the step has failed.

Add the job under `jobs:`, or to the phase. A plugin that brings a camera declares the step
`snapshot` in its `job/1` document.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import all_steps, steps_of_phase
from orchestrator.documents.scopes import on_all_vessels
from orchestrator.model.profile import Operation, Profile, Step

USUALLY: Final[dict[Operation, str]] = {
    "blank": "od_reading",
    "circulate": "dosing",
    "snapshot": "camera",
}
"""Steps that only a job can carry out, and what that job is called where none is installed."""


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report steps whose job is missing."""
    if draft.profile is None:
        return
    for phase, step in _steps(draft.profile):
        if step.op not in USUALLY:
            continue
        job = draft.catalogue.job_for(step.op)
        if job is None:
            missing = USUALLY[step.op]
            message = f"{step.op} is for a job such as {missing}, and no job here offers it"
            yield draft.error(draft.span_of(step.source), "step-needs", message)
        elif not _runs(draft, job, phase):
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
