"""Liquid in within a sliding while, in the seconds that the worker saw pass."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Inflow:
    """The doses of the last while, and their sum."""

    length_s: float
    _doses: deque[tuple[float, float]] = field(default_factory=deque)
    """(witnessed seconds, mL)"""
    _sum_ml: float = 0.0

    def add(self, at_s: float, volume_ml: float) -> None:
        """Take one more dose in."""
        self._slide(at_s)
        self._doses.append((at_s, volume_ml))
        self._sum_ml += volume_ml

    def correct(self, at_s: float, by_ml: float) -> None:
        """A dose of a moment was another volume than was thought; one long ago matters no more."""
        for place, (moment_s, volume_ml) in enumerate(self._doses):
            if moment_s == at_s:
                self._doses[place] = (moment_s, volume_ml + by_ml)
                self._sum_ml += by_ml
                return

    def until(self, now_s: float) -> float:
        """What came in during the last while."""
        self._slide(now_s)
        return self._sum_ml

    def _slide(self, now_s: float) -> None:
        while self._doses and self._doses[0][0] <= now_s - self.length_s:
            self._sum_ml -= self._doses.popleft()[1]
        if not self._doses:
            self._sum_ml = 0.0
