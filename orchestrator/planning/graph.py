"""The phases of a plan and the ways between them, with a lane for vessels that go alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from orchestrator.execution.phrase import phrase
from orchestrator.model.plan import Barrier, Condition, LoopPlan, PhasePlan, Plan, Slice, StepPlan
from orchestrator.model.units import format_quantity

Reason: TypeAlias = Literal["through", "until", "duration", "timeout", "loop", "step", "rule"]


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
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Phases that some enter at once → all that do."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What else is to be said of a phase: what holds its clock."""

    def ways_from(self, phase: str | None) -> tuple[Way, ...]:
        """List how a phase is left."""
        return tuple(way for way in self.ways if way.source == phase)


def lanes_of(plan: Plan) -> tuple[Lane, ...]:
    """Group a plan's vessels by the ways that they can go, in the order of the profile."""
    groups: dict[tuple[object, ...], list[str]] = {}
    lanes: dict[tuple[object, ...], Lane] = {}
    for each in plan.vessels:
        lane = _lane(each, plan)
        key = (lane.phases, lane.ways, (*lane.together.items(),), (*lane.notes.items(),))
        groups.setdefault(key, []).append(each.vessel)
        lanes.setdefault(key, lane)
    return tuple(replace(lanes[key], vessels=tuple(vessels)) for key, vessels in groups.items())


def said_of(lane: Lane, phase: str) -> str:
    """Say in a few lines what a phase is."""
    whom = ", ".join(lane.together.get(phase, ()))
    lines = (phase, f"{whom} together" if whom else "", lane.notes.get(phase, ""))
    return "\n".join(filter(None, lines))


def doors_between(lanes: tuple[Lane, ...]) -> Iterator[tuple[int, int, str]]:
    """Yield neighbours among the lanes, by number, that enter a phase at once."""
    for name in dict.fromkeys(name for lane in lanes for name in lane.together):
        at = [number for number, lane in enumerate(lanes) if name in lane.together]
        yield from ((one, other, name) for one, other in pairwise(at))


def _lane(slice_: Slice, plan: Plan) -> Lane:
    order = [each.vessel for each in plan.vessels]
    together = {
        phase.name: tuple(sorted({slice_.vessel, *phase.together.peers}, key=order.index))
        for phase in slice_.phases
        if phase.together is not None and phase.together.peers
    }
    return Lane(
        vessels=(slice_.vessel,),
        phases=tuple(phase.name for phase in slice_.phases),
        ways=tuple(_ways(slice_)),
        together=together,
        notes={phase.name: note for phase in slice_.phases if (note := _note(phase))},
    )


def _note(phase: PhasePlan) -> str:
    if phase.hold is None:
        return ""
    most = format_quantity(phase.hold.max_s, "time")
    return f"held while {_condition(phase.hold.while_)}, at most {most}"


def _ways(slice_: Slice) -> list[Way]:
    names = [phase.name for phase in slice_.phases]
    found: list[Way] = []
    for at, phase in enumerate(slice_.phases):
        following = names[at + 1] if at + 1 < len(names) else "completed"
        loops = [loop for loop in slice_.loops if loop.last == phase.name]
        if phase.together is not None and phase.together.peers:
            found += _at_the_door(phase, phase.together, following, is_last=at + 1 == len(names))
        for way in _endings(phase, following, is_last=at + 1 == len(names)):
            goes_on = loops and way.target == following and way.reason != "timeout"
            found.append(replace(way, label=f"{way.label}, last round") if goes_on else way)
        found += [_round(phase, loop) for loop in loops]
        found += _by_steps(_steps_of(phase), phase.name, "step", "")
        for rule in phase.rules:
            found += _by_steps(rule.steps, phase.name, "rule", f"rule {rule.item}: ")
    for rule in slice_.rules:
        found += _by_steps(rule.steps, None, "rule", f"rule {rule.item}: ")
    order = {name: at for at, name in enumerate(names)}
    unique = dict.fromkeys(found)
    return [replace(way, back=_leads_back(way, order)) for way in unique]


def _steps_of(phase: PhasePlan) -> list[StepPlan]:
    of_items = (step for item in phase.items for step in getattr(item, "steps", ()))
    return [*phase.on_enter, *phase.do, *of_items, *phase.on_leave]


def _round(phase: PhasePlan, loop: LoopPlan) -> Way:
    rounds = f"{loop.count} round{'' if loop.count == 1 else 's'}"
    label = f"again, {rounds} in all"
    if loop.until is not None:
        label = f"again until {phrase(loop.until)}, {rounds} at most"
    return Way(source=phase.name, target=loop.first, is_end=False, reason="loop", label=label)


def _at_the_door(
    phase: PhasePlan, barrier: Barrier, following: str, *, is_last: bool
) -> Iterator[Way]:
    """Yield where a vessel goes that has waited for the others in vain."""
    label = f"not all there after {format_quantity(barrier.after_s, 'time')}"
    ends = {"fail": ("failed", True), "pause": ("paused", True), "next": (following, is_last)}
    target, is_end = ends.get(barrier.then, (barrier.then, False))
    if barrier.then != "enter":
        yield Way(source=phase.name, target=target, is_end=is_end, reason="timeout", label=label)


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
