"""Time that a run's worker saw pass: what a safety limit may count by.

Process time runs on through outages by the wall clock, and a wall clock may be wrong. A limit on
the liquid of an hour must not be lifted by a clock that somebody set forward, so it counts the
seconds in which the worker was there, and none of an outage or of the jump after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.model.ledger import Entry, Kind


@dataclass(slots=True)
class Witnessed:
    """A fold of ledger entries."""

    seconds: float = 0.0
    """As of the newest entry."""
    _last_s: float | None = None
    _dated: bool = True

    def apply(self, entry: Entry) -> None:
        """Take one more entry in."""
        dated = entry.wall_s is not None
        if entry.kind is not Kind.RECOVERED:
            self.seconds = self.at(entry.process_s, dated)
        last_s = self._last_s
        self._last_s = entry.process_s if last_s is None else max(last_s, entry.process_s)
        self._dated = dated

    def at(self, process_s: float, dated: bool) -> float:
        """Seconds seen until a moment after the newest entry; `dated`: its wall time is trusted."""
        if self._last_s is None:
            return process_s
        if dated and not self._dated:
            return self.seconds  # process time may have jumped by an outage's length
        return self.seconds + max(0.0, process_s - self._last_s)
