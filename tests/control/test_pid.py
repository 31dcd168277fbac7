from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.control.pi import Tuning as PiTuning
from orchestrator.control.pid import START, Pid, Tuning, regulate


def tuning(gain: float = 2.0, integral_s: float = 100.0, derivative_s: float = 0.0) -> Tuning:
    return Tuning(PiTuning(gain, integral_s, longest_step_s=60.0, high=10.0), derivative_s)


def test_an_error_is_answered_in_proportion_and_adds_up_with_time() -> None:
    pid, first = regulate(START, tuning(), 6.0, 7.0, 0.0)
    assert first == pytest.approx(2.0)
    for second in range(1, 101):
        pid, output = regulate(pid, tuning(), 6.0, 7.0, float(second))
    assert output == pytest.approx(4.0), "once more after the integral time"


@pytest.mark.parametrize("falling", [False, True])
def test_what_the_output_lowers_gets_more_of_it_above_the_target(falling: bool) -> None:
    above = regulate(START, tuning(), 7.5, 7.0, 0.0, falling=falling)[1]
    below = regulate(START, tuning(), 6.5, 7.0, 0.0, falling=falling)[1]
    assert (above, below) == ((1.0, 0.0) if falling else (0.0, 1.0))


def test_the_derivative_is_that_of_a_ramp_once_its_filter_has_forgotten_the_start() -> None:
    pid, slope_per_s = START, 0.01
    for second in range(200):
        pid, _ = regulate(pid, tuning(derivative_s=50.0), slope_per_s * second, 0.0, float(second))
    assert pid.slope_per_s == pytest.approx(slope_per_s, rel=1e-6)


def test_a_new_target_is_no_blow_through_the_derivative() -> None:
    pid, _ = regulate(START, tuning(derivative_s=1000.0), 5.0, 5.0, 0.0)
    _, output = regulate(pid, tuning(derivative_s=1000.0), 5.0, 5.5, 1.0)
    assert output == pytest.approx(2.0 * 0.5 * (1.0 + 1.0 / 100.0))


def settled(disturbance: float, seconds: int, setting: Tuning) -> tuple[list[float], Pid]:
    """A first-order plant, τ = 300 s, gain 0.5, with something that pushes it up or down."""
    measured, pid, seen = 0.0, START, []
    for second in range(seconds):
        pid, output = regulate(pid, setting, measured, 1.0, float(second))
        toward = 0.5 * output + disturbance
        measured = toward + (measured - toward) * exp(-1.0 / 300.0)
        seen.append(measured)
    return seen, pid


@pytest.mark.parametrize("disturbance", [-1.0, 0.0, 0.5])
def test_a_lasting_disturbance_leaves_no_lasting_error(disturbance: float) -> None:
    seen, pid = settled(disturbance, 8000, tuning(gain=3.0, integral_s=300.0))
    assert seen[-1] == pytest.approx(1.0, abs=1e-3)
    assert pid.loop.integral == pytest.approx((1.0 - disturbance) / 0.5, rel=1e-2), "closed form"


def test_an_output_at_its_bound_winds_nothing_up() -> None:
    """With a target that cannot be reached for hours, the output comes back at once after it."""
    setting, pid = tuning(), START
    for second in range(10_000):
        pid, output = regulate(pid, setting, 0.0, 100.0, float(second))
        assert output == 10.0
    _, output = regulate(pid, setting, 101.0, 100.0, 10_000.0)
    assert output < 10.0 - 1.9
    assert pid.loop.integral <= 10.0


@given(
    some.lists(some.tuples(some.floats(0.0, 600.0), some.floats(-50.0, 50.0)), max_size=40),
    some.floats(0.0, 100.0),
    some.floats(1.0, 10_000.0),
    some.floats(0.0, 1000.0),
    some.booleans(),
)
def test_the_output_never_leaves_its_bounds(
    seen: list[tuple[float, float]],
    gain: float,
    integral_s: float,
    derivative_s: float,
    falls: bool,
) -> None:
    pid, now_s = START, 0.0
    setting = tuning(gain, integral_s, derivative_s)
    for passed_s, measured in seen:
        now_s += passed_s
        pid, output = regulate(pid, setting, measured, 1.0, now_s, falling=falls)
        assert 0.0 <= output <= 10.0
