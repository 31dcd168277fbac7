"""Whether a clock that nothing synchronises was found right by the leader's (SEMANTICS rule 6).

The leader says what time it had when it answered something that was sent: so its clock showed that
at a moment that is known to lie between sending and hearing. Nothing is set by it. A clock that is
right all the same, one with a battery or one that was set, may be trusted for a while.
"""

from __future__ import annotations

from math import inf, nan
from typing import Final

WITHIN_S: Final = 1.0
"""A clock that is further off, in the worst case, is not trusted."""
LASTS_S: Final = 3600.0
"""Of the bad quartz of a small computer, in which it goes wrong by less than half a second."""
STEPPED_S: Final = 0.1
"""More between wall clock and uptime than at the last word, and somebody has set the clock."""


class Vouched:
    """What the leader's words amount to."""

    def __init__(self) -> None:
        self._until_s = -inf
        self._offset_s = nan
        """Wall clock minus uptime when the leader was heard last."""

    def hear(self, leader_wall_s: float, sent_s: float, now_s: float, wall_s: float) -> None:
        """Compare: the leader's clock showed that between two moments of ours, and ours shows
        `wall_s` now; moments are of the uptime, and only what was never sent before counts."""
        ahead_s = wall_s - leader_wall_s
        behind_s = leader_wall_s - (wall_s - (now_s - sent_s))
        if max(ahead_s, behind_s) <= WITHIN_S:
            self._until_s, self._offset_s = now_s + LASTS_S, wall_s - now_s
        elif min(ahead_s, behind_s) < -WITHIN_S:
            self._until_s = -inf  # wrong for certain, however long the message was under way

    def holds(self, now_s: float, wall_s: float) -> bool:
        """Whether the clock may be trusted now."""
        return now_s < self._until_s and abs(wall_s - now_s - self._offset_s) < STEPPED_S
