from __future__ import annotations

import pytest

from orchestrator.control.pi import Loop, Tuning, regulate
from orchestrator.control.thermostat import START, heat

TUNING = Tuning(gain=0.1, integral_time_s=100.0, longest_step_s=10.0)


def test_a_lasting_error_moves_the_output_until_it_is_gone() -> None:
    loop = Loop(0.0, 0.0)
    for second in range(1, 101):
        loop, output = regulate(loop, TUNING, 1.0, float(second))
    assert output == pytest.approx(0.1 + 0.1)


def test_a_saturated_loop_does_not_wind_up() -> None:
    loop = Loop(0.0, 0.0)
    for second in range(1, 1000):
        loop, output = regulate(loop, TUNING, 20.0, float(second))
        assert output == 1.0
    assert loop.integral == 0.0
    loop, output = regulate(loop, TUNING, -1.0, 1000.0)
    assert output == 0.0


def test_an_error_that_leads_back_from_the_bound_is_integrated_at_once() -> None:
    loop, output = regulate(Loop(1.2, 0.0), TUNING, -1.0, 1.0)
    assert output == 1.0
    assert loop.integral < 1.2


def test_a_gap_in_the_measurements_is_not_integrated_in_full() -> None:
    loop, _ = regulate(Loop(0.0, 0.0), TUNING, 1.0, 3600.0)
    assert loop.integral == pytest.approx(0.1 * 10.0 / 100.0)


def test_a_clock_that_stands_integrates_nothing() -> None:
    loop, _ = regulate(Loop(0.3, 5.0), TUNING, 1.0, 5.0)
    assert loop.integral == 0.3


def test_without_a_measurement_nobody_heats() -> None:
    loop, duty = heat(START, 37.0, 25.0, 0.0)
    assert duty == 1.0
    loop, duty = heat(loop, 37.0, None, 5.0)
    assert duty == 0.0
    assert loop.at_s is None, "the silence is not integrated when the thermometer is back"


@pytest.mark.parametrize("measured_c", [45.0, 60.0])
def test_well_above_the_target_the_heater_is_off(measured_c: float) -> None:
    _, duty = heat(Loop(0.5, 0.0), 37.0, measured_c, 5.0)
    assert duty == 0.0
