"""Schedule items of one vessel: at, every, cron, ramp."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.execution.state_entry import is_state
from orchestrator.model.plan import (
    AtPlan,
    CronPlan,
    EveryPlan,
    ItemPlan,
    Late,
    RampPlan,
    ShapePlan,
    StepPlan,
)
from orchestrator.model.profile import AnyScheduleItem, At, Cron, Every, JobUse, Move, Ramp
from orchestrator.model.profile import Late as ProfileLate
from orchestrator.planning.identity import Identities
from orchestrator.planning.place import place
from orchestrator.planning.scope import Scope
from orchestrator.planning.shapes import plan_move
from orchestrator.planning.steps import plan_late, plan_steps

UNNAMED = ""


def plan_item(
    scope: Scope,
    item: AnyScheduleItem,
    jobs: tuple[JobUse, ...],
    identities: Identities,
    length_s: float | None,
) -> ItemPlan | None:
    """Plan an item of a phase of some length, if known; None where nothing concerns this vessel."""
    if isinstance(item, Move):
        planned: ItemPlan | None = plan_move(scope, item, length_s)
    elif isinstance(item, Ramp):
        planned = _ramp(scope, item)
    else:
        planned = _steps_item(scope, item, jobs)
    if planned is None:
        return None
    if item.condition is not None:
        planned = replace(planned, if_=scope.fold(item.condition))
        if not isinstance(planned, RampPlan | ShapePlan):
            planned = replace(planned, state=False)
    return replace(planned, item=identities.of(scope, item.name, planned, item.source))


def _steps_item(scope: Scope, item: At | Every | Cron, jobs: tuple[JobUse, ...]) -> ItemPlan | None:
    steps = plan_steps(scope, item.do, jobs)
    if not steps:
        return None
    late = _late(scope, item.late, item)
    match item:
        case At():
            return _at(scope, item, steps, late)
        case Every():
            return _every(scope, item, steps, late)
        case Cron():
            return _cron(scope, item, steps, late)


def _at(scope: Scope, item: At, steps: tuple[StepPlan, ...], late: Late | None) -> AtPlan:
    return AtPlan(
        item=UNNAMED,
        at_s=scope.number(item.at_s, item.source, "at"),
        steps=steps,
        source=place(item.source),
        state=is_state(steps),
        late=late,
    )


def _every(scope: Scope, item: Every, steps: tuple[StepPlan, ...], late: Late | None) -> EveryPlan:
    count = scope.maybe_number(item.count, item.source, "count")
    return EveryPlan(
        item=UNNAMED,
        every_s=scope.number(item.every_s, item.source, "every", least=1.0),
        steps=steps,
        source=place(item.source),
        state=is_state(steps),
        from_s=scope.maybe_number(item.from_s, item.source, "from"),
        until_s=scope.maybe_number(item.until_s, item.source, "until"),
        count=None if count is None else int(count),
        late=late,
    )


def _cron(
    scope: Scope, item: Cron, steps: tuple[StepPlan, ...], late: Late | None
) -> CronPlan | EveryPlan:
    """By the wall clock, or as an `every` where an input gives an interval instead."""
    chosen = scope.schedule(item.cron, item.source)
    if isinstance(chosen, float):
        return EveryPlan(
            item=UNNAMED,
            every_s=chosen,
            steps=steps,
            source=place(item.source),
            state=is_state(steps),
            late=late,
        )
    return CronPlan(
        item=UNNAMED,
        cron=chosen,
        timezone=item.timezone or scope.timezone,
        steps=steps,
        source=place(item.source),
        state=is_state(steps),
        late=late,
    )


def _ramp(scope: Scope, item: Ramp) -> RampPlan:
    from_, to = scope.maybe(item.from_), scope.fold(item.to)
    for end in (from_, to):
        if end is not None:
            scope.assign(item.setting, end, item.source)
    return RampPlan(
        item=UNNAMED,
        setting=item.setting,
        from_=from_,
        to=to,
        over_s=scope.number(item.over_s, item.source, "over", least=1.0),
        source=place(item.source),
        at_s=0.0 if item.at_s is None else scope.number(item.at_s, item.source, "at"),
    )


def _late(scope: Scope, late: ProfileLate | None, item: AnyScheduleItem) -> Late | None:
    return None if late is None else plan_late(scope, late, item.source)
