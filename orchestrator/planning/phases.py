"""Phases of one vessel."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.model.plan import Barrier, Hold, PhasePlan, Timeout
from orchestrator.model.profile import HoldWhile, JobUse, Phase, PhaseTimeout, Profile
from orchestrator.model.profile import Source as Place
from orchestrator.planning.automations import automation_items
from orchestrator.planning.conditions import plan_condition
from orchestrator.planning.identity import Identities
from orchestrator.planning.jobs import plan_jobs
from orchestrator.planning.place import place
from orchestrator.planning.rules import plan_rules
from orchestrator.planning.schedule import plan_item
from orchestrator.planning.scope import Scope
from orchestrator.planning.steps import plan_steps

LEAVE_S = 600.0
"""What `on_leave` may take where the profile says nothing."""


def plan_phases(scope: Scope, profile: Profile, jobs: tuple[JobUse, ...]) -> tuple[PhasePlan, ...]:
    """Plan every phase that is for this vessel, in their order."""
    vessels = tuple(profile.vessels)
    return tuple(
        _phase(scope, profile, phase, jobs, vessels)
        for phase in profile.phases
        if scope.concerns(phase.vessels)
    )


def _phase(
    scope: Scope,
    profile: Profile,
    phase: Phase,
    jobs: tuple[JobUse, ...],
    vessels: Sequence[str],
) -> PhasePlan:
    source, identities, here = phase.source, Identities(), (*jobs, *phase.jobs)
    duration_s = scope.maybe_number(phase.duration_s, source, "the duration")
    items = [
        plan_item(scope, item, here, identities, duration_s)
        for item in phase.schedule
        if scope.concerns(item.vessels)
    ]
    items += automation_items(scope, profile, phase, here, identities, duration_s)
    leave_s = scope.maybe_number(phase.on_leave_s, source, "the timeout of on_leave")
    return PhasePlan(
        name=phase.name,
        source=place(source),
        on_enter=plan_steps(scope, phase.on_enter, here),
        do=plan_steps(scope, phase.do, here),
        on_leave=plan_steps(scope, phase.on_leave, here),
        on_leave_s=LEAVE_S if leave_s is None else leave_s,
        jobs=plan_jobs(scope, jobs, phase.jobs) if phase.jobs else {},
        items=tuple(item for item in items if item is not None),
        until=None if phase.until is None else plan_condition(scope, phase.until, source),
        duration_s=duration_s,
        timeout=_timeout(scope, phase.timeout, source),
        hold=_hold(scope, phase.hold, source),
        together=_barrier(scope, phase, vessels),
        rules=plan_rules(scope, phase.rules, here),
    )


def _timeout(scope: Scope, timeout: PhaseTimeout | None, source: Place) -> Timeout | None:
    if timeout is None:
        return None
    return Timeout(after_s=scope.number(timeout.after_s, source, "after"), then=timeout.then)


def _hold(scope: Scope, hold: HoldWhile | None, source: Place) -> Hold | None:
    if hold is None or hold.max_s is None:
        return None
    return Hold(
        while_=plan_condition(scope, hold.while_, source),
        max_s=scope.number(hold.max_s, source, "max"),
    )


def _barrier(scope: Scope, phase: Phase, vessels: Sequence[str]) -> Barrier | None:
    """The peers are the other vessels that the phase is for."""
    together = phase.together
    waits = together and _timeout(scope, together.timeout or phase.timeout, phase.source)
    if not waits:
        return None
    for_all = vessels if phase.vessels is None else phase.vessels
    return Barrier(
        peers=tuple(name for name in vessels if name in for_all and name != scope.vessel),
        after_s=waits.after_s,
        then=waits.then,
    )
