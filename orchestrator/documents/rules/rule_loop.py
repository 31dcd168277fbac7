"""Rules that set each other off, or themselves, for ever.

A rule fires when its condition becomes true. If what it sets makes the condition of another rule
true, that one fires; if that in turn makes the first one's condition true again, the two throw the
setting back and forth, from the first firing to the end of the experiment. The same happens to a
single rule that undoes in its last step what made its condition false.

It also happens where a rule starts on what another one does: on a dose that was given, a phase that
was entered, a job that was stopped, a question that was answered.

The rules of a phase live while it lasts, and are held against each other and against the profile's.
A rule that leaves their phase, or ends the vessel's part, ends the circle.

Leave a gap between the two conditions, so that what one rule sets does not wake the other, or give
one of them an `if:` that a measurement decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.documents.chains import chains
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.homes import HomedRule, homed_rules, may_go_round, share_a_vessel
from orchestrator.documents.reach import defaults_of
from orchestrator.model.expression import (
    And,
    Const,
    Expression,
    Value,
    evaluate,
    fold,
    signals_of,
)
from orchestrator.model.lazy_dataclass import dataclass
from orchestrator.model.profile import GoToStep, Profile, Rule, SetStep, WhenStart

CIRCLE_LENGTH_MAX: Final = 3
CIRCLES_MAX: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reaction:
    """A rule, as far as it reacts to settings and sets them."""

    index: int
    condition: Expression
    reads: frozenset[str]
    changes: tuple[dict[str, Value], ...]
    """What it certainly sets, step by step; `phase` is what it goes to."""
    home: HomedRule


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of each circle of rules once, at the rule in it that comes first."""
    if draft.profile is None:
        return
    rules = homed_rules(draft.profile)
    for circle in _circles(_reactions(draft.profile, rules)):
        if may_go_round(rules[each.index] for each in circle) and _goes_round(circle):
            yield _warning(draft, [rules[each.index].rule for each in circle])
    for chain in chains(draft.profile):
        yield _warning(draft, [rules[number].rule for number in chain])


def _warning(draft: Draft, circle: list[Rule]) -> Diagnostic:
    first = circle[0]
    conditions = [each for each in first.starts if isinstance(each, WhenStart)]
    span = draft.span_of((conditions or first.starts)[0].source)
    names = " → ".join(_name(each) for each in (*circle, first))
    what = "this rule sets itself off again" if len(circle) == 1 else "these rules set"
    what += "" if len(circle) == 1 else " each other off"
    return draft.warning(span, "rule-loop", f"{what}, for ever: {names}")


def _name(rule: Rule) -> str:
    return rule.name or f"the rule in line {rule.source.line}"


def _reactions(profile: Profile, rules: list[HomedRule]) -> list[_Reaction]:
    inputs = defaults_of(profile)
    found = (
        _reaction(index, home, start, inputs)
        for index, home in enumerate(rules)
        for start in home.rule.starts
        if isinstance(start, WhenStart)
    )
    return [each for each in found if each.changes and each.reads]


def _reaction(index: int, home: HomedRule, start: WhenStart, inputs: dict[str, Value]) -> _Reaction:
    rule = home.rule
    asked = [start.when.when, *([] if rule.condition is None else [rule.condition])]
    condition = fold(And(tuple(asked)), inputs)
    return _Reaction(
        index=index,
        condition=condition,
        reads=signals_of(condition),
        changes=tuple(_changes(rule, inputs)),
        home=home,
    )


def _changes(rule: Rule, inputs: dict[str, Value]) -> Iterator[dict[str, Value]]:
    for step in rule.do:
        if step.condition is not None or step.vessels is not None:
            continue
        if isinstance(step.args, GoToStep):
            yield {"phase": step.args.phase}
        if isinstance(step.args, SetStep):
            folded = {name: fold(value, inputs) for name, value in step.args.settings.items()}
            yield {
                name: value.value if isinstance(value, Const) else None
                for name, value in folded.items()
            }


def _circles(reactions: list[_Reaction]) -> Iterator[list[_Reaction]]:
    """Yield circles in which each rule changes what the next one reads."""
    after = {
        each.index: [
            other
            for other in reactions
            if _touches(each, other) and share_a_vessel(each.home, other.home)
        ]
        for each in reactions
    }
    waiting = [[each] for each in reversed(reactions)]
    looked = 0
    while waiting and looked < CIRCLES_MAX:
        looked += 1
        path = waiting.pop()
        for other in after[path[-1].index]:
            if other is path[0]:
                yield path
            elif other not in path and other.index > path[0].index:
                waiting += [[*path, other]] if len(path) < CIRCLE_LENGTH_MAX else []


def _touches(one: _Reaction, other: _Reaction) -> bool:
    return any(not other.reads.isdisjoint(change) for change in one.changes)


def _goes_round(circle: list[_Reaction]) -> bool:
    """Let the rules fire one after the other, twice: is each woken by what came before?

    To be woken, a condition that was certainly false has to become certainly true.
    """
    values: dict[str, Value] = {}
    was_false: dict[int, bool] = {}
    woken: set[int] = set()
    for each in (*circle, *circle, *circle):
        for change in each.changes:
            values |= change
            for other in circle:
                holds = evaluate(other.condition, values.get)
                if holds is True and was_false.get(other.index):
                    woken.add(other.index)
                was_false[other.index] = holds is False or (
                    was_false.get(other.index, False) and holds is not True
                )
    return len(woken) == len(circle)
