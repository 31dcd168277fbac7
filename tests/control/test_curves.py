"""Setpoints that follow tables and waves."""

from __future__ import annotations

from itertools import pairwise
from math import inf, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.control.curves import Interpolation, Sine, Table

HOUR_S = 3600.0
INTERPOLATIONS: list[Interpolation] = ["linear", "step", "smooth"]


@st.composite
def tables(draw: st.DrawFn, interpolation: Interpolation | None = None) -> Table:
    lengths = draw(st.lists(st.floats(1.0, 1e5), min_size=1, max_size=8))
    times_s = [0.0]
    for each in lengths:
        times_s.append(times_s[-1] + each)
    values = draw(st.lists(st.floats(-100.0, 100.0), min_size=len(times_s), max_size=len(times_s)))
    repeats = draw(st.booleans())
    return Table(
        times_s=tuple(times_s),
        values=tuple(values),
        interpolation=interpolation or draw(st.sampled_from(INTERPOLATIONS)),
        period_s=times_s[-1] if repeats else None,
    )


@pytest.mark.parametrize(
    ("interpolation", "expected"),
    [("linear", [30.0, 33.5, 37.0, 37.0]), ("step", [30.0, 30.0, 37.0, 37.0])],
)
def test_a_table_goes_from_point_to_point_and_holds_the_last(
    interpolation: Interpolation, expected: list[float]
) -> None:
    table = Table(times_s=(0.0, 2 * HOUR_S), values=(30.0, 37.0), interpolation=interpolation)
    hours = (0.0, 1.0, 2.0, 50.0)
    assert [table.stepped(hour * HOUR_S)[0] for hour in hours] == expected
    assert table.stepped(2 * HOUR_S)[1] == inf
    assert table.over_s == 2 * HOUR_S


@given(tables(), st.floats(0.0, 3e5))
def test_a_value_never_leaves_the_range_between_its_neighbours(table: Table, at_s: float) -> None:
    value, _ = table.stepped(at_s)
    local_s = at_s % table.period_s if table.period_s else min(at_s, table.times_s[-1])
    around = [
        (low, high)
        for begin, end, low, high in zip(
            table.times_s, table.times_s[1:], table.values, table.values[1:], strict=False
        )
        if begin - 1e-6 <= local_s <= end + 1e-6
    ]
    assert any(min(pair) - 1e-6 <= value <= max(pair) + 1e-6 for pair in around)


@given(tables("smooth"))
def test_a_smooth_curve_passes_through_its_points_and_rises_where_they_rise(table: Table) -> None:
    for begin_s, end_s, low, high in zip(
        table.times_s, table.times_s[1:], table.values, table.values[1:], strict=False
    ):
        shares = [n / 20.0 for n in range(20)]
        along = [table.stepped(begin_s + share * (end_s - begin_s) + 1e-7)[0] for share in shares]
        assert along[0] == pytest.approx(low, abs=1e-6)
        rises = [after - before for before, after in pairwise(along)]
        sign = 1.0 if high >= low else -1.0
        assert all(sign * rise >= -1e-6 for rise in rises)


@given(tables(), st.floats(0.0, 3e5))
def test_the_answer_stands_until_the_next_one(table: Table, at_s: float) -> None:
    value, next_s = table.stepped(at_s)
    assert next_s > at_s or next_s == pytest.approx(at_s)
    assert table.stepped(at_s) == (value, next_s)
    if next_s < inf:
        assert table.stepped(at_s + 0.5 * (next_s - at_s))[0] == pytest.approx(value)


@pytest.mark.parametrize("turn", [0, 1, 17])
def test_what_repeats_comes_again_each_period(turn: int) -> None:
    stairs = Table(
        times_s=(0.0, 2 * HOUR_S), values=(300.0, 500.0), interpolation="step", period_s=3 * HOUR_S
    )
    begin_s = turn * 3 * HOUR_S
    assert stairs.stepped(begin_s + HOUR_S) == (300.0, begin_s + 2 * HOUR_S)
    assert stairs.stepped(begin_s + 2.5 * HOUR_S) == (500.0, begin_s + 3 * HOUR_S)
    assert stairs.over_s == inf


@given(st.floats(-100.0, 100.0), st.floats(0.0, 50.0), st.floats(60.0, 1e6), st.floats(0.0, 1e6))
def test_a_wave_stays_within_its_height(
    mean: float, amplitude: float, period_s: float, at_s: float
) -> None:
    value, next_s = Sine(mean=mean, amplitude=amplitude, period_s=period_s).stepped(at_s)
    assert mean - amplitude - 1e-9 <= value <= mean + amplitude + 1e-9
    assert next_s > at_s


def test_a_wave_begins_at_its_mean_and_rises_unless_shifted() -> None:
    wave = Sine(mean=33.0, amplitude=3.0, period_s=12 * HOUR_S)
    assert [wave.stepped(h * HOUR_S + 1e-6)[0] for h in (0, 3, 6, 9)] == pytest.approx(
        [33, 36, 33, 30]
    )
    shifted = Sine(mean=33.0, amplitude=3.0, period_s=12 * HOUR_S, phase_s=HOUR_S)
    assert shifted.stepped(0.0)[0] == pytest.approx(33.0 + 3.0 * sin(2 * pi / 12))
