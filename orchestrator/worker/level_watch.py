"""Does the vessel hold what the account says? Only a level sensor can tell.

The account believes the pumps. Where the job `level` measures, what it shows is held against the
account: too much means that something runs in or does not run out, and nothing more is let in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SETTLE_S = 60.0
"""After the pumps have stood for so long the level shows what they did: it is a median of three."""
ODD_SHARE = 0.05
ODD_ML_MIN = 0.5
"""Level and account may differ by so much of the working volume."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelOdd:
    """What is wrong, in words, and whether anything may still be let in."""

    text: str
    too_full: str = ""


class LevelWatch:
    """Compares what is measured with what was accounted for lately."""

    def __init__(self, nominal_ml: float, account_ml: Callable[[], float]) -> None:
        self._allowed_ml = max(ODD_ML_MIN, ODD_SHARE * nominal_ml)
        self._account_ml = account_ml
        self._lately: list[tuple[float, float]] = []
        self._odd = False
        self.too_full = ""
        """Why nothing may be let in; empty while it may."""

    def measured(self, level_ml: float, now_s: float, *, pumping: bool) -> LevelOdd | None:
        """Look at a measurement; answers once at the begin of each disagreement."""
        self._lately = [each for each in self._lately if each[0] > now_s - SETTLE_S]
        self._lately.append((now_s, self._account_ml()))
        if pumping:
            return None
        accounted = [volume_ml for _, volume_ml in self._lately]
        lowest_ml, highest_ml = min(accounted), max(accounted)
        over = level_ml > highest_ml + self._allowed_ml
        was_odd, self._odd = self._odd, over or level_ml < lowest_ml - self._allowed_ml
        if not over:
            self.too_full = ""
        if not self._odd:
            return None
        account_ml = accounted[-1]
        said = f"the level_probe shows {level_ml:.1f} mL and the account says {account_ml:.1f} mL"
        if over:
            self.too_full = f"{said}, so that nothing more is let in"
        return None if was_odd else LevelOdd(text=f"{said}: {_why(over)}", too_full=self.too_full)


def _why(over: bool) -> str:
    if over:
        return (
            "the waste_pump takes out too little, the feed_pump or another brings too much or does "
            "not go off, or the level_probe is wrong. Nothing is let in until they agree"
        )
    return (
        "the feed_pump or another brings too little (is a bottle empty?), the waste_pump takes out "
        "too much or does not go off, there is a leak, or the level_probe is wrong"
    )
