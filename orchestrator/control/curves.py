"""Setpoints that follow a table or a wave: pure functions of time, like the ramp in `shapes`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import floor, inf, pi, sin
from typing import Literal, Protocol

from orchestrator.control.shapes import STEP_S_MAX, STEP_S_MIN, STEPS

Interpolation = Literal["linear", "step", "smooth"]


class Shape(Protocol):
    """A setpoint over time."""

    @property
    def over_s(self) -> float:
        """When it has arrived; infinite if it never does."""

    def stepped(self, time_s: float) -> tuple[float | None, float]:
        """The setpoint at a time since the start, and the time of the next one.

        None where it has no value; the setting is then what it would be without the shape.
        """


@dataclass(frozen=True, kw_only=True)
class Table:
    """Points in time, and how to get from one to the next; after the last it holds, or repeats.

    `smooth` is a cubic that never leaves the range between two neighbours (Fritsch and Butland).
    """

    times_s: tuple[float, ...]
    values: tuple[float, ...]
    interpolation: Interpolation = "linear"
    period_s: float | None = None

    @property
    def over_s(self) -> float:
        """When the last point is reached."""
        return self.times_s[-1] if self.period_s is None else inf

    def stepped(self, time_s: float) -> tuple[float, float]:
        """The setpoint at a time, and the time of the next one, on a grid between two points."""
        begin_s = 0.0 if self.period_s is None else floor(time_s / self.period_s) * self.period_s
        local_s = time_s - begin_s
        place = bisect_right(self.times_s, local_s) - 1
        if place < 0:
            return self.values[0], begin_s + self.times_s[0]
        if place == len(self.times_s) - 1:
            return self.values[-1], inf if self.period_s is None else begin_s + self.period_s
        since_s, until_s = self.times_s[place], self.times_s[place + 1]
        if self.interpolation == "step" or self.values[place] == self.values[place + 1]:
            return self.values[place], begin_s + until_s
        step_s = step_of(until_s - since_s)
        number = floor((local_s - since_s) / step_s)
        next_s = min(until_s, since_s + (number + 1) * step_s)
        return self._between(place, number * step_s / (until_s - since_s)), begin_s + next_s

    def _between(self, place: int, share: float) -> float:
        low, high = self.values[place], self.values[place + 1]
        if self.interpolation == "linear":
            return low + (high - low) * share
        length_s = self.times_s[place + 1] - self.times_s[place]
        first, second = self._slopes[place] * length_s, self._slopes[place + 1] * length_s
        rise = high - low
        square = share * share
        return (
            low
            + first * share
            + (3.0 * rise - 2.0 * first - second) * square
            + (first + second - 2.0 * rise) * square * share
        )

    @cached_property
    def _slopes(self) -> tuple[float, ...]:
        return _slopes(self.times_s, self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sine:
    """A wave around a mean; at the start it is at its mean and rises, unless shifted."""

    mean: float
    amplitude: float
    period_s: float
    phase_s: float = 0.0
    """The wave began so long before the start."""
    over_s: float = inf

    def stepped(self, time_s: float) -> tuple[float, float]:
        """The setpoint at a time, and the time of the next one."""
        step_s = step_of(self.period_s)
        number = floor(time_s / step_s)
        turns = (number * step_s + self.phase_s) / self.period_s
        return self.mean + self.amplitude * sin(2.0 * pi * turns), (number + 1) * step_s


def step_of(length_s: float) -> float:
    """For how long a setpoint stays that takes so long on its way."""
    return min(STEP_S_MAX, max(STEP_S_MIN, length_s / STEPS))


def _slopes(times_s: Sequence[float], values: Sequence[float]) -> tuple[float, ...]:
    """Slopes at the points: harmonic means of those on both sides, nothing at a turn."""
    steps = [after - before for before, after in pairwise(times_s)]
    rises = [after - before for before, after in pairwise(values)]
    lines = [rise / step for rise, step in zip(rises, steps, strict=True)]
    inner = [
        _harmonic(lines[n - 1], lines[n], steps[n - 1], steps[n]) for n in range(1, len(lines))
    ]
    return (lines[0], *inner, lines[-1])


def _harmonic(before: float, after: float, step_before_s: float, step_after_s: float) -> float:
    if before * after <= 0.0:
        return 0.0
    near, far = 2.0 * step_after_s + step_before_s, step_after_s + 2.0 * step_before_s
    return (near + far) / (near / before + far / after)
