"""What will be set at the next moment, if nothing happens before it.

Worked out while nothing is due, so that devices need not wait until everything of everybody that
falls due at one instant has been decided. It decides nothing: something else may happen at the same
moment, and what counts is what `decide` answers then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from orchestrator.execution.allowed import why_not_set
from orchestrator.execution.decision import JobWanted, Wanted
from orchestrator.execution.occurrences import EPSILON_S
from orchestrator.execution.procedure import Procedure
from orchestrator.execution.state_entry import steps_of
from orchestrator.execution.view import RunView
from orchestrator.model.experiment import State
from orchestrator.model.expression import Const
from orchestrator.model.plan import CronPlan, ItemPlan, StepPlan

ROUNDING_S: Final = 1e-3
"""Of the wall clock, whose seconds are counted from 1970."""
Settings = dict[str, float | bool | str]
_NOTHING: Final[Wanted] = {}


def jobs_ahead(view: RunView, at_s: float) -> Wanted:
    """The jobs that will be wanted otherwise by what the schedule sets at a moment of process time.

    To be asked after a decision that has nothing more to say before that moment.
    """
    quiet = view.cache.quiet
    if quiet is not None and quiet.timers_s > at_s:
        return _NOTHING  # a ramp moves on then, or a sample grows too old
    if not _goes_on(view):
        return _NOTHING
    settings: Settings = {}
    for item in _due(view, at_s):
        _put(view, steps_of(item), settings)
    for procedure in view.procedures.values():
        _put(view, _after_wait(view, procedure, at_s), settings)
    return _with(view.cache.wanted, settings)


def _goes_on(view: RunView) -> bool:
    """Whether the schedule is followed, and nothing else is about to become of the run."""
    if view.state is not State.RUNNING or view.phase is None or view.between:
        return False
    about = (view.barrier, view.leaving, view.move, view.pausing, view.ending)
    return all(each is None for each in about)


def _due(view: RunView, at_s: float) -> Iterator[ItemPlan]:
    """Entries that will begin then, without a condition."""
    phase, agenda = view.program.phases[view.phase or ""], view.cache.agenda
    if agenda is None:
        return
    in_phase_s = view.phase_s(at_s) + EPSILON_S
    items = phase.plan.items
    places = [*agenda.until(in_phase_s)]
    places += [place for place in agenda.by_wall if _strikes(view, items[place], at_s)]
    begun = {each.key.item for each in view.procedures.values()}
    for place in sorted(places):
        item = items[place]
        if item.item not in begun and item.if_ is None:
            yield item


def _strikes(view: RunView, item: ItemPlan, at_s: float) -> bool:
    """Whether the wall clock will have come to a cron entry."""
    offset_s = view.cache.wall_offset_s
    if not isinstance(item, CronPlan) or offset_s is None:
        return False
    _, wall_s = view.cache.cron.get((item.cron, item.timezone), (0.0, None))
    return wall_s is not None and abs(at_s + offset_s - wall_s) < ROUNDING_S


def _after_wait(view: RunView, procedure: Procedure, at_s: float) -> Sequence[StepPlan]:
    """What follows a wait that will be over then."""
    if procedure.stopped or procedure.queued or procedure.asked or procedure.steps is not None:
        return ()
    steps, number = view.program.steps_of(procedure.key), len(procedure.records) - 1
    record = procedure.records.get(str(number))
    if record is None or record.ended or record.action != "wait" or record.deadline_s is None:
        return ()
    over = view.elapsed_s(at_s) >= record.deadline_s - EPSILON_S
    return steps[number + 1 :] if over else ()


def _put(view: RunView, steps: Sequence[StepPlan], settings: Settings) -> None:
    """Take up what the first steps set, as far as it is written in the plan."""
    limits = view.program.slice.limits
    for step in steps:
        values = {
            name: value.value for name, value in step.settings.items() if isinstance(value, Const)
        }
        if step.op != "set" or step.if_ is not None or len(values) < len(step.settings):
            return
        if not any(why_not_set(limits, name, value) for name, value in values.items()):
            settings.update({name: value for name, value in values.items() if value is not None})


def _with(wanted: Wanted, settings: Settings) -> Wanted:
    """The jobs of which some setting has another value by that."""
    found: dict[str, JobWanted] = {}
    for full, value in settings.items():
        job, _, name = full.partition(".")
        now = found.get(job) or wanted.get(job)
        if now is not None and now.settings.get(name) != value:
            found[job] = replace(now, settings={**now.settings, name: value})
    return found
