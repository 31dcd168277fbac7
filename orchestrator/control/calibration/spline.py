"""A smooth curve through points that never turns where they do not.

Cubic Hermite pieces whose slopes are held back until each piece is monotone (F. N. Fritsch and R.
E. Carlson, SIAM J. Numer. Anal. 17 (1980) 238-246).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from math import sqrt

from orchestrator.control.calibration.curve import Piece

Pair = tuple[float, float]
CIRCLE = 3.0
"""Radius within which both slopes, over that of the chord, keep a piece monotone."""


def merged(pairs: Sequence[Pair]) -> list[Pair]:
    """One point, the mean, for each raw value and for each actual value; by raw value."""
    by_raw = _means(sorted(pairs), lambda pair: pair[0])
    by_actual = _means(sorted(by_raw, key=lambda pair: pair[1]), lambda pair: pair[1])
    return sorted(by_actual)


def hermite_pieces(points: Sequence[Pair]) -> tuple[Piece, ...]:
    """The pieces between points that rise in their raw value."""
    slopes = monotone_slopes(points)
    return tuple(
        _piece(before, after, slopes[number], slopes[number + 1])
        for number, (before, after) in enumerate(pairwise(points))
    )


def monotone_slopes(points: Sequence[Pair]) -> list[float]:
    """The slope at each point."""
    chords = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)]
    inner = [
        0.0 if before * after <= 0.0 else 0.5 * (before + after)
        for before, after in pairwise(chords)
    ]
    slopes = [chords[0], *inner, chords[-1]]
    for number, chord in enumerate(chords):
        if chord == 0.0:
            slopes[number] = slopes[number + 1] = 0.0
            continue
        first, second = slopes[number] / chord, slopes[number + 1] / chord
        length = sqrt(first * first + second * second)
        if length > CIRCLE:
            shrink = CIRCLE / length * chord
            slopes[number], slopes[number + 1] = shrink * first, shrink * second
    return slopes


def _piece(before: Pair, after: Pair, first: float, second: float) -> Piece:
    step, rise = after[0] - before[0], after[1] - before[1]
    chord = rise / step
    square = (3.0 * chord - 2.0 * first - second) / step
    cube = (first + second - 2.0 * chord) / (step * step)
    return Piece(before[0], (before[1], first, square, cube))


def _means(pairs: Sequence[Pair], key: Callable[[Pair], float]) -> list[Pair]:
    groups = [list(group) for _, group in groupby(pairs, key)]
    return [
        (sum(raw for raw, _ in group) / len(group), sum(y for _, y in group) / len(group))
        for group in groups
    ]
