"""A `do:` under way: how far each of its steps got, as the ledger tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.model.key import RULE_VISIT, ActionKey
from orchestrator.model.plan import StepPlan


@dataclass(slots=True, kw_only=True)
class StepRecord:
    """One step that began, or ended at once."""

    action: str
    args: Mapping[str, Any]
    due_s: float
    """Elapsed seconds at which it was due."""
    began_s: float
    """Elapsed seconds."""
    deadline_s: float | None = None
    """Elapsed seconds at which a wait is over, or patience."""
    late_s: float = 0.0
    """More than the grace, or 0."""
    ended: bool = False
    next_due_s: float = 0.0
    """Elapsed seconds at which what follows is due."""
    iteration: int = 0
    """Of a repeat: the newest one that began."""
    checked: dict[int, bool] = field(default_factory=dict)
    """Of a repeat: the recorded answers of its condition, the newest only."""
    accounted: bool = False
    """Of a sample: its volume was taken off the account."""


@dataclass(slots=True, kw_only=True)
class Procedure:
    """An occurrence of an item, or a firing of a rule, that began and has not ended."""

    key: ActionKey
    text: str
    """`str(key)`."""
    nominal_s: float
    """Process seconds."""
    due_s: float
    """Elapsed seconds at which its first step is due."""
    late_s: float = 0.0
    queued: bool = False
    asked: bool = False
    """It waits for a person's leave, since it is late."""
    records: dict[str, StepRecord] = field(default_factory=dict)
    """By path."""
    answers: dict[str, tuple[Any, str]] = field(default_factory=dict)
    """path → answer, by."""
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Beginning of the paths that know it → name → the answer kept under it."""
    stopped: str = ""
    """Why the rest is not to be done."""
    finishes: bool = False
    """What is being carried out is not cut short by that."""
    held: dict[int, tuple[Any, Any]] = field(default_factory=dict, compare=False, repr=False)
    """Conditions with what their variables stand for, by identity; nothing to be remembered."""
    trigger: Mapping[str, Any] | None = None
    """What started it, where a rule did."""
    steps: tuple[StepPlan, ...] | None = None
    """With that put in, once they were asked for."""

    @property
    def of_rule(self) -> bool:
        """Whether a rule began it."""
        return self.key.visit == RULE_VISIT

    @property
    def of_leaving(self) -> bool:
        """Whether it is what the phase does before it is left."""
        return self.key.item == "on_leave"

    def is_like(self, other: Procedure) -> bool:
        """Whether both are of one item of one visit, or of one rule."""
        return self.key.item == other.key.item and self.key.visit == other.key.visit

    def note_iteration(self, path: str) -> None:
        """Keep in mind which iteration a step belongs to, and forget those before."""
        start = path.find("[")
        while start >= 0:
            end = path.index("]", start)
            outer, number = path[:start], int(path[start + 1 : end])
            record = self.records.get(outer)
            if record is not None and number > record.iteration:
                record.iteration = number
                self._forget(f"{outer}[", f"{outer}[{number}]")
            start = path.find("[", end)

    def _forget(self, among: str, but: str) -> None:
        for kept in (self.records, self.variables, self.answers):
            for path in [p for p in kept if p.startswith(among) and not p.startswith(but)]:
                del kept[path]
