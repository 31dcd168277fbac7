"""The difference of two plans, for vessels that are somewhere in the first of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.execution.decision import JobWanted
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.model.plan import Plan, Slice
from orchestrator.planning.diff_parts import diff_named
from orchestrator.planning.diff_slices import diff_slices
from orchestrator.planning.difference import Change, Difference, Jump, Part, Stand, hash_of
from orchestrator.planning.rest import Position, rest_of
from orchestrator.planning.standing import wanted_at

COMING_S = 86_400.0
"""How far what comes next is told."""


def diff(
    old: Plan,
    new: Plan,
    positions: Sequence[Position | str],
    now_wall_s: float,
    *,
    attempt: str = "plan",
    coming_s: float = COMING_S,
) -> Difference:
    """Compare what runs with what is wanted.

    `positions` says where each vessel is, or its name alone where it has not begun; one that is not
    named is over, and nothing that would change in it has an effect.
    """
    at = {each if isinstance(each, str) else each.vessel: each for each in positions}
    before = {each.vessel: each for each in old.vessels}
    after = {each.vessel: each for each in new.vessels}
    parts = (*_of_plan(old, new), *_of_vessels(before, after, at))
    jumps = tuple(
        jump
        for name, position in at.items()
        if isinstance(position, Position) and name in before and name in after
        for jump in _jumps(before[name], after[name], position, now_wall_s, old, new)
    )
    stands = tuple(_stand(name, position, after.get(name)) for name, position in at.items())
    rows = [
        row
        for name, position in at.items()
        if name in after
        for row in rest_of(new, attempt, position, now_wall_s, coming_s)
        if row.time_s is not None
    ]
    rows.sort(key=lambda row: (row.time_s or 0.0, row.vessel))
    hashes = tuple(digest(canonical_json(plain(plan))) for plan in (old, new))
    return Difference(
        parts=parts,
        jumps=jumps,
        stands=stands,
        coming=tuple(rows),
        hash=hash_of((hashes[0], hashes[1]), parts, jumps, stands),
    )


def _of_plan(old: Plan, new: Plan) -> Iterator[Part]:
    """What belongs to no vessel: the plan's name, the inputs as chosen, the charts."""
    for name in ("name", "description", "timezone"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Part(
                vessel="",
                phase="",
                kind="plan",
                name=name,
                change="changed",
                before=before,
                after=after,
            )
    yield from diff_named("", "input", _shown(old.inputs), _shown(new.inputs))
    charts = [{each.name: each for each in plan.charts} for plan in (old, new)]
    yield from diff_named("", "chart", charts[0], charts[1], lambda chart: chart.title)


def _shown(inputs: Mapping[str, float | bool | str]) -> dict[str, str]:
    return {
        name: f"{value:g}" if type(value) is float else str(value) for name, value in inputs.items()
    }


def _of_vessels(
    before: Mapping[str, Slice], after: Mapping[str, Slice], at: Mapping[str, Position | str]
) -> Iterator[Part]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old is not None and new is not None:
            yield from diff_slices(old, new, at.get(name))
        else:
            change: Change = "removed" if new is None else "new"
            yield Part(vessel=name, phase="", kind="vessel", name=name, change=change)


def _stand(name: str, at: Position | str, new: Slice | None) -> Stand:
    if isinstance(at, str):
        return Stand(vessel=name, phase=None, visit=0, removed=False)
    known = {phase.name for phase in new.phases} if new is not None else set()
    return Stand(vessel=name, phase=at.phase, visit=at.visit, removed=at.phase not in known)


def _jumps(
    old: Slice, new: Slice, at: Position, now_wall_s: float, old_plan: Plan, new_plan: Plan
) -> Iterator[Jump]:
    """Compare what is wanted of each job now with what would be.

    Nothing can be told where the phase is gone.
    """
    if not all(at.phase in {phase.name for phase in each.phases} for each in (old, new)):
        return
    before = wanted_at(old, at, now_wall_s, old_plan.timezone)
    after = wanted_at(new, at, now_wall_s, new_plan.timezone)
    for job in sorted({*before, *after}):
        was, will = before.get(job), after.get(job)
        automations = [_automation(each) for each in (was, will)]
        if automations[0] != automations[1]:
            yield Jump(vessel=old.vessel, name=job, before=automations[0], after=automations[1])
        if was is None or will is None or automations[0] != automations[1]:
            continue
        for setting in sorted({*was.settings, *will.settings}):
            now, then = was.settings.get(setting), will.settings.get(setting)
            if now != then and not (now is None or then is None):
                name = f"{job}.{setting}"
                unit = new.units.get(name) or old.units.get(name, "")
                yield Jump(vessel=old.vessel, name=name, before=now, after=then, unit=unit)


def _automation(job: JobWanted | None) -> str:
    """How a job runs, in a word."""
    return "off" if job is None else job.automation or "on"
