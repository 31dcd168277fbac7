"""Setpoints that follow a shape, a pure function of plan and clock (SEMANTICS rules 1, 8, 11)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orchestrator.execution.setpoints import time_of_day_s
from orchestrator.model.expression import Binary, Const, Signal
from orchestrator.model.ledger import Kind
from tests.support.plans import DAY_S, HOUR_S, START_WALL_S, Run, at, phase, put, shape

STAIRS = shape(
    "stirring.target", (0.0, 300.0), (HOUR_S, 400.0), interpolation="step", period_s=2 * HOUR_S
)
DAY = shape(
    "stirring.target",
    (6 * HOUR_S, 800.0),
    (22 * HOUR_S, 300.0),
    interpolation="step",
    timezone="Europe/Berlin",
)


def test_a_staircase_repeats_on_the_phase_clock_and_ends_with_its_phase() -> None:
    run = Run(phase("hold", STAIRS, duration_s=5 * HOUR_S), phase("after", duration_s=100.0))
    seen = []
    for number in range(5):
        run.to((number + 0.5) * HOUR_S)
        seen.append(run.target())
    assert seen == [300.0, 400.0, 300.0, 400.0, 300.0]
    run.to(5 * HOUR_S)
    assert run.target() == 500.0
    assert run.outcomes("shape") == [(5 * HOUR_S, "done", "phase hold ended")]


def test_a_staircase_is_looked_at_only_when_it_moves() -> None:
    run = Run(phase("hold", STAIRS, duration_s=DAY_S))
    run.to(10 * HOUR_S)
    assert run.looks < 40


def test_a_table_that_does_not_repeat_arrives_and_holds() -> None:
    run = Run(
        phase("hold", shape("stirring.target", (0.0, 300.0), (1000.0, 400.0)), duration_s=DAY_S)
    )
    run.to(500.0)
    assert run.target() == pytest.approx(350.0)
    run.to(2000.0)
    assert run.target() == 400.0
    assert run.outcomes("shape") == [(1000.0, "done", "")]


@pytest.mark.parametrize("crash_s", [10.0, 4000.0, 9500.0])
def test_rule_1_a_restart_comes_to_the_same_setpoint(crash_s: float) -> None:
    wave = shape("stirring.target", form="sine", mean=500.0, amplitude=100.0, period_s=HOUR_S * 3)
    steady, broken = (Run(phase("hold", wave, duration_s=DAY_S)) for _ in range(2))
    broken.to(crash_s)
    broken.crash(crash_s + 1800.0)
    for moment_s in (crash_s + 1800.0, crash_s + 5000.0):
        steady.to(moment_s)
        broken.to(moment_s)
        assert broken.target() == steady.target() != 500.0
    assert len(broken.of(Kind.ACTION_BEGAN)) == 1


def test_rule_8_a_shape_of_the_phase_stands_while_paused_and_one_of_the_wall_goes_on() -> None:
    run = Run(phase("hold", STAIRS, duration_s=DAY_S))
    run.to(0.5 * HOUR_S)
    run.control("paused")
    run.to(5 * HOUR_S)
    assert run.target() == 300.0
    run.control("running")
    run.to(5.6 * HOUR_S)
    assert run.target() == 400.0
    day = Run(phase("hold", DAY, duration_s=2 * DAY_S))
    day.control("paused")
    day.to(DAY_S / 2)
    assert day.target() == (300.0 if local_hour(DAY_S / 2) >= 22 else 800.0)


def test_a_formula_goes_by_the_clocks() -> None:
    value = Binary("+", Const(300.0), Binary("/", Signal("phase_time"), Const(60.0)))
    run = Run(
        phase("first", duration_s=600.0),
        phase("hold", shape("stirring.target", form="formula", value=value), duration_s=DAY_S),
    )
    run.to(600.0 + 1200.0)
    assert run.target() == pytest.approx(320.0)


def test_where_a_formula_has_no_value_the_job_says_what_is_wanted() -> None:
    value = Binary("/", Const(6000.0), Signal("phase_time"))
    run = Run(
        phase("hold", shape("stirring.target", form="formula", value=value), duration_s=DAY_S)
    )
    assert run.target() == 500.0
    run.to(15.0)
    assert run.target() == 600.0


def test_day_and_night_follow_the_wall_clock_on_the_nights_when_it_changes_too() -> None:
    run = Run(phase("hold", DAY, duration_s=4 * DAY_S))
    for start in (datetime(2025, 3, 29, 12, tzinfo=UTC), datetime(2025, 10, 25, 12, tzinfo=UTC)):
        run = Run(phase("hold", DAY, duration_s=4 * DAY_S), trusted=False)
        assert run.target() == 500.0, "nothing begins before the time is known"
        run.wall_s = start.timestamp()
        run.look()
        for quarter in range(1, 4 * 36):
            now_s = quarter * HOUR_S / 4
            run.to(now_s)
            of_day_s = time_of_day_s(run.wall_s + now_s, "Europe/Berlin")
            is_day = 6 * HOUR_S <= of_day_s < 22 * HOUR_S
            assert run.target() == (800.0 if is_day else 300.0)


def test_a_clock_that_is_lost_after_a_crash_goes_on_from_where_it_was() -> None:
    run = Run(phase("hold", DAY, duration_s=4 * DAY_S))
    run.to(HOUR_S)
    before = run.target()
    run.wall_s = None
    run.crash(HOUR_S + 10.0)
    assert run.target() == before
    run.to(DAY_S)
    assert run.target() == (300.0 if local_hour(DAY_S) >= 22 or local_hour(DAY_S) < 6 else 800.0)


def test_rule_11_the_latest_start_wins_over_a_shape() -> None:
    run = Run(phase("hold", STAIRS, at("one", 1800.0, put(stirring__target=900)), duration_s=DAY_S))
    run.to(1700.0)
    assert run.target() == 300.0
    run.to(HOUR_S * 1.5)
    assert run.target() == 900.0


def local_hour(process_s: float) -> float:
    return time_of_day_s(START_WALL_S + process_s, "Europe/Berlin") / HOUR_S
