"""The jobs as they should be running now: the fold of all who may write a setting (SEMANTICS rule
11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.execution.decision import JobWanted
from orchestrator.execution.layers import Ramp, Run
from orchestrator.execution.program import JobProgram
from orchestrator.execution.setpoints import time_of_day_s
from orchestrator.execution.view import RunView
from orchestrator.model.experiment import State
from orchestrator.model.expression import Value

Settings = dict[str, float | bool | str]
AFTER_S = 1e-6
"""A moment is looked at this much after it, since clocks are sums of floats."""
AUTOMATION = "automation"
"""Stands among the settings of a job where a hand says which law it follows."""
_NO_JOB = JobProgram(automation=None, known={}, followed={})


def fold(view: RunView, now_s: float) -> dict[str, JobWanted]:
    """Work out what is wanted; a job that did not change stays the same object."""
    view.cache.wanted_after = (view.layers.writes, view.phase, view.visit)
    if view.ended:
        return _after_the_end(view, now_s)
    jobs, cache, layers = jobs_of(view), view.cache, view.layers
    standing = _standing(view)
    found: dict[str, JobWanted] = {}
    for name in dict.fromkeys([*jobs, *_started(view), *_forced(view)]):
        last = layers.last_of(name)
        if standing.get(name) == last and name in cache.jobs:
            found[name] = cache.jobs[name]
            continue
        job = _job(view, name, jobs.get(name), now_s)
        if job is not None:
            found[name] = _same(view, name, job)
            if not _moves(view, jobs.get(name)):
                standing[name] = last
    cache.jobs = found
    return found


def setting_now(view: RunView, setting: str, now_s: float) -> Value:
    """The value wanted for `job.setting` at this moment; None if there is none."""
    job_name, _, name = setting.partition(".")
    if setting in view.layers.overrides:
        return view.layers.overrides[setting].value
    top = view.layers.top(setting)
    if top is not None and not isinstance(top.value, Run):
        found = _value(view, top.value, now_s)
        if found is not None:
            return found
    job = jobs_of(view).get(job_name)
    if job is None:
        return None
    return job.known.get(name, view.cache.followed.get(setting))


def jobs_of(view: RunView) -> Mapping[str, JobProgram]:
    """The jobs that the profile wants in the phase at hand."""
    if view.phase is None:
        return {} if view.barrier is None else view.program.jobs
    phase = view.program.phases.get(view.phase)
    return view.program.jobs if phase is None else phase.jobs


def _standing(view: RunView) -> dict[str, int]:
    """Jobs of which only a write can make something else, as long as the ground is the same."""
    cache, layers = view.cache, view.layers
    ground = (view.program, view.phase, view.visit, view.barrier, view.state, layers.sweeps)
    if layers.overrides or view.kept_off:
        cache.ground, cache.standing = (), {}
    elif cache.ground != ground:
        cache.ground, cache.standing = ground, {}
    return cache.standing


def _moves(view: RunView, base: JobProgram | None) -> bool:
    """Whether something besides writes can change a job: signals, hands, ramps."""
    if (base is not None and base.followed) or view.layers.overrides or view.kept_off:
        return True
    return any(view.layers.ramps())


def _started(view: RunView) -> Iterable[str]:
    return (name for name in view.layers.names() if "." not in name)


def _forced(view: RunView) -> Iterable[str]:
    return (name for name in view.layers.overrides if "." not in name)


def _job(view: RunView, name: str, base: JobProgram | None, now_s: float) -> JobWanted | None:
    top = view.layers.top(name)
    run = top.value if top is not None and isinstance(top.value, Run) else None
    hand = view.layers.overrides.get(name)
    on = base is not None if run is None else run.on
    if hand is not None:
        on = hand.value != "stop" and (on or hand.value == "run")
    if not on or (name in view.kept_off and hand is None):
        return None
    paused = view.state is not State.RUNNING
    policy = view.program.slice.on_pause.get(name) if paused else None
    if policy == "stop":
        return None
    base, since = base or _NO_JOB, 0
    if top is not None and run is not None and run.automation is not None:
        base = JobProgram(automation=run.automation, known=run.settings, followed={})
        since = top.number
    law = view.layers.overrides.get(f"{name}.{AUTOMATION}")
    if law is not None:
        base = JobProgram(automation=str(law.value), known=base.known, followed=base.followed)
    settings = _settings(view, name, base, since, now_s)
    held = hand is not None and hand.value == "hold"
    return JobWanted(
        automation=base.automation,
        settings=settings,
        paused=held or (paused and policy != "keep"),
    )


def _settings(view: RunView, job: str, base: JobProgram, since: int, now_s: float) -> Settings:
    """What the job says, what items wrote after it, and what hands hold."""
    found: Settings = {name: value for name, value in base.known.items() if value is not None}
    for name in base.followed:
        kept = view.cache.followed.get(f"{job}.{name}")
        if kept is not None:
            found[name] = kept
    prefix = f"{job}."
    for full in view.layers.names():
        top = view.layers.top(full) if full.startswith(prefix) else None
        if top is not None and top.number > since and not isinstance(top.value, Run):
            value = _value(view, top.value, now_s)
            if value is not None:
                found[full[len(prefix) :]] = value
    for full, hand in view.layers.overrides.items():
        if full.startswith(prefix) and full != f"{prefix}{AUTOMATION}":
            found[full[len(prefix) :]] = hand.value
    return found


def _value(view: RunView, value: Ramp | float | bool | str, now_s: float) -> Value:
    if isinstance(value, Ramp):
        return value.shape.stepped(ramp_time_s(view, value, now_s) + AFTER_S)[0]
    return value


def ramp_time_s(view: RunView, ramp: Ramp, now_s: float) -> float:
    """What the clock of a ramp or shape shows: since its start, or since midnight."""
    if ramp.timezone is None:
        return view.phase_s(now_s) - ramp.at_s
    offset_s = view.cache.wall_offset_s
    if offset_s is None:
        offset_s = view.wall_offset_s or 0.0  # a shape begins only when the clock is trusted
    return time_of_day_s(now_s + offset_s, ramp.timezone)


def _same(view: RunView, name: str, job: JobWanted) -> JobWanted:
    before = view.cache.jobs.get(name)
    return before if before == job else job


def _after_the_end(view: RunView, now_s: float) -> dict[str, JobWanted]:
    """Doses stop; the rest follows `at_end` (SEMANTICS rule 10)."""
    default = "keep" if view.state is State.FAILED else "stop"
    found: dict[str, JobWanted] = {}
    for name, base in jobs_of(view).items():
        job = _job(view, name, base, now_s)
        if job is not None and view.program.slice.at_end.get(name, default) == "keep":
            found[name] = _same(view, name, job)
    view.cache.jobs = found
    view.cache.ground = ()
    return found
