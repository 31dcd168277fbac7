"""Rules of one vessel."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.model.plan import RulePlan
from orchestrator.model.profile import JobUse, Rule
from orchestrator.planning.identity import Identities
from orchestrator.planning.place import place
from orchestrator.planning.scope import Scope
from orchestrator.planning.starts import plan_start
from orchestrator.planning.steps import plan_late, plan_steps


def plan_rules(
    scope: Scope, rules: tuple[Rule, ...], jobs: tuple[JobUse, ...]
) -> tuple[RulePlan, ...]:
    """Plan the rules that concern this vessel."""
    identities = Identities()
    planned = [_rule(scope, rule, jobs, identities) for rule in rules]
    return tuple(rule for rule in planned if rule is not None)


def _rule(
    scope: Scope, rule: Rule, jobs: tuple[JobUse, ...], identities: Identities
) -> RulePlan | None:
    steps = plan_steps(scope, rule.do, jobs) if scope.concerns(rule.vessels) else ()
    if not steps:
        return None
    planned = RulePlan(
        item="",
        starts=tuple(plan_start(scope, start) for start in rule.starts),
        steps=steps,
        source=place(rule.source),
        if_=scope.maybe(rule.condition),
        mode=rule.mode,
        max=rule.max,
        while_paused=rule.while_paused,
        late=None if rule.late is None else plan_late(scope, rule.late, rule.source),
    )
    return replace(planned, item=identities.of(scope, rule.name, planned, rule.source))
