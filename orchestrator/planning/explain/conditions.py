"""Conditions by the keys under which a ledger tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.execution.phrase import phrase
from orchestrator.execution.program import WHEN, named_starts, rule_id
from orchestrator.model.key import ActionKey
from orchestrator.model.plan import Condition, PhasePlan, RulePlan, Slice, WhenStart


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A condition of a plan."""

    condition: Condition
    of: str
    """What asks for it: `rule overgrown`, `until of batch`."""
    rule: str = ""
    start: str = ""

    @property
    def words(self) -> str:
        """The condition as its author wrote it."""
        return phrase(self.condition.when)


class Conditions:
    """All that a slice asks again and again, by what the ledger calls it."""

    def __init__(self, slice_: Slice) -> None:
        self.rules: Mapping[str, RulePlan] = dict(_rules(slice_))
        """By id: `dense`, or `grow/dense` of a phase."""
        self._phases = {phase.name: phase for phase in slice_.phases}

    def find(self, key: ActionKey) -> Asked | None:
        """The condition that an entry is about; None for one within a procedure."""
        rule = self.rule_of(key)
        if rule is not None and not key.path:
            start = named_starts(self.rules[rule]).get(key.occurrence)
            if isinstance(start, WhenStart):
                return Asked(
                    condition=start.when, of=f"rule {rule}", rule=rule, start=key.occurrence
                )
            return None
        phase = self._phases.get(key.visit.rpartition("#")[0])
        return None if phase is None or key.occurrence != WHEN else _of_phase(phase, key.item)

    def rule_of(self, key: ActionKey) -> str | None:
        """The id of the rule that an entry belongs to."""
        found = rule_id(key)
        return found if found in self.rules else None


def _of_phase(phase: PhasePlan, item: str) -> Asked | None:
    if item == "until" and phase.until is not None:
        return Asked(condition=phase.until, of=f"until of {phase.name}")
    if item == "hold_while" and phase.hold is not None:
        return Asked(condition=phase.hold.while_, of=f"hold_while of {phase.name}")
    return None


def _rules(slice_: Slice) -> Iterator[tuple[str, RulePlan]]:
    for rule in slice_.rules:
        yield rule.item, rule
    for phase in slice_.phases:
        for rule in phase.rules:
            yield f"{phase.name}/{rule.item}", rule


def home_of(rule: str) -> str | None:
    """The phase in which a rule lives; None for one that lives in all."""
    phase, slash, _ = rule.partition("/")
    return phase if slash else None
