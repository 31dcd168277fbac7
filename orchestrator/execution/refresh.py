"""Bringing what is wanted up to date within a turn, and finding when it moves on by itself."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from orchestrator.execution.program import JobProgram
from orchestrator.execution.setpoints import LOOK_S
from orchestrator.execution.turn import Turn
from orchestrator.execution.wanted import AFTER_S, fold, jobs_of, ramp_time_s
from orchestrator.model.expression import Unknown


def refresh(turn: Turn) -> float:
    """Bring `cache.wanted` up to date; answer when, in process time, a ramp moves on."""
    view = turn.view
    if turn.moment.wall_s is not None:
        view.cache.wall_offset_s = turn.moment.wall_s - turn.now_s
    if _follow(turn, jobs_of(view)):
        view.cache.stale = True
    return refold(turn)


def refold(turn: Turn) -> float:
    """The same, where no setting that follows signals can have another value."""
    view = turn.view
    if view.cache.stale or any(view.layers.ramps()):
        fresh = fold(view, turn.now_s)
        if fresh != view.cache.wanted:
            view.cache.wanted = fresh
        view.cache.stale = False
    return _next_step_s(turn)


def _follow(turn: Turn, jobs: Mapping[str, JobProgram]) -> bool:
    """Ask for the settings that follow signals; one that is unknown keeps its last value.

    Answers whether any has another value than before.
    """
    kept, another = turn.view.cache.followed, False
    for job, program in jobs.items():
        for name, test in program.followed.items():
            found = test.value(turn.look)
            known = None if isinstance(found, Unknown) else found
            if known is not None and kept.get(f"{job}.{name}") != known:
                kept[f"{job}.{name}"] = known
                another = True
            turn.watch(test, known, truth=False)
    return another


def _next_step_s(turn: Turn) -> float:
    view, soonest_s = turn.view, inf
    if view.between or view.ended:
        return inf
    standing = view.clocks.stand
    for ramp in view.layers.ramps():
        if standing and ramp.timezone is None:
            continue
        time_s = ramp_time_s(view, ramp, turn.now_s)
        wait_s = ramp.shape.stepped(time_s + AFTER_S)[1] - time_s
        if ramp.timezone is not None:
            wait_s = min(wait_s, LOOK_S)
        soonest_s = min(soonest_s, turn.now_s + wait_s)
    return soonest_s
