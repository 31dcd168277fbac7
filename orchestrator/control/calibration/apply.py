"""Curves of calibrations, and what they make of pumps."""

from __future__ import annotations

from functools import lru_cache

from orchestrator.control.calibration.curve import Curve
from orchestrator.control.calibration.fit import NotFitted, Quality, fit, parameters_of, quality
from orchestrator.model.calibration import OWN, PUMP, Calibration, Point

RISING = (PUMP, "stirrer", "temperature")
"""Kinds of which more in is more out. By a thermometer's curve that fell, the guard itself would
take a hotter vessel for a colder one."""


def curve_of(calibration: Calibration) -> Curve:
    """The curve of a calibration.

    Raises:
        NotFitted: it does not have one; the message says why.
    """
    method, through = calibration.method, calibration.points
    if method == OWN:
        method, through = "spline", calibration.curve
    return _curve(calibration.kind, method, calibration.degree, through)


def quality_of(calibration: Calibration) -> Quality:
    """How well it keeps to its points.

    Raises:
        NotFitted: it has no curve.
    """
    pairs = calibration.pairs
    parameters = parameters_of(calibration.method, calibration.degree, pairs)
    return quality(curve_of(calibration), pairs, parameters)


def pumped_ml(curve: Curve, on_s: float) -> float:
    """What a pump moves in a time; in less than was ever measured, in proportion."""
    shortest_s = curve.knots[0]
    if on_s < shortest_s:
        return curve.value(shortest_s) * on_s / shortest_s
    return curve.value(on_s)


def pump_s(curve: Curve, volume_ml: float) -> float:
    """How long a pump has to be on for a volume."""
    shortest_s = curve.knots[0]
    least_ml = curve.value(shortest_s)
    if volume_ml < least_ml:
        return shortest_s * volume_ml / least_ml
    return curve.inverse(volume_ml)


def flow_ml_min(curve: Curve) -> float:
    """What a pump moves in a minute, over the longest time that was measured."""
    longest_s = curve.knots[-1]
    return 60.0 * curve.value(longest_s) / longest_s


@lru_cache(maxsize=256)
def _curve(kind: str, method: str, degree: int, points: tuple[Point, ...]) -> Curve:
    pairs = [(point.raw, point.actual) for point in points]
    curve = fit(method, pairs, degree)
    low, high = curve.knots[0], curve.knots[-1]
    if kind in RISING and curve.value(high) < curve.value(low):
        raise NotFitted(f"a {kind} gives more with more raw, and here it gives less")
    if kind == PUMP and not (low > 0.0 and curve.value(low) > 0.0):
        raise NotFitted(
            "a pump is compared over times above 0 in which it moves something, and by this curve "
            f"it moves {curve.value(low):.3g} mL in {low:.3g} s"
        )
    return curve
