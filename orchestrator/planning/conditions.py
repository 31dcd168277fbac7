"""Conditions with the inputs put in."""

from __future__ import annotations

from orchestrator.execution.phrase import phrase
from orchestrator.model.expression import without_value
from orchestrator.model.plan import Condition
from orchestrator.model.profile import Source, When
from orchestrator.planning.scope import Scope


def plan_condition(scope: Scope, when: When, source: Source) -> Condition:
    """Plan a condition, and for how long it has to hold."""
    for_s = 0.0 if when.for_s is None else scope.number(when.for_s, source, "for")
    folded = scope.fold(when.when)
    found = without_value(folded)
    if found is not None:
        message = f"{phrase(found[0])} has no value ({found[1]}), so this could never be told"
        scope.complain(source, "no-value", message)
    return Condition(when=folded, for_s=for_s)
