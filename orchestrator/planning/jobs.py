"""Jobs with every setting filled in: what was written, over what the catalogue says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.model.expression import Const, Expression
from orchestrator.model.plan import JobPlan
from orchestrator.model.profile import JobUse, PowerOn
from orchestrator.planning.scope import Scope


def plan_jobs(scope: Scope, under: Iterable[JobUse], over: Iterable[JobUse]) -> dict[str, JobPlan]:
    """Plan the jobs named in `over`, or all if there is none, on top of those `under` them.

    Where several speak of one job, the later one wins, setting by setting.
    """
    over = tuple(over)
    uses = (*under, *over)
    names = sorted({use.job for use in (over or uses)})
    return {name: plan_job(scope, [use for use in uses if use.job == name]) for name in names}


def plan_job(scope: Scope, uses: list[JobUse]) -> JobPlan:
    """Plan one job from all that is said of it; another automation leaves the old one's inputs."""
    job = uses[-1].job
    automation = next(
        (use.automation for use in reversed(uses) if use.automation is not None),
        scope.catalogue.jobs[job].default_automation,
    )
    offered = scope.catalogue.settings_of(job, automation)
    settings: dict[str, Expression] = {
        name: Const(declared.default)
        for name, declared in offered.items()
        if declared.default is not None
    }
    for use in uses:
        settings |= {n: scope.fold(v) for n, v in use.settings.items() if n in offered}
    for name, declared in offered.items():
        if declared.required and name not in settings:
            message = f"{job}.{name} needs a value with the automation {automation}"
            scope.complain(uses[-1].source, "missing-setting", message)
    note(scope, job, settings, uses[-1])
    return JobPlan(automation=automation, settings=dict(sorted(settings.items())))


def plan_at_end(uses: Iterable[JobUse]) -> Mapping[str, str]:
    """Collect what becomes of jobs when the run ends, where the profile says so."""
    return {use.job: use.at_end for use in uses if use.at_end is not None}


def plan_on_pause(uses: Iterable[JobUse]) -> Mapping[str, str]:
    """Collect what becomes of jobs during a pause, where the profile says so."""
    return {use.job: use.on_pause for use in uses if use.on_pause is not None}


def plan_power_on(scope: Scope, uses: Iterable[JobUse], usual: PowerOn) -> Mapping[str, str]:
    """Collect the jobs that stay off when power returns; the usual is for what drives something."""
    found: dict[str, PowerOn] = {}
    for use in uses:
        if use.power_on is not None:
            found[use.job] = use.power_on
        elif scope.catalogue.jobs[use.job].actuator:
            found.setdefault(use.job, usual)
    return {job: policy for job, policy in sorted(found.items()) if policy == "off"}


def note(scope: Scope, job: str, settings: Mapping[str, Expression], use: JobUse) -> None:
    """Note that settings are named, with the place where, to be judged and to get their units."""
    for name, value in settings.items():
        scope.assign(f"{job}.{name}", value, use.source)
