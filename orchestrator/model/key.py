"""The name under which an action stands in the ledger, once and for ever."""

from __future__ import annotations

from dataclasses import dataclass, replace

RULE_VISIT = "*"
"""Stands for the phase visit of what belongs to no phase: rules, hands, automations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionKey:
    """SEMANTICS rule 2: (attempt, vessel, visit, item, occurrence, step path).

    The revision is recorded beside the key, never in it, so that an unchanged item keeps its
    history over an `apply`.
    """

    attempt: str
    """`<experiment>.<attempt number>`, or `rehearsal`."""
    vessel: str
    visit: str
    """`<phase>#<visit number>`, or `*`."""
    item: str
    """The item's name, or the hash of its content; `do`, `until` and the like for the phase's own."""
    occurrence: str
    """`at`/`every`: nominal phase seconds; cron: UTC, `2025-01-06T08:00:00Z`; rules: a counter."""
    path: str = ""
    """Step path with iteration numbers, `2.then.0` or `1[3].0`; empty for the item itself."""

    def __str__(self) -> str:
        """The `action_id` of files, messages and tables."""
        head = f"{self.attempt}:{self.vessel}:{self.visit}:{self.item}@{self.occurrence}"
        return f"{head}:{self.path}" if self.path else head

    def step(self, path: str) -> ActionKey:
        """The key of a step below this one."""
        return replace(self, path=f"{self.path}.{path}" if self.path else path)
