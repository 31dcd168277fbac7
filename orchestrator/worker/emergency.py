"""Whether a vessel stands still after an emergency stop: a fold of ledger entries.

Nothing runs until the vessel is resumed, whatever the plan wants, also after a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orchestrator.execution.decision import Wanted
from orchestrator.model.ledger import Entry, Kind

EMERGENCY_STOP: Final = "emergency_stop"
"""Stands in the ledger as an override of this name."""
NOTHING: Final[Wanted] = {}


@dataclass(slots=True)
class Emergency:
    """Stopped or not."""

    stopped: bool = False

    def apply(self, entry: Entry) -> bool:
        """Fold one entry in; True if it changed anything."""
        before = self.stopped
        if entry.kind is Kind.OVERRIDDEN or entry.kind is Kind.RELEASED:
            if entry.data.get("setting") == EMERGENCY_STOP:
                self.stopped = entry.kind is Kind.OVERRIDDEN
        elif entry.kind is Kind.RESUMED or entry.kind is Kind.RUN_ENDED:
            self.stopped = False
        return self.stopped is not before

    def allowed(self, wanted: Wanted) -> Wanted:
        """What may run of what is wanted."""
        return NOTHING if self.stopped else wanted
