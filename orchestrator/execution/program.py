"""A slice made ready to run: conditions compiled, phases found by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestrator.execution.bindings import name_of
from orchestrator.execution.procedure import Procedure
from orchestrator.execution.route import Route
from orchestrator.execution.state_entry import is_state, steps_of
from orchestrator.execution.triggers import constants_of, put_in, uses_trigger
from orchestrator.execution.watch import Test
from orchestrator.model.expression import (
    Const,
    Expression,
    Value,
    Variable,
    fold,
    nodes_of,
    signals_of,
)
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

WHEN: Final = "when"
"""Occurrence in the key of a phase's own condition."""
COMPILED_MAX: Final = 2000
"""Expressions of a slice that are kept compiled."""
OWN_STEPS: Final[Mapping[str, Callable[[PhasePlan], tuple[StepPlan, ...]]]] = {
    "on_enter": lambda phase: phase.on_enter,
    "do": lambda phase: phase.do,
    "on_leave": lambda phase: phase.on_leave,
}
"""What a phase does by itself, by the item that its keys name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A compiled condition with how long it has to hold."""

    test: Test
    for_s: float
    variables: tuple[str, ...] = ()
    """Names of the procedure's variables that it asks for."""

    @classmethod
    def of(cls, condition: Condition) -> Held:
        """Compile a condition."""
        leaves = (node for node in nodes_of(condition.when) if isinstance(node, Variable))
        names = (name_of(leaf.key) for leaf in leaves)
        return cls(
            test=Test.of(condition.when),
            for_s=condition.for_s,
            variables=tuple(sorted({name for name in names if name is not None})),
        )


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
    items: Mapping[str, ItemPlan]
    jobs: Mapping[str, JobProgram]
    """As wanted during this phase, the profile's own included."""
    do_is_state: bool
    on_enter_is_state: bool
    hold: Held | None
    rules: Mapping[str, RuleProgram]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenProgram:
    """A condition that starts a rule."""

    name: str
    held: Held
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
    id: str
    """Its item, with its phase before it where it belongs to one."""
    phase: str | None
    whens: tuple[WhenProgram, ...]
    times: tuple[tuple[str, TimeStart], ...]
    recomputed: bool
    """It only says what is wanted, and may do so at any later time."""
    uses_trigger: bool
    reads: tuple[str, ...]
    """What its conditions go by, for the trace."""


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
        self._when_keys: dict[tuple[str, str, str], str] = {}
        self.jobs = {name: _job(job) for name, job in slice_.jobs.items()}
        self.route = Route(slice_)
        self.phases = {phase.name: self._phase(phase) for phase in slice_.phases}
        self.general = tuple(self._rule(rule) for rule in slice_.rules)
        """The profile's rules, which live in every phase."""
        of_phases = [rule for phase in self.phases.values() for rule in phase.rules.values()]
        self.rules = {rule.id: rule for rule in (*self.general, *of_phases)}
        self.listeners = _listeners(self.rules.values())
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

    def when_key(self, visit: str, item: str, start: str = WHEN) -> str:
        """Name the condition of a phase, or one that starts a rule."""
        place = (visit, item, start)
        found = self._when_keys.get(place)
        if found is None:
            _make_room(self._when_keys)
            found = self._when_keys[place] = str(self.key(visit, item, start))
        return found

    def held(self, condition: Condition) -> Held:
        """Compile a condition of this slice, once."""
        found = self._held.get(id(condition))
        if found is None:
            _make_room(self._held)
            found = self._held[id(condition)] = (condition, Held.of(condition))
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
        if key.item in OWN_STEPS:
            return OWN_STEPS[key.item](phase.plan)
        item = phase.items.get(key.item)
        if item is None:
            rule = phase.rules.get(key.item)
            return () if rule is None else rule.plan.steps
        return steps_of(item)

    def rule_of(self, key: ActionKey) -> RuleProgram | None:
        """Find the rule that something belongs to, the profile's or a phase's."""
        return self.rules.get(rule_id(key))

    def steps_for(self, procedure: Procedure) -> tuple[StepPlan, ...]:
        """Find what a procedure does, with what started it put in.

        One that was stopped goes by the steps that it began with, if they were kept.
        """
        if procedure.stopped and procedure.steps is not None:
            return procedure.steps
        steps = self.steps_of(procedure.key)
        rule = None if procedure.trigger is None else self.rule_of(procedure.key)
        if rule is None or procedure.trigger is None or not rule.uses_trigger:
            return steps
        if procedure.steps is None:
            procedure.steps = put_in(steps, constants_of(procedure.trigger))
        return procedure.steps

    def acts_while_paused(self, key: ActionKey) -> bool:
        """Whether a rule that goes on during a pause began this."""
        rule = self.rule_of(key)
        return rule is not None and rule.plan.while_paused

    def _rule(self, rule: RulePlan, phase: str | None = None) -> RuleProgram:
        named = named_starts(rule)
        return RuleProgram(
            plan=rule,
            id=rule.item if phase is None else f"{phase}/{rule.item}",
            phase=phase,
            whens=tuple(
                WhenProgram(name=name, held=self.held(start.when), again_s=start.again_s)
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
            reads=_reads(rule),
        )

    def _phase(self, phase: PhasePlan) -> PhaseProgram:
        rules = [self._rule(rule, phase.name) for rule in phase.rules]
        return PhaseProgram(
            plan=phase,
            items={item.item: item for item in phase.items},
            jobs={**self.jobs, **{name: _job(job) for name, job in phase.jobs.items()}},
            do_is_state=is_state(phase.do),
            on_enter_is_state=is_state(phase.on_enter),
            hold=None if phase.hold is None else self.held(phase.hold.while_),
            rules={rule.plan.item: rule for rule in rules},
        )


def rule_id(key: ActionKey) -> str:
    """The id of the rule that a key would belong to: `dense`, or `grow/dense` of a phase."""
    if key.visit == RULE_VISIT:
        return key.item
    return f"{key.visit.rpartition('#')[0]}/{key.item}"


def named_starts(rule: RulePlan) -> Mapping[str, Start]:
    """A rule's starts by the names that the ledger calls them by."""
    found: dict[str, Start] = {}
    for start in rule.starts:
        kind = start.event if isinstance(start, EventStart) else start.kind
        number = sum(name.partition(".")[0] == kind for name in found)
        found[f"{kind}.{number}" if number else kind] = start
    return found


def _reads(rule: RulePlan) -> tuple[str, ...]:
    asked = [start.when.when for start in rule.starts if isinstance(start, WhenStart)]
    asked += [] if rule.if_ is None else [rule.if_]
    return tuple(sorted({name for each in asked for name in signals_of(each)}))


def _listeners(rules: Iterable[RuleProgram]) -> Mapping[str, tuple[Listener, ...]]:
    found: dict[str, tuple[Listener, ...]] = {}
    for rule in rules:
        for name, start in named_starts(rule.plan).items():
            if isinstance(start, EventStart):
                listener = Listener(rule=rule.id, name=name, start=start)
                found[start.event] = (*found.get(start.event, ()), listener)
    return found


def _make_room(compiled: dict[Any, Any]) -> None:
    """Steps into which a trigger was put come and go."""
    if len(compiled) >= COMPILED_MAX:
        compiled.clear()


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
