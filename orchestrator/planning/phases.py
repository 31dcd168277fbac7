"""Phases of one vessel."""

from __future__ import annotations

from orchestrator.model.plan import PhasePlan, Timeout
from orchestrator.model.profile import JobUse, Phase, PhaseTimeout
from orchestrator.model.profile import Source as Place
from orchestrator.planning.conditions import plan_condition
from orchestrator.planning.identity import Identities
from orchestrator.planning.jobs import plan_jobs
from orchestrator.planning.place import place
from orchestrator.planning.schedule import plan_item
from orchestrator.planning.scope import Scope
from orchestrator.planning.steps import plan_steps


def plan_phases(
    scope: Scope, phases: tuple[Phase, ...], jobs: tuple[JobUse, ...]
) -> tuple[PhasePlan, ...]:
    """Plan every phase, in its order."""
    return tuple(_phase(scope, phase, jobs) for phase in phases)


def _phase(scope: Scope, phase: Phase, jobs: tuple[JobUse, ...]) -> PhasePlan:
    source, identities = phase.source, Identities()
    items = [
        plan_item(scope, item, (*jobs, *phase.jobs), identities)
        for item in phase.schedule
        if scope.concerns(item.vessels)
    ]
    return PhasePlan(
        name=phase.name,
        source=place(source),
        do=plan_steps(scope, phase.do, (*jobs, *phase.jobs)),
        jobs=plan_jobs(scope, jobs, phase.jobs) if phase.jobs else {},
        items=tuple(item for item in items if item is not None),
        until=None if phase.until is None else plan_condition(scope, phase.until, source),
        duration_s=scope.maybe_number(phase.duration_s, source, "the duration"),
        timeout=_timeout(scope, phase.timeout, source),
    )


def _timeout(scope: Scope, timeout: PhaseTimeout | None, source: Place) -> Timeout | None:
    if timeout is None:
        return None
    return Timeout(after_s=scope.number(timeout.after_s, source, "after"), then=timeout.then)
