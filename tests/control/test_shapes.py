"""Setpoints that move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.control.shapes import LinearRamp

TEN_DAYS_S = 864_000.0
WARM = LinearRamp(from_value=30.0, to_value=42.0, over_s=TEN_DAYS_S)


@pytest.mark.parametrize(
    ("time_s", "value"),
    [(-5.0, 30.0), (0.0, 30.0), (TEN_DAYS_S / 2, 36.0), (TEN_DAYS_S, 42.0), (2 * TEN_DAYS_S, 42.0)],
)
def test_a_ramp_is_a_straight_line_that_holds_its_end(time_s: float, value: float) -> None:
    assert WARM.value(time_s) == value


@given(st.floats(min_value=0.0, max_value=TEN_DAYS_S, exclude_max=True))
def test_a_step_lasts_until_the_next_and_is_never_far_from_the_line(time_s: float) -> None:
    value, next_s = WARM.stepped(time_s)
    assert next_s > time_s
    assert next_s - time_s <= WARM.step_s + 1e-6
    assert abs(value - WARM.value(time_s)) <= 12.0 * WARM.step_s / TEN_DAYS_S + 1e-9


@given(st.floats(min_value=1.0, max_value=1e7), st.floats(min_value=0.0, max_value=1.0))
def test_the_end_is_reached_exactly(over_s: float, share: float) -> None:
    ramp = LinearRamp(from_value=1.0, to_value=0.3, over_s=over_s)
    assert ramp.stepped(over_s) == (0.3, float("inf"))
    assert ramp.stepped(share * over_s)[1] <= over_s or share == 1.0


def test_steps_are_neither_too_fine_nor_too_coarse() -> None:
    assert LinearRamp(from_value=0.0, to_value=1.0, over_s=10.0).step_s == 1.0
    assert LinearRamp(from_value=0.0, to_value=1.0, over_s=20_000.0).step_s == 20.0
    assert WARM.step_s == 60.0


def test_steps_depend_on_nothing_but_the_time() -> None:
    assert WARM.stepped(61.0) == WARM.stepped(119.0) == (WARM.value(60.0), 120.0)
