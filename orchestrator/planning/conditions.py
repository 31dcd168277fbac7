"""Conditions with the inputs put in."""

from __future__ import annotations

from orchestrator.model.plan import Condition
from orchestrator.model.profile import Source, When
from orchestrator.planning.scope import Scope


def plan_condition(scope: Scope, when: When, source: Source) -> Condition:
    """Plan a condition, and for how long it has to hold."""
    for_s = 0.0 if when.for_s is None else scope.number(when.for_s, source, "for")
    return Condition(when=scope.fold(when.when), for_s=for_s)
