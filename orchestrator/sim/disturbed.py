"""What disturbs the sensors of a simulated vessel: bubbles, dropouts and drift, from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, Literal, Self

from orchestrator.sim.organism import Disturbances
from orchestrator.sim.parts import SensorDead

DAY_S = 86_400.0
Sees = Literal["density", "warmth", "else"]


@dataclass(slots=True, kw_only=True)
class Spells:
    """Times that come by chance, so many in an hour without one, and last equally long."""

    chance: Random
    per_h: float
    lasts_s: float
    begins_s: float
    """Of the present one, or of the next."""

    @classmethod
    def since(cls, now_s: float, per_h: float, lasts_s: float, seed: str) -> Self | None:
        """Return those that come from now on, or none where there never is any."""
        if per_h <= 0.0 or lasts_s <= 0.0:
            return None
        spells = cls(chance=Random(seed), per_h=per_h, lasts_s=lasts_s, begins_s=now_s - lasts_s)
        spells.is_on(now_s)
        return spells

    def is_on(self, now_s: float) -> bool:
        """Whether one lasts now; time only goes forward."""
        while now_s >= self.begins_s + self.lasts_s:
            self.begins_s += self.lasts_s + self.chance.expovariate(self.per_h / 3600.0)
        return now_s >= self.begins_s

    def to_dict(self) -> dict[str, Any]:
        """Return what changes as JSON-able values."""
        version, numbers, spare = self.chance.getstate()
        return {"begins_s": self.begins_s, "chance": [version, list(numbers), spare]}

    def restore(self, kept: dict[str, Any]) -> None:
        """Become what `to_dict` kept."""
        version, numbers, spare = kept["chance"]
        self.begins_s = kept["begins_s"]
        self.chance.setstate((version, tuple(numbers), spare))


@dataclass(slots=True, kw_only=True)
class Disturbed:
    """What one sensor shows beside the truth and its noise."""

    since_s: float
    per_day: float = 0.0
    """By how much it drifts, in what it measures."""
    bubbles: Spells | None = None
    bubble: float = 0.0
    """What a bubble adds to what is measured."""
    dropouts: Spells | None = None

    @classmethod
    def by(cls, wanted: Disturbances, sees: Sees, now_s: float, seed: str) -> Disturbed | None:
        """Return what disturbs one sensor from now on, or none where nothing ever does."""
        made = cls(since_s=now_s)
        if sees == "density":
            made.per_day, made.bubble = wanted.od600_drift_per_day, wanted.bubble_od600
            made.bubbles = Spells.since(
                now_s, wanted.bubbles_per_h, wanted.bubble_s, f"{seed}/bubbles"
            )
        elif sees == "warmth":
            made.per_day = wanted.temperature_drift_c_per_day
        made.dropouts = Spells.since(
            now_s, wanted.dropouts_per_h, wanted.dropout_s, f"{seed}/dropouts"
        )
        return made if made.per_day or made.bubbles or made.dropouts else None

    def added(self, now_s: float) -> float:
        """What is measured too much now, by drift and a bubble; raise `SensorDead` in a dropout."""
        if self.dropouts is not None and self.dropouts.is_on(now_s):
            raise SensorDead
        added = self.per_day * (now_s - self.since_s) / DAY_S
        if self.bubbles is not None and self.bubbles.is_on(now_s):
            added += self.bubble
        return added

    def to_dict(self) -> dict[str, Any]:
        """Return what changes as JSON-able values."""
        return {"since_s": self.since_s} | {
            name: spells.to_dict() for name, spells in self._spells() if spells is not None
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """Become what `to_dict` kept of a sensor that was disturbed alike."""
        self.since_s = kept["since_s"]
        for name, spells in self._spells():
            if spells is not None:
                spells.restore(kept[name])

    def _spells(self) -> tuple[tuple[str, Spells | None], ...]:
        return (("bubbles", self.bubbles), ("dropouts", self.dropouts))
