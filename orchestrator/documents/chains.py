"""Rules that set each other off by what they do, not by what they set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from orchestrator.documents.homes import HomedRule, homed_rules, may_go_round, share_a_vessel
from orchestrator.model.event import RUNNING, STOPPED
from orchestrator.model.profile import (
    AskStep,
    EventStart,
    GoToStep,
    Profile,
    Rule,
    SampleStep,
    StartStep,
    Step,
    StopStep,
    VolumeStep,
)

Effect: TypeAlias = tuple[str, str, str]
"""event, name, state"""
_WASTE: Final = "waste"
_AT_ONCE: Final = frozenset({"phase_entered", "job"})
"""Come about after the step that causes them has ended."""
LENGTH_MAX: Final = 3
LOOKED_MAX: Final = 2000


def chains(profile: Profile) -> Iterator[list[int]]:
    """Yield circles of rules, by place among all, in which each certainly starts the next one."""
    rules = homed_rules(profile)
    after = {
        number: [other for other in range(len(rules)) if _sets_off(rules, number, other)]
        for number in range(len(rules))
    }
    waiting = [[number] for number in reversed(range(len(rules)))]
    looked = 0
    while waiting and looked < LOOKED_MAX:
        looked += 1
        path = waiting.pop()
        for other in after[path[-1]]:
            if other == path[0]:
                if may_go_round(rules[number] for number in path):
                    yield path
            elif other > path[0] and other not in path and len(path) < LENGTH_MAX:
                waiting.append([*path, other])


def _sets_off(rules: list[HomedRule], number: int, other: int) -> bool:
    """Tell whether what one rule does certainly starts another, which nothing else decides on."""
    if not share_a_vessel(rules[number], rules[other]):
        return False
    one, next_ = rules[number].rule, rules[other].rule
    if next_.condition is not None:
        return False
    waits = [each for each in next_.starts if isinstance(each, EventStart) and each.for_s is None]
    for place, step in enumerate(one.do):
        if step.condition is not None or step.vessels is not None:
            continue
        for effect in _effects(step):
            heard = any(_hears(start, effect) for start in waits)
            if heard and (number != other or _outlives(one, effect, place)):
                return True
    return False


def _outlives(rule: Rule, effect: Effect, place: int) -> bool:
    """Tell whether a rule hears of what it did itself: in mode single only once it has ended."""
    return rule.mode != "single" or (effect[0] in _AT_ONCE and place == len(rule.do) - 1)


def _effects(step: Step) -> Iterator[Effect]:
    match step.args:
        case VolumeStep(medium=medium):
            yield "dose", medium, "done"
            if step.op == "dilute":
                yield "dose", _WASTE, "done"
        case GoToStep(phase=phase):
            yield "phase_entered", phase, ""
        case StopStep(job=job):
            yield "job", job, STOPPED
        case StartStep(job=use):
            yield "job", use.job, RUNNING
        case AskStep() | SampleStep() if step.name is not None:
            yield "answer", step.name, ""


def _hears(start: EventStart, effect: Effect) -> bool:
    event, name, state = effect
    if start.event != event or start.name not in ("", name) or start.state not in ("", state):
        return False
    return not (event == "dose" and not start.name and name == _WASTE)
