"""The moving parts of a simulated reactor: outputs that are driven and sensors that are read.

Each part carries its own faults, so that a test breaks what would break on a bench.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from random import Random
from typing import Any

LAST_DROP_ML = 1e-6
"""A bottle with less is empty: a clock's rounding must not leave a drop that never runs out."""


@dataclass(slots=True, kw_only=True)
class Output:
    """A PWM output as its driver sees it; `duty` is what really happens."""

    commanded_duty: float = 0.0
    off_at_s: float = inf
    """The moment from which the commanded duty is 0 by itself."""
    stuck_duty: float | None = None
    """A fault, set by `Reactor.stick`: the output does this, whatever is commanded."""
    on_s: float = 0.0
    """Seconds with a duty above 0."""
    has_current: bool = True
    """Whether the relay that feeds it, if there is one, is closed."""

    @property
    def duty(self) -> float:
        """The duty that acts on the vessel."""
        if not self.has_current:
            return 0.0
        return self.commanded_duty if self.stuck_duty is None else self.stuck_duty

    def to_dict(self) -> dict[str, Any]:
        """Return what changes as JSON-able values."""
        return {
            "commanded_duty": self.commanded_duty,
            "off_at_s": None if self.off_at_s == inf else self.off_at_s,
            "stuck_duty": self.stuck_duty,
            "on_s": self.on_s,
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """Become what `to_dict` kept."""
        self.commanded_duty = kept["commanded_duty"]
        self.off_at_s = inf if kept["off_at_s"] is None else kept["off_at_s"]
        self.stuck_duty = kept["stuck_duty"]
        self.on_s = kept["on_s"]


@dataclass(slots=True, kw_only=True)
class Pump(Output):
    """An output that moves liquid, a known amount for each second and duty."""

    flow_ml_s: float
    """As calibrated, at full duty."""
    error_factor: float = 1.0
    """True flow over calibrated flow; a wrong calibration is a fault like others."""
    moved_ml: float = 0.0
    """The truth: what went through, not what was asked for."""
    bottle_ml: float = inf
    """What the bottle that it draws from still holds."""

    @property
    def true_flow_ml_s(self) -> float:
        """What it moves now; nothing from an empty bottle."""
        if self.bottle_ml <= 0.0:
            return 0.0
        return self.flow_ml_s * self.error_factor * self.duty

    @property
    def empty_in_s(self) -> float:
        """Seconds until the bottle is empty at this flow."""
        flow_ml_s = self.true_flow_ml_s
        return self.bottle_ml / flow_ml_s if flow_ml_s > 0.0 else inf

    def draw(self, step_s: float) -> None:
        """Move what the present flow moves in a step, and take it from the bottle."""
        moved_ml = min(self.true_flow_ml_s * step_s, self.bottle_ml)
        left_ml = self.bottle_ml - moved_ml
        self.moved_ml += moved_ml
        self.bottle_ml = left_ml if left_ml > LAST_DROP_ML else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return what changes as JSON-able values."""
        return Output.to_dict(self) | {
            "error_factor": self.error_factor,
            "moved_ml": self.moved_ml,
            "bottle_ml": None if self.bottle_ml == inf else self.bottle_ml,
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """Become what `to_dict` kept."""
        Output.restore(self, kept)
        self.error_factor = kept["error_factor"]
        self.moved_ml = kept["moved_ml"]
        self.bottle_ml = inf if kept["bottle_ml"] is None else kept["bottle_ml"]


class SensorDead(Exception):
    """The sensor does not answer."""


@dataclass(slots=True, kw_only=True)
class Sensor:
    """A sensor with its own source of chance, so that reading one never disturbs another."""

    chance: Random
    samples: int = 0
    """Readings taken, whatever became of them afterwards."""
    dead: bool = False
    """A fault: reading raises `SensorDead`."""
    stuck_at: float | None = None
    """A fault: every reading is this."""
    gain_factor: float = 1.0
    offset: float = 0.0
    """A wrong calibration: shown = truth * gain_factor + offset."""

    def show(self, reading: float) -> float:
        """Return what is shown for a sound reading, faults included; count it."""
        if self.dead:
            raise SensorDead
        self.samples += 1
        if self.stuck_at is not None:
            return self.stuck_at
        return reading * self.gain_factor + self.offset

    def to_dict(self) -> dict[str, Any]:
        """Return everything, the state of chance included, as JSON-able values."""
        version, numbers, spare = self.chance.getstate()
        return {
            "samples": self.samples,
            "dead": self.dead,
            "stuck_at": self.stuck_at,
            "gain_factor": self.gain_factor,
            "offset": self.offset,
            "chance": [version, list(numbers), spare],
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """Become what `to_dict` kept."""
        self.samples = kept["samples"]
        self.dead = kept["dead"]
        self.stuck_at = kept["stuck_at"]
        self.gain_factor = kept["gain_factor"]
        self.offset = kept["offset"]
        version, numbers, spare = kept["chance"]
        self.chance.setstate((version, tuple(numbers), spare))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What a reactor did since it was made, as it knows itself."""

    samples: dict[str, int]
    """Readings by sensor."""
    moved_ml: dict[str, float]
    """Millilitres by pump: the truth, not what was asked for."""
    on_s: dict[str, float]
    """Seconds under power by output."""
