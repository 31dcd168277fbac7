"""A slice made ready to run: conditions compiled, phases found by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.execution.state_entry import is_state, steps_of
from orchestrator.execution.watch import Test
from orchestrator.model.expression import Const, Expression, Value, fold
from orchestrator.model.key import RULE_VISIT, ActionKey
from orchestrator.model.plan import (
    Condition,
    ItemPlan,
    JobPlan,
    PhasePlan,
    RulePlan,
    Slice,
    StepPlan,
)

WHEN = "when"
"""Occurrence in the key of a rule's or a phase's own condition."""


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
class RuleProgram:
    """A rule, ready to run."""

    plan: RulePlan
    when: Held
    when_key: str


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
        self._held: dict[int, Held] = {}
        self._tests: dict[int, tuple[Expression, Test]] = {}
        base = {name: _job(job) for name, job in slice_.jobs.items()}
        following = [*(phase.name for phase in slice_.phases[1:]), None]
        self.phases = {
            phase.name: _phase(phase, after, base)
            for phase, after in zip(slice_.phases, following, strict=True)
        }
        self.rules = {rule.item: self._rule(rule) for rule in slice_.rules}

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
            found = Held(test=Test.of(condition.when), for_s=condition.for_s)
            self._held[id(condition)] = found
        return found

    def test(self, expression: Expression) -> Test:
        """Compile an expression of this slice, once."""
        found = self._tests.get(id(expression))
        if found is None:
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

    def acts_while_paused(self, key: ActionKey) -> bool:
        """Whether a rule that goes on during a pause began this."""
        rule = self.rules.get(key.item) if key.visit == RULE_VISIT else None
        return rule is not None and rule.plan.while_paused

    def _rule(self, rule: RulePlan) -> RuleProgram:
        return RuleProgram(
            plan=rule,
            when=self.held(rule.when),
            when_key=str(self.key(RULE_VISIT, rule.item, WHEN)),
        )


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
