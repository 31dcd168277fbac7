"""Fits curves to measured points: least squares, or a monotone spline through all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import sqrt
from types import MappingProxyType
from typing import Final, NamedTuple

from orchestrator.control.calibration.curve import Curve, Piece
from orchestrator.control.calibration.least_squares import NotSolvable, polynomial
from orchestrator.control.calibration.spline import hermite_pieces, merged

DEGREE_MAX = 5
LOOKS = 400
"""Places at which a polynomial is looked at for turning back."""
SLACK = 1e-9
"""Share of the mean slope below which a slope is none."""
CLOSE = 1e-9
"""Raw values that are so near each other, by their range, are the same."""

Pair = tuple[float, float]
"""Raw and actual."""


class NotFitted(ValueError):
    """These points do not make such a curve; the message says why."""


class Quality(NamedTuple):
    """How well a curve keeps to its points."""

    residuals: tuple[float, ...]
    """Actual less fitted, point by point."""
    deviation: float
    """Root of their mean square, by the degrees of freedom that are left."""
    r_squared: float | None
    """Share of the spread that the curve explains; none where all points mean the same."""


def fit(method: str, pairs: Sequence[Pair], degree: int = 2) -> Curve:
    """Fit a curve that rises or falls throughout, so that it can be read both ways.

    Raises:
        NotFitted: there are too few points, or they turn back.
    """
    if method not in METHODS:
        raise NotFitted(f"there is no fit {method!r}; known are {', '.join(METHODS)}")
    different, needed = len({raw for raw, _ in pairs}), least_points(method, degree)
    if different < needed:
        points = "point" if needed == 1 else "points"
        name = f"{method} fit of degree {degree}" if method == "polynomial" else f"{method} fit"
        raise NotFitted(f"a {name} needs {needed} different {points}, and here are {different}")
    try:
        curve = METHODS[method](pairs, degree)
    except NotSolvable as error:
        raise NotFitted(str(error)) from error
    turn = turning_point(curve)
    if turn is not None:
        raise NotFitted(
            f"the curve turns back near {turn:g}, so that one reading would mean two things"
        )
    return curve


def least_points(method: str, degree: int = 2) -> int:
    """How many different raw values a fit needs."""
    return degree + 1 if method == "polynomial" else _LEAST[method]


def quality(curve: Curve, pairs: Sequence[Pair], parameters: int) -> Quality:
    """Tell how well a curve keeps to its points."""
    residuals = tuple(actual - curve.value(raw) for raw, actual in pairs)
    square = sum(each * each for each in residuals)
    mean = sum(actual for _, actual in pairs) / len(pairs)
    spread = sum((actual - mean) ** 2 for _, actual in pairs)
    free = max(1, len(pairs) - parameters)
    return Quality(
        residuals=residuals,
        deviation=sqrt(square / free),
        r_squared=1.0 - square / spread if spread > 0.0 else None,
    )


def parameters_of(method: str, degree: int, pairs: Sequence[Pair]) -> int:
    """How many numbers of a curve were chosen to fit."""
    if method == "spline":
        return len(merged(pairs))
    return degree + 1 if method == "polynomial" else _LEAST[method]


def turning_point(curve: Curve) -> float | None:
    """Where a curve stops rising or falling; None if it never does."""
    first, last = curve.knots[0], curve.knots[-1]
    mean = (curve.value(last) - curve.value(first)) / (last - first)
    if mean == 0.0:
        return 0.5 * (first + last)
    for piece, low, high in zip(curve.pieces, curve.knots, curve.knots[1:], strict=False):
        looks = LOOKS if len(piece.coefficients) > 2 else 1
        for number in range(looks + 1):
            raw = low + (high - low) * number / looks
            if piece.slope(raw) / mean < (SLACK if len(curve.pieces) == 1 else -SLACK):
                return raw
    return None


def _proportional(pairs: Sequence[Pair], _: int) -> Curve:
    square = sum(raw * raw for raw, _ in pairs)
    if square == 0.0:
        raise NotFitted("a proportional fit needs a point away from 0")
    gain = sum(raw * actual for raw, actual in pairs) / square
    return _straight(pairs, Piece(0.0, (0.0, gain)))


def _offset(pairs: Sequence[Pair], _: int) -> Curve:
    shift = sum(actual - raw for raw, actual in pairs) / len(pairs)
    return _straight(pairs, Piece(0.0, (shift, 1.0)))


def _linear(pairs: Sequence[Pair], _: int) -> Curve:
    return _polynomial(pairs, 1)


def _polynomial(pairs: Sequence[Pair], degree: int) -> Curve:
    if not 1 <= degree <= DEGREE_MAX:
        raise NotFitted(f"a polynomial here has a degree from 1 to {DEGREE_MAX}, not {degree}")
    piece = polynomial(pairs, degree)
    return _straight(pairs, piece)


def _spline(pairs: Sequence[Pair], _: int) -> Curve:
    """Of several points with one raw or one actual value the mean counts."""
    points = merged(pairs)
    if len(points) < _LEAST["spline"]:
        raise NotFitted(
            f"a spline fit needs {_LEAST['spline']} points that mean different things, "
            f"and here are {len(points)}"
        )
    if min(after - before for (before, _), (after, _) in pairwise(points)) < CLOSE * (
        1.0 + points[-1][0] - points[0][0]
    ):
        raise NotFitted("two points with different meanings have nearly the same raw value")
    return Curve(tuple(raw for raw, _ in points), hermite_pieces(points))


def _straight(pairs: Sequence[Pair], piece: Piece) -> Curve:
    """One piece over the whole range; a single point has a range too."""
    raws = [raw for raw, _ in pairs]
    low, high = min(raws), max(raws)
    return Curve((low, high if high > low else low + 1.0), (piece,))


METHODS: Final[Mapping[str, Callable[[Sequence[Pair], int], Curve]]] = MappingProxyType(
    {
        "proportional": _proportional,
        "offset": _offset,
        "linear": _linear,
        "polynomial": _polynomial,
        "spline": _spline,
    }
)
_LEAST: Final = {"proportional": 1, "offset": 1, "linear": 2, "spline": 2, "own": 1}
