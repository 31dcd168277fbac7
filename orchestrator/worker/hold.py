"""Jobs that a person stopped: a fold of overrides of `<job>.held`, and of emergency stops.

A hold lasts until it expires or is released. After an emergency stop nothing runs until the vessel is
resumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Any

from orchestrator.execution.decision import Wanted
from orchestrator.model.ledger import Entry, Kind

HELD = ".held"
EMERGENCY = "emergency"


@dataclass(slots=True)
class Holds:
    """What is held now, and until when (process seconds)."""

    until_s: dict[str, float] = field(default_factory=dict)
    emergency: bool = False

    def apply(self, entry: Entry) -> None:
        """Fold one entry in."""
        setting = str(entry.data.get("setting", ""))
        if entry.kind is Kind.OVERRIDDEN and setting.endswith(HELD):
            until_s = entry.data.get("until_s")
            self.until_s[setting.removesuffix(HELD)] = inf if until_s is None else float(until_s)
        elif entry.kind is Kind.RELEASED and setting.endswith(HELD):
            self.until_s.pop(setting.removesuffix(HELD), None)
        elif entry.kind is Kind.PAUSED and entry.data.get(EMERGENCY):
            self.emergency = True
        elif entry.kind in (Kind.RESUMED, Kind.RUN_ENDED):
            self.emergency = False

    def allowed(self, wanted: Wanted, now_s: float) -> Wanted:
        """The jobs that may run of those that are wanted; the same mapping if nothing is held."""
        if self.emergency:
            return NOTHING
        if not self.until_s:
            return wanted
        for job in [job for job, until_s in self.until_s.items() if until_s <= now_s]:
            del self.until_s[job]
        return {job: each for job, each in wanted.items() if job not in self.until_s}

    @property
    def next_s(self) -> float:
        """When a hold expires next."""
        return min(self.until_s.values(), default=inf) if self.until_s else inf


NOTHING: dict[str, Any] = {}
