"""Polynomials by least squares, in plain Python: a worker has no numpy, and these are small.

The powers are made orthogonal on the points first (G. E. Forsythe, J. SIAM 5 (1957) 74-88), which
keeps the digits that normal equations lose.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.control.calibration.curve import Piece

TINY = 1e-12
Polynomial = list[float]


class NotSolvable(ValueError):
    """The points do not determine such a polynomial."""


def polynomial(pairs: Sequence[tuple[float, float]], degree: int) -> Piece:
    """Fit a polynomial, written around the middle of the points' range.

    Raises:
        NotSolvable: the points are too few or too close together.
    """
    raws = [raw for raw, _ in pairs]
    middle, half = 0.5 * (min(raws) + max(raws)), 0.5 * (max(raws) - min(raws))
    if half <= TINY * (1.0 + abs(middle)):
        raise NotSolvable("all points have the same raw value")
    places = [(raw - middle) / half for raw in raws]
    scaled = _orthogonal_fit(places, [actual for _, actual in pairs], degree)
    return Piece(middle, tuple(each / half**power for power, each in enumerate(scaled)))


def _orthogonal_fit(places: list[float], actuals: list[float], degree: int) -> Polynomial:
    """Coefficients by power of the place, which lies between -1 and 1."""
    count = len(places)
    before: Polynomial = [0.0]
    basis: Polynomial = [1.0]
    values_before, values = [0.0] * count, [1.0] * count
    norm_before, total = 1.0, [0.0] * (degree + 1)
    for power in range(degree + 1):
        norm = sum(each * each for each in values)
        if norm <= TINY * count:
            raise NotSolvable(f"the points are too close together for a degree of {degree}")
        weight = sum(y * each for y, each in zip(actuals, values, strict=True)) / norm
        for place, coefficient in enumerate(basis):
            total[place] += weight * coefficient
        centre = sum(x * each * each for x, each in zip(places, values, strict=True)) / norm
        back = norm / norm_before if power else 0.0
        following = _next(basis, before, centre, back)
        values, values_before = (
            [
                (x - centre) * each - back * earlier
                for x, each, earlier in zip(places, values, values_before, strict=True)
            ],
            values,
        )
        before, basis, norm_before = basis, following, norm
    return total


def _next(basis: Polynomial, before: Polynomial, centre: float, back: float) -> Polynomial:
    """(x - centre) · basis - back · before."""
    following = [0.0, *basis]
    for power, coefficient in enumerate(basis):
        following[power] -= centre * coefficient
    for power, coefficient in enumerate(before):
        following[power] -= back * coefficient
    return following
