"""Whether a vessel stands still after an emergency stop: a fold of ledger entries.

Nothing runs until a person releases it, whatever the plan, a rule or a peer wants, also after a
restart. A release starts nothing: the vessel stays paused until somebody resumes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orchestrator.execution.decision import Wanted
from orchestrator.model.ledger import Entry, Kind

EMERGENCY_STOP: Final = "emergency_stop"
"""Stands in the ledger as an override of this name."""
NOTHING: Final[Wanted] = {}
HEEDED: Final = frozenset({Kind.OVERRIDDEN, Kind.RELEASED, Kind.RESUMED, Kind.RUN_ENDED})


@dataclass(slots=True)
class Emergency:
    """Stopped or not."""

    stopped: bool = False
    """Nobody has released it."""
    rests: bool = False
    """Nothing moves: stopped, or released and not resumed since."""
    by: str = ""
    """Who stopped it last."""

    def apply(self, entry: Entry) -> bool:
        """Fold one entry in; True if it changed anything."""
        if entry.kind not in HEEDED:
            return False
        before = (self.stopped, self.rests)
        if entry.kind is Kind.OVERRIDDEN and entry.data.get("setting") == EMERGENCY_STOP:
            self.stopped = self.rests = True
            self.by = str(entry.data.get("by") or "")
        elif entry.kind is Kind.RELEASED and entry.data.get("setting") == EMERGENCY_STOP:
            self.stopped = False
        elif entry.kind is Kind.RESUMED:
            self.rests = self.stopped
        elif entry.kind is Kind.RUN_ENDED:
            self.stopped = self.rests = False
        return (self.stopped, self.rests) != before

    def allowed(self, wanted: Wanted) -> Wanted:
        """What may run of what is wanted."""
        return NOTHING if self.rests else wanted
