"""From what a device shows or is told to what that means, and back."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

HALVINGS = 80
"""Steps of the search for an inverse: more than a float has bits."""


class Piece(NamedTuple):
    """A polynomial in the distance from its origin, lowest power first."""

    origin: float
    coefficients: tuple[float, ...]

    def value(self, raw: float) -> float:
        """Horner's scheme."""
        distance, total = raw - self.origin, 0.0
        for coefficient in reversed(self.coefficients):
            total = total * distance + coefficient
        return total

    def slope(self, raw: float) -> float:
        """The first derivative."""
        distance, total = raw - self.origin, 0.0
        for power in range(len(self.coefficients) - 1, 0, -1):
            total = total * distance + power * self.coefficients[power]
        return total


class Curve(NamedTuple):
    """Pieces between knots, and straight on beyond the first and the last of these: a polynomial
    that was fitted in one range says nothing of another."""

    knots: tuple[float, ...]
    """Rising; one more than there are pieces."""
    pieces: tuple[Piece, ...]

    def value(self, raw: float) -> float:
        """What a raw value means."""
        knots = self.knots
        if raw < knots[0]:
            return self.pieces[0].value(knots[0]) + self.slope(knots[0]) * (raw - knots[0])
        if raw > knots[-1]:
            return self.pieces[-1].value(knots[-1]) + self.slope(knots[-1]) * (raw - knots[-1])
        return self.pieces[self._place(raw)].value(raw)

    def slope(self, raw: float) -> float:
        """How much the meaning changes with the raw value; beyond the ends, as it does there."""
        inside = min(max(raw, self.knots[0]), self.knots[-1])
        return self.pieces[self._place(inside)].slope(inside)

    def inverse(self, actual: float) -> float:
        """The raw value that means this; of a curve that rises or falls throughout.

        Raises:
            ValueError: the curve is flat where it would have to go on.
        """
        low, high = self.knots[0], self.knots[-1]
        first, last = self.value(low), self.value(high)
        rising = last > first
        if (actual < first) is rising and actual != first:
            return low + (actual - first) / self._end_slope(low)
        if (actual > last) is rising and actual != last:
            return high + (actual - last) / self._end_slope(high)
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            if not low < middle < high:
                break
            if (self.value(middle) < actual) is rising:
                low = middle
            else:
                high = middle
        return low if abs(self.value(low) - actual) < abs(self.value(high) - actual) else high

    def _end_slope(self, knot: float) -> float:
        slope = self.slope(knot)
        if slope == 0.0:
            raise ValueError(f"the curve is flat at {knot:g} and cannot be followed beyond it")
        return slope

    def _place(self, raw: float) -> int:
        return min(max(bisect_right(self.knots, raw) - 1, 0), len(self.pieces) - 1)
