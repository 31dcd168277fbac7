"""Setpoints that move: pure functions of time."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

STEPS = 1000.0
"""A ramp moves in so many steps: small against any sensor's noise, few against any control loop."""
STEP_S_MIN = 1.0
STEP_S_MAX = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearRamp:
    """From one value to another in a straight line, then constant."""

    from_value: float
    to_value: float
    over_s: float

    def value(self, time_s: float) -> float:
        """The exact value at a time since the ramp's start."""
        if time_s >= self.over_s:
            return self.to_value
        if time_s <= 0.0:
            return self.from_value
        return self.from_value + (self.to_value - self.from_value) * (time_s / self.over_s)

    @property
    def step_s(self) -> float:
        """For how long a setpoint stays before it moves on."""
        return min(STEP_S_MAX, max(STEP_S_MIN, self.over_s / STEPS))

    def stepped(self, time_s: float) -> tuple[float, float]:
        """The setpoint at a time since the start, and the time of the next one.

        Steps lie on a grid of their own, so that the answer depends on nothing but the time.
        """
        if time_s >= self.over_s:
            return self.to_value, float("inf")
        number = floor(max(0.0, time_s) / self.step_s + 1e-9)
        return self.value(number * self.step_s), min(self.over_s, (number + 1) * self.step_s)
