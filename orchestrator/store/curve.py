"""One signal of one vessel over time, from the parts in which it was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestrator.ports.records import ClockName, Curve

MINUTE_US = 60_000_000
ROLLED_MINUTES = (10, 1)
"""Widths of what is rolled up, widest first."""
Interval = tuple[int, int, float, float, float]
"""number, readings, minimum, maximum, sum"""


@dataclass(slots=True)
class Intervals:
    """Intervals of equal width, filled part by part."""

    width_us: int
    _filled: dict[int, list[float]] = field(default_factory=dict)

    def add(self, parts: Iterable[Interval]) -> None:
        """Parts may meet in an interval."""
        for number, count, minimum, maximum, total in parts:
            there = self._filled.get(number)
            if there is None:
                self._filled[number] = [count, minimum, maximum, total]
            else:
                there[0] += count
                there[1] = min(there[1], minimum)
                there[2] = max(there[2], maximum)
                there[3] += total

    def curve(self, vessel: str, signal: str, clock: ClockName) -> Curve:
        numbers = sorted(self._filled)
        filled = [self._filled[number] for number in numbers]
        return Curve(
            vessel=vessel,
            signal=signal,
            clock=clock,
            resolution_s=self.width_us / 1e6,
            at_s=[number * self.width_us / 1e6 for number in numbers],
            mean=[total / count for count, _, _, total in filled],
            minimum=[minimum for _, minimum, _, _ in filled],
            maximum=[maximum for _, _, maximum, _ in filled],
            count=[int(count) for count, _, _, _ in filled],
        )


def measured_curve(
    vessel: str, signal: str, clock: ClockName, readings: Iterable[tuple[int, float]]
) -> Curve:
    """Each reading as it was measured; (time_us, value) in order of time."""
    rows = list(readings)
    values = [value for _, value in rows]
    return Curve(
        vessel=vessel,
        signal=signal,
        clock=clock,
        resolution_s=0.0,
        at_s=[time_us / 1e6 for time_us, _ in rows],
        mean=values,
        minimum=values,
        maximum=values,
        count=[1] * len(values),
    )


def interval_width_us(first_us: int, last_us: int, points: int) -> int:
    """The narrowest width with which the stretch falls into at most so many intervals.

    Whole minutes, or whole tens of them, where it is as much, so that what is rolled up is used.
    """
    width_us = max(1, -(-(last_us - first_us + 1) // max(1, points - 1)))
    for minutes in ROLLED_MINUTES:
        unit_us = minutes * MINUTE_US
        if width_us > unit_us:
            return -(-width_us // unit_us) * unit_us
    return width_us
