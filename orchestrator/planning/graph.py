"""The phases of a plan and the ways between them, with a lane for vessels that go alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from orchestrator.execution.phrase import phrase
from orchestrator.model.plan import Condition, PhasePlan, Plan, Slice, StepPlan
from orchestrator.model.units import format_quantity

Reason: TypeAlias = Literal["through", "until", "duration", "timeout", "step", "rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a phase is left, and for where."""

    source: str | None
    """A phase; None where a rule leads out of any."""
    target: str
    """A phase, or an end."""
    is_end: bool
    reason: Reason
    label: str
    back: bool = False
    """Whether it leads to a phase that was there before: a loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Vessels that go through the same phases in the same ways."""

    vessels: tuple[str, ...]
    phases: tuple[str, ...]
    ways: tuple[Way, ...]

    def ways_from(self, phase: str | None) -> tuple[Way, ...]:
        """List how a phase is left."""
        return tuple(way for way in self.ways if way.source == phase)


def lanes_of(plan: Plan) -> tuple[Lane, ...]:
    """Group a plan's vessels by the ways that they can go, in the order of the profile."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for each in plan.vessels:
        key = (tuple(phase.name for phase in each.phases), tuple(_ways(each)))
        groups.setdefault(key, []).append(each.vessel)
    first = {each.vessel: each for each in plan.vessels}
    return tuple(
        Lane(
            vessels=tuple(vessels),
            phases=tuple(phase.name for phase in first[vessels[0]].phases),
            ways=tuple(_ways(first[vessels[0]])),
        )
        for vessels in groups.values()
    )


def _ways(slice_: Slice) -> list[Way]:
    names = [phase.name for phase in slice_.phases]
    found: list[Way] = []
    for at, phase in enumerate(slice_.phases):
        following = names[at + 1] if at + 1 < len(names) else "completed"
        found += _endings(phase, following, is_last=at + 1 == len(names))
        steps = [*phase.do, *(step for item in phase.items for step in getattr(item, "steps", ()))]
        found += _by_steps(steps, phase.name, "step", "")
    for rule in slice_.rules:
        found += _by_steps(rule.steps, None, "rule", f"rule {rule.item}: ")
    order = {name: at for at, name in enumerate(names)}
    unique = dict.fromkeys(found)
    return [replace(way, back=_leads_back(way, order)) for way in unique]


def _leads_back(way: Way, order: dict[str, int]) -> bool:
    if way.source is None or way.is_end:
        return False
    return order.get(way.target, 0) <= order[way.source]


def _endings(phase: PhasePlan, following: str, *, is_last: bool) -> Iterator[Way]:
    """Yield the ways in which a phase ends by itself."""

    def way(target: str, is_end: bool, reason: Reason, label: str) -> Way:
        return Way(source=phase.name, target=target, is_end=is_end, reason=reason, label=label)

    if phase.until is not None:
        yield way(following, is_last, "until", f"until {_condition(phase.until)}")
    if phase.duration_s is not None:
        label = f"after {format_quantity(phase.duration_s, 'time')}"
        yield way(following, is_last, "duration", label)
    if phase.until is None and phase.duration_s is None:
        yield way(following, is_last, "through", "when all is done")
    if phase.timeout is not None:
        label = f"timeout after {format_quantity(phase.timeout.after_s, 'time')}"
        match phase.timeout.then:
            case "fail":
                yield way("failed", True, "timeout", label)
            case "pause":
                yield way("paused", True, "timeout", label)
            case "next":
                yield way(following, is_last, "timeout", label)
            case named:
                yield way(named, False, "timeout", label)


def _condition(condition: Condition) -> str:
    text = phrase(condition.when)
    return f"{text}, for {format_quantity(condition.for_s, 'time')}" if condition.for_s else text


def _by_steps(
    steps: Iterable[StepPlan], source: str | None, reason: Reason, before: str
) -> Iterator[Way]:
    """Yield the ways that steps lead, however deep they stand."""
    for step in steps:
        target, is_end = _target(step)
        if target is not None:
            label = f"{before}{step.op}"
            if step.if_ is not None:
                label += f" if {phrase(step.if_)}"
            yield Way(source=source, target=target, is_end=is_end, reason=reason, label=label)
        yield from _by_steps(step.steps, source, reason, before)
        for branch in step.branches:
            asked = f"{before}if {phrase(branch.when)}: " if branch.when is not None else before
            yield from _by_steps(branch.steps, source, reason, asked)
        yield from _by_steps(step.otherwise, source, reason, f"{before}else: ")


def _target(step: StepPlan) -> tuple[str | None, bool]:
    match step.op:
        case "go_to":
            return step.phase, False
        case "finish":
            return "completed", True
        case "fail":
            return "failed", True
    return None, False
