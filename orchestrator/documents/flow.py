"""How phases follow each other, as far as that can be told before anything runs."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.model.expression import Const
from orchestrator.model.profile import (
    AnyScheduleItem,
    CallStep,
    ChooseStep,
    Cron,
    Every,
    GoToStep,
    IfStep,
    Move,
    Operation,
    ParallelStep,
    Phase,
    Profile,
    Ramp,
    RepeatStep,
    Rule,
    Step,
    TableShape,
)

ENDINGS: frozenset[Operation] = frozenset({"finish", "fail"})
MOVES: frozenset[Operation] = frozenset({"go_to", "finish", "fail"})
"""What no step of the same phase comes after."""


def all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield steps and the steps within them."""
    for step in steps:
        yield step
        for inner in steps_within(step):
            yield from all_steps(inner)


def steps_within(step: Step) -> tuple[tuple[Step, ...], ...]:
    """List the lists of steps that a step holds."""
    match step.args:
        case IfStep(then=then, otherwise=otherwise):
            return then, otherwise
        case ChooseStep(choices=choices, otherwise=otherwise):
            return (*(each.then for each in choices), otherwise)
        case RepeatStep(do=do):
            return (do,)
        case ParallelStep(branches=branches):
            return branches
        case CallStep(do=do):
            return (do,)
        case _:
            return ()


def steps_of(item: AnyScheduleItem) -> tuple[Step, ...]:
    """List what a schedule item does; a ramp or a shape has no steps."""
    return () if isinstance(item, Ramp | Move) else item.do


def lists_of(phase: Phase) -> Iterator[tuple[Step, ...]]:
    """Yield the lists of steps that a phase holds: its own, its schedule's and its rules'."""
    yield from (phase.on_enter, phase.do, phase.on_leave)
    for item in phase.schedule:
        yield steps_of(item)
    for rule in phase.rules:
        yield rule.do


def steps_of_phase(phase: Phase) -> Iterator[Step]:
    """Yield everything that a phase may do, steps within steps included."""
    for steps in lists_of(phase):
        yield from all_steps(steps)


def steps_of_profile(profile: Profile) -> Iterator[Step]:
    """Yield those of its phases, rules and sequences."""
    for phase in profile.phases:
        yield from steps_of_phase(phase)
    for rule in profile.rules:
        yield from all_steps(rule.do)
    for sequence in profile.sequences.values():
        yield from all_steps(sequence.do)


def all_rules(profile: Profile) -> Iterator[Rule]:
    """Yield the profile's rules and those of its phases."""
    yield from profile.rules
    for phase in profile.phases:
        yield from phase.rules


def surely(step: Step, operations: frozenset[Operation]) -> bool:
    """Tell whether a step is, on every vessel and under all conditions, one of these."""
    if step.condition is not None or step.vessels is not None:
        return False
    if isinstance(step.args, RepeatStep):
        runs = isinstance(step.args.count, Const) or step.args.loop in ("until", "for_each")
        return runs and any(surely(each, operations) for each in step.args.do)
    if isinstance(step.args, CallStep):
        return any(surely(each, operations) for each in step.args.do)
    if isinstance(step.args, ParallelStep):
        return any(surely(each, operations) for steps in step.args.branches for each in steps)
    return step.op in operations


def move_of(phase: Phase) -> Step | None:
    """Find the step that always ends a phase, so that it never just goes on to the next.

    A phase with `until` or `duration` may end before that step comes.
    """
    if phase.until is not None or phase.duration_s is not None:
        return None
    if phase.vessels is not None:
        return None
    lists = [phase.on_enter, phase.do]
    lists += [steps_of(item) for item in phase.schedule if item.vessels is None]
    return next((step for steps in lists for step in steps if surely(step, MOVES)), None)


def goes_to(steps: Iterator[Step]) -> set[str]:
    """List the phases that steps may enter."""
    return {step.args.phase for step in steps if isinstance(step.args, GoToStep)}


def reachable(profile: Profile) -> set[int]:
    """List the phases, by index, that some vessel may come to."""
    index = places_of(profile)
    entered = {step for rule in profile.rules for step in goes_to(all_steps(rule.do))}
    waiting = [0, *(index[name] for name in entered if name in index)]
    found: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number not in found and number < len(profile.phases):
            found.add(number)
            waiting += after(profile, number, index)
    return found


def places_of(profile: Profile) -> dict[str, int]:
    """Give the places of phases by name."""
    return {phase.name: number for number, phase in reversed([*enumerate(profile.phases)])}


def after(profile: Profile, number: int, index: dict[str, int]) -> set[int]:
    """List the places that a phase may lead to; the one behind the last phase is the end."""
    phase = profile.phases[number]
    names = goes_to(steps_of_phase(phase))
    timeouts = [phase.timeout, None if phase.together is None else phase.together.timeout]
    names |= {timeout.then for timeout in timeouts if timeout is not None}
    found = {index[name] for name in names if name in index}
    if move_of(phase) is None or "next" in names:
        found.add(number + 1)
        found |= {loop.first for loop in profile.loops if loop.last == number}
    return found


def is_endless(item: AnyScheduleItem) -> bool:
    """Tell whether an item goes on for ever."""
    if isinstance(item, Every):
        return item.count is None and item.until_s is None
    if isinstance(item, Move):
        shape = item.shape
        return not isinstance(shape, TableShape) or shape.repeat or shape.by_day
    return isinstance(item, Cron)
