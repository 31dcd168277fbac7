"""Where the liquid in a vessel came from: the share of each medium, as a fold of what went in.

What is taken out takes along its part of everything, so that only what goes in changes a share. The
vessel is taken to be well mixed, and to hold what the books say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Mixture:
    """Of one vessel."""

    shares: Mapping[str, float]
    """By medium. What is missing to 1 was in the vessel at the beginning. A new value at each
    change, so that whoever was shown it keeps what it was shown."""
    _doubtful: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Dose of unknown outcome → its medium, and which share of the liquid is of this very dose."""

    @classmethod
    def of(cls, media: Iterable[str]) -> Mixture:
        """None of any medium yet."""
        return cls(dict.fromkeys(media, 0.0))

    def filled(self, medium: str, added_ml: float, before_ml: float, doubtful: str = "") -> None:
        """So much of a medium went into so much; `doubtful`: the dose, where nobody saw its end."""
        added = added_ml / (before_ml + added_ml)
        self._shrink(1.0 - added)
        self._add(medium, added)
        if doubtful:
            self._doubtful[doubtful] = (medium, added)

    def resolved(self, dose: str, times: float) -> None:
        """A dose was so many times what was counted: what is left of it counts so much."""
        medium, counted = self._doubtful.pop(dose, ("", 0.0))
        if not medium:
            return
        more = counted * (times - 1.0)
        whole = 1.0 + more
        if whole > 0.0:
            self._add(medium, more)
            self._shrink(1.0 / whole)

    def _add(self, medium: str, share: float) -> None:
        self.shares = {**self.shares, medium: max(0.0, self.shares.get(medium, 0.0) + share)}

    def _shrink(self, times: float) -> None:
        self.shares = {medium: share * times for medium, share in self.shares.items()}
        for dose, (medium, share) in self._doubtful.items():
            self._doubtful[dose] = (medium, share * times)
