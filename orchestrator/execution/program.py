"""A slice made ready to run: conditions compiled, phases found by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.execution.procedure import Procedure
from orchestrator.execution.state_entry import is_state, steps_of
from orchestrator.execution.triggers import constants_of, put_in, uses_trigger
from orchestrator.execution.watch import Test
from orchestrator.model.expression import Const, Expression, Value, fold
from orchestrator.model.key import RULE_VISIT, ActionKey
from orchestrator.model.plan import (
    Condition,
    EventStart,
    ItemPlan,
    JobPlan,
    PhasePlan,
    RulePlan,
    Slice,
    Start,
    StepPlan,
    TimeStart,
    WhenStart,
)

WHEN = "when"
"""Occurrence in the key of a phase's own condition."""
COMPILED_MAX: Final = 2000
"""Expressions of a slice that are kept compiled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A compiled condition with how long it has to hold."""

    test: Test
    for_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgram:
    """A job's settings: those that are known, and those that follow signals."""

    automation: str | None
    known: Mapping[str, Value]
    followed: Mapping[str, Test]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseProgram:
    """A phase, ready to run."""

    plan: PhasePlan
    following: str | None
    """The phase that comes after it; None for the last."""
    items: Mapping[str, ItemPlan]
    jobs: Mapping[str, JobProgram]
    """As wanted during this phase, the profile's own included."""
    do_is_state: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenProgram:
    """A condition that starts a rule."""

    name: str
    held: Held
    key: str
    again_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A rule that something that happens may start."""

    rule: str
    name: str
    """Of the start."""
    start: EventStart


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProgram:
    """A rule, ready to run. Its starts are called by their kind, and a number from the second on:
    `when`, `when.1`, `button`."""

    plan: RulePlan
    whens: tuple[WhenProgram, ...]
    times: tuple[tuple[str, TimeStart], ...]
    recomputed: bool
    """It only says what is wanted, and may do so at any later time."""
    uses_trigger: bool


class Program:
    """What one vessel is to do, for as long as its revision stands. Immutable."""

    def __init__(
        self,
        slice_: Slice,
        attempt: str,
        experiment: str,
        revision: int = 1,
        timezone: str = "UTC",
        plan_hash: str = "",
    ) -> None:
        self.slice = slice_
        self.vessel = slice_.vessel
        self.attempt = attempt
        self.experiment = experiment
        self.revision = revision
        self.timezone = timezone
        self.plan_hash = plan_hash
        self._held: dict[int, tuple[Condition, Held]] = {}
        self._tests: dict[int, tuple[Expression, Test]] = {}
        base = {name: _job(job) for name, job in slice_.jobs.items()}
        following = [*(phase.name for phase in slice_.phases[1:]), None]
        self.phases = {
            phase.name: _phase(phase, after, base)
            for phase, after in zip(slice_.phases, following, strict=True)
        }
        self.rules = {rule.item: self._rule(rule) for rule in slice_.rules}
        self.listeners = _listeners(slice_.rules)
        """What has to happen → the rules that it starts."""

    @property
    def first_phase(self) -> str:
        """Where a run begins."""
        return self.slice.phases[0].name

    def key(self, visit: str, item: str, occurrence: str) -> ActionKey:
        """Name an occurrence of this vessel."""
        return ActionKey(
            attempt=self.attempt,
            vessel=self.vessel,
            visit=visit,
            item=item,
            occurrence=occurrence,
        )

    def held(self, condition: Condition) -> Held:
        """Compile a condition of this slice, once."""
        found = self._held.get(id(condition))
        if found is None:
            _make_room(self._held)
            held = Held(test=Test.of(condition.when), for_s=condition.for_s)
            found = self._held[id(condition)] = (condition, held)
        return found[1]

    def test(self, expression: Expression) -> Test:
        """Compile an expression of this slice, once."""
        found = self._tests.get(id(expression))
        if found is None:
            _make_room(self._tests)
            found = self._tests[id(expression)] = (expression, Test.of(expression))
        return found[1]

    def steps_of(self, key: ActionKey) -> tuple[StepPlan, ...]:
        """Find what an occurrence does."""
        if key.visit == RULE_VISIT:
            rule = self.rules.get(key.item)
            return rule.plan.steps if rule is not None else ()
        phase = self.phases.get(key.visit.rpartition("#")[0])
        if phase is None:
            return ()
        if key.item == "do":
            return phase.plan.do
        item = phase.items.get(key.item)
        return steps_of(item) if item is not None else ()

    def steps_for(self, procedure: Procedure) -> tuple[StepPlan, ...]:
        """Find what a procedure does, with what started it put in."""
        steps = self.steps_of(procedure.key)
        if procedure.trigger is None or not self.rules[procedure.key.item].uses_trigger:
            return steps
        if procedure.steps is None:
            procedure.steps = put_in(steps, constants_of(procedure.trigger))
        return procedure.steps

    def acts_while_paused(self, key: ActionKey) -> bool:
        """Whether a rule that goes on during a pause began this."""
        rule = self.rules.get(key.item) if key.visit == RULE_VISIT else None
        return rule is not None and rule.plan.while_paused

    def _rule(self, rule: RulePlan) -> RuleProgram:
        named = named_starts(rule)
        return RuleProgram(
            plan=rule,
            whens=tuple(
                WhenProgram(
                    name=name,
                    held=self.held(start.when),
                    key=str(self.key(RULE_VISIT, rule.item, name)),
                    again_s=start.again_s,
                )
                for name, start in named.items()
                if isinstance(start, WhenStart)
            ),
            times=tuple(
                (name, start)
                for name, start in named.items()
                if not isinstance(start, WhenStart | EventStart)
            ),
            recomputed=rule.if_ is None and is_state(rule.steps),
            uses_trigger=uses_trigger((rule.if_, rule.steps)),
        )


def named_starts(rule: RulePlan) -> Mapping[str, Start]:
    """A rule's starts by the names that the ledger calls them by."""
    found: dict[str, Start] = {}
    for start in rule.starts:
        kind = start.event if isinstance(start, EventStart) else start.kind
        number = sum(name.partition(".")[0] == kind for name in found)
        found[f"{kind}.{number}" if number else kind] = start
    return found


def _listeners(rules: tuple[RulePlan, ...]) -> Mapping[str, tuple[Listener, ...]]:
    found: dict[str, tuple[Listener, ...]] = {}
    for rule in rules:
        for name, start in named_starts(rule).items():
            if isinstance(start, EventStart):
                listener = Listener(rule=rule.item, name=name, start=start)
                found[start.event] = (*found.get(start.event, ()), listener)
    return found


def _make_room(compiled: dict[int, Any]) -> None:
    """Steps into which a trigger was put come and go."""
    if len(compiled) >= COMPILED_MAX:
        compiled.clear()


def _phase(phase: PhasePlan, following: str | None, base: Mapping[str, JobProgram]) -> PhaseProgram:
    return PhaseProgram(
        plan=phase,
        following=following,
        items={item.item: item for item in phase.items},
        jobs={**base, **{name: _job(job) for name, job in phase.jobs.items()}},
        do_is_state=is_state(phase.do),
    )


def _job(job: JobPlan) -> JobProgram:
    known: dict[str, Value] = {}
    followed: dict[str, Test] = {}
    for name, expression in job.settings.items():
        folded = fold(expression)
        if isinstance(folded, Const):
            known[name] = folded.value
        else:
            followed[name] = Test.of(folded)
    return JobProgram(automation=job.automation, known=known, followed=followed)
