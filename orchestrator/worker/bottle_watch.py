"""Says ahead that a bottle will be empty, or the waste full, while there is time to change it.

The guard refuses what a bottle does not hold; by then the culture goes without. Each bottle is told
of once until somebody changes it, across restarts too: what was told stands in the ledger. Of a
shared one, the vessel that comes first tells for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.execution.describe import duration
from orchestrator.worker.account import WASTE, Fluids

HOUR_S = 3600.0


class BottleWatch:
    """Holds what is left in the bottles of one vessel against what is used of late."""

    def __init__(self, fluids: Fluids, warn_before_s: Mapping[str, float]) -> None:
        self._fluids, self._warn_before_s = fluids, warn_before_s

    def keep_to(self, warn_before_s: Mapping[str, float]) -> None:
        """From now on so long ahead, by medium."""
        self._warn_before_s = warn_before_s

    def news(self) -> Iterator[tuple[str, str]]:
        """Bottles that will not last, (medium, what to tell), each until it is marked as told."""
        for medium, ahead_s in self._warn_before_s.items():
            rate_ml_h = self._fluids.rate_ml_h(medium)
            if rate_ml_h <= 0.0 or ahead_s <= 0.0 or self._fluids.is_told_of(medium):
                continue
            left_ml = max(0.0, self._fluids.left_ml(medium) or 0.0)
            if left_ml < rate_ml_h * ahead_s / HOUR_S:
                yield medium, _in_words(medium, left_ml, rate_ml_h)


def _in_words(medium: str, left_ml: float, rate_ml_h: float) -> str:
    in_s = round(left_ml / rate_ml_h * HOUR_S / 60.0) * 60.0
    when = f"in about {duration(in_s)}" if in_s else "now"
    if medium == WASTE:
        how = f"there is room for {left_ml:.3g} mL, and {rate_ml_h:.3g} mL/h come in. Empty it"
        word = "full"
    else:
        how = f"it holds {left_ml:.3g} mL, and {rate_ml_h:.3g} mL/h are used. Change it"
        word = "empty"
    return (
        f"the {medium} bottle will be {word} {when}: {how}, and say so with "
        f"`axenic media {medium} VOLUME`"
    )
