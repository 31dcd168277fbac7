"""Which steps only say what is wanted, so that they can be recomputed at any time."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.model.expression import Expression, Signal, Variable, nodes_of
from orchestrator.model.plan import (
    AtPlan,
    CronPlan,
    EveryPlan,
    ItemPlan,
    RampPlan,
    ShapePlan,
    StepPlan,
)

STATE_OPS = frozenset({"set", "start", "stop"})


def is_state(steps: Iterable[StepPlan]) -> bool:
    """Whether all of them are unconditional set, start or stop that use no signal (SEMANTICS rule
    1)."""
    return all(
        step.op in STATE_OPS
        and step.if_ is None
        and all(is_known(value) for value in step.settings.values())
        for step in steps
    )


def is_known(expression: Expression) -> bool:
    """Whether a value depends on nothing that is measured or answered."""
    return not any(isinstance(node, Signal | Variable) for node in nodes_of(expression))


def recomputed(item: ItemPlan) -> bool:
    """Whether an item's occurrence may be applied at any later time."""
    return isinstance(item, RampPlan | ShapePlan) or item.state


def by_wall(item: ItemPlan) -> bool:
    """Whether an item goes by the wall clock, which has to be trusted, and never is through."""
    return isinstance(item, CronPlan) or (isinstance(item, ShapePlan) and item.timezone is not None)


def written_by(item: ItemPlan) -> frozenset[str]:
    """The settings, and the jobs, that a state entry decides."""
    if isinstance(item, RampPlan | ShapePlan):
        return frozenset({item.setting})
    names: set[str] = set()
    for step in item.steps:
        names.update(name_in(step))
    return frozenset(names)


def name_in(step: StepPlan) -> set[str]:
    """The settings of a step with their full names, and the job that it starts or stops."""
    if step.job is None:
        return set(step.settings)
    return {step.job, *(f"{step.job}.{name}" for name in step.settings)}


def steps_of(item: ItemPlan) -> tuple[StepPlan, ...]:
    """An item's steps; a ramp or a shape has none."""
    return item.steps if isinstance(item, AtPlan | EveryPlan | CronPlan) else ()
