"""Curves through measured points, and what they are worth."""

from __future__ import annotations

from itertools import pairwise
from math import tanh

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestrator.control.calibration.apply import curve_of, flow_ml_min, pump_s, pumped_ml
from orchestrator.control.calibration.curve import Curve
from orchestrator.control.calibration.fit import NotFitted, fit, quality, turning_point
from orchestrator.model.calibration import Calibration, Point

Pair = tuple[float, float]


@st.composite
def rising(draw: st.DrawFn, least: int = 2) -> list[Pair]:
    """Points that rise, with steps that differ up to a thousandfold."""
    count = draw(st.integers(least, 9))
    steps = st.lists(st.floats(0.01, 10.0), min_size=count, max_size=count)
    raw, actual, points = draw(st.floats(-5.0, 5.0)), draw(st.floats(-5.0, 5.0)), []
    for dx, dy in zip(draw(steps), draw(steps), strict=True):
        raw, actual = raw + dx, actual + dy
        points.append((raw, actual))
    return points


def looks(curve: Curve, count: int = 60) -> list[float]:
    low, high = curve.knots[0], curve.knots[-1]
    span = high - low
    return [low - 0.2 * span + 1.4 * span * number / count for number in range(count + 1)]


@given(rising(), st.booleans())
def test_a_spline_through_monotone_points_is_monotone_and_goes_through_them(
    points: list[Pair], falls: bool
) -> None:
    points = [(raw, -actual if falls else actual) for raw, actual in points]
    curve = fit("spline", points)
    for raw, actual in points:
        assert curve.value(raw) == pytest.approx(actual, abs=1e-9)
    values = [curve.value(raw) * (-1.0 if falls else 1.0) for raw in looks(curve)]
    assert all(before < after + 1e-12 for before, after in pairwise(values))


@given(rising(least=4), st.sampled_from(["spline", "linear", "polynomial"]))
def test_the_inverse_of_a_fit_undoes_it_within_and_beyond_its_range(
    points: list[Pair], method: str
) -> None:
    try:
        curve = fit(method, points)
    except NotFitted:
        assume(False)
    for raw in looks(curve, 20):
        actual = curve.value(raw)
        assert curve.value(curve.inverse(actual)) == pytest.approx(actual, abs=1e-7, rel=1e-9)


@given(
    st.lists(st.floats(-3.0, 3.0), min_size=2, max_size=5),
    st.floats(-100.0, 100.0),
    st.floats(0.01, 50.0),
)
def test_least_squares_find_the_polynomial_that_the_points_lie_on(
    coefficients: list[float], begin: float, span: float
) -> None:
    degree = len(coefficients) - 1

    def truth(raw: float) -> float:
        return sum(c * ((raw - begin) / span) ** power for power, c in enumerate(coefficients))

    points = [(begin + span * n / 8.0, truth(begin + span * n / 8.0)) for n in range(9)]
    try:
        curve = fit("polynomial", points, degree)
    except NotFitted:
        assume(False)
    assert quality(curve, points, degree + 1).residuals == pytest.approx([0.0] * 9, abs=1e-8)


@given(rising(least=3), st.floats(0.1, 1000.0), st.floats(0.1, 1000.0))
def test_units_do_not_change_what_a_fit_says(points: list[Pair], dx: float, dy: float) -> None:
    """The same points in mV instead of V, or µL instead of mL, give the same curve."""
    scaled = [(raw * dx, actual * dy) for raw, actual in points]
    for method in ("linear", "spline"):
        one, other = fit(method, points), fit(method, scaled)
        for raw in looks(one, 10):
            assert other.value(raw * dx) == pytest.approx(one.value(raw) * dy, rel=1e-6, abs=1e-6)


def test_a_straight_line_has_the_residuals_of_the_textbook() -> None:
    points = [(1.0, 1.1), (2.0, 1.9), (3.0, 3.2), (4.0, 3.8)]
    curve = fit("linear", points)
    assert curve.value(0.0) == pytest.approx(0.15)
    assert curve.slope(2.0) == pytest.approx(0.94)
    told = quality(curve, points, 2)
    assert told.residuals == pytest.approx([0.01, -0.13, 0.23, -0.11])
    assert told.deviation == pytest.approx((0.082 / 2.0) ** 0.5)
    assert told.r_squared == pytest.approx(1.0 - 0.082 / 4.5)


def test_a_spline_of_nine_standards_follows_a_photodiode_that_saturates() -> None:
    def volts(od600: float) -> float:
        return 0.08 + 0.5 * 10.0 * tanh(od600 / 10.0)

    standards = [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    curve = fit("spline", [(volts(od), od) for od in standards])
    for number in range(5, 100):
        od600 = number / 10.0
        assert curve.value(volts(od600)) == pytest.approx(od600, rel=0.02)


def test_repeats_count_as_their_mean_in_a_spline() -> None:
    curve = fit("spline", [(1.0, 0.0), (1.2, 0.0), (2.0, 1.0), (2.0, 1.4)])
    assert curve.knots == (1.1, 2.0)
    assert curve.value(1.1) == 0.0
    assert curve.value(2.0) == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("method", "points", "said"),
    [
        ("linear", [(1.0, 2.0)], "needs 2 different points, and here are 1"),
        ("linear", [(1.0, 2.0), (1.0, 3.0)], "needs 2 different points, and here are 1"),
        ("linear", [(1.0, 2.0), (2.0, 2.0)], "turns back"),
        ("polynomial", [(1.0, 1.0), (2.0, 2.0)], "degree 2 needs 3 different points"),
        ("polynomial", [(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)], "turns back near 1"),
        ("spline", [(0.0, 0.0), (1.0, 1.0), (2.0, 0.5)], "turns back"),
        ("spline", [(0.0, 1.0), (1.0, 1.0)], "mean different things"),
        ("proportional", [(0.0, 1.0)], "away from 0"),
        ("cubic", [(0.0, 1.0)], "there is no fit"),
    ],
)
def test_points_that_make_no_curve_are_refused_with_the_reason(
    method: str, points: list[Pair], said: str
) -> None:
    with pytest.raises(NotFitted, match=said):
        fit(method, points)


@given(st.lists(st.tuples(st.floats(-9.0, 9.0), st.floats(-9.0, 9.0)), min_size=2, max_size=7))
def test_whatever_is_fitted_can_be_read_both_ways(points: list[Pair]) -> None:
    for method in ("linear", "polynomial", "spline"):
        try:
            curve = fit(method, points)
        except NotFitted:
            continue
        assert turning_point(curve) is None
        middle = 0.5 * (curve.knots[0] + curve.knots[-1])
        value = curve.value(middle)
        assert curve.value(curve.inverse(value)) == pytest.approx(value, rel=1e-6, abs=1e-6)


def pump(*points: Pair, method: str = "linear") -> Calibration:
    return Calibration(
        name="p",
        device="feed_pump",
        kind="pump",
        method=method,  # type: ignore[arg-type]
        points=tuple(Point(raw=raw, actual=actual) for raw, actual in points),
    )


@given(st.floats(0.05, 5.0), st.floats(-0.02, 0.5), st.floats(0.001, 100.0))
def test_time_and_volume_of_a_pump_undo_each_other_down_to_nothing(
    per_s: float, lag: float, volume_ml: float
) -> None:
    """A pump that takes a moment to begin has a line that does not go through zero."""
    points = [(on_s, per_s * on_s - lag * per_s) for on_s in (1.0, 5.0, 20.0)]
    curve = curve_of(pump(*points))
    on_s = pump_s(curve, volume_ml)
    assert on_s > 0.0
    assert pumped_ml(curve, on_s) == pytest.approx(volume_ml, rel=1e-9)
    assert pumped_ml(curve, 0.0) == 0.0
    assert flow_ml_min(curve) == pytest.approx(60.0 * (per_s - lag * per_s / 20.0))


def test_a_pump_that_gives_less_for_longer_is_refused() -> None:
    with pytest.raises(NotFitted, match="gives less"):
        curve_of(pump((1.0, 2.0), (2.0, 1.0)))
    with pytest.raises(NotFitted, match="moves something"):
        curve_of(pump((1.0, -1.0), (2.0, 1.0)))


def test_rule_4_a_thermometers_curve_never_takes_what_is_hotter_for_colder() -> None:
    """The guard looks at calibrated values: by a curve that fell it would never see the heat."""
    swapped = Calibration(
        name="t",
        device="thermometer",
        kind="temperature",
        method="linear",
        points=(Point(raw=30.0, actual=37.0), Point(raw=37.0, actual=30.0)),
    )
    with pytest.raises(NotFitted, match="here it gives less"):
        curve_of(swapped)
