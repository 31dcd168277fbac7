from __future__ import annotations

from orchestrator.control.stirrer import KICK_DUTY, KICK_S, START, Spin, spin


def test_a_stirrer_at_rest_is_kicked_and_then_regulated() -> None:
    kicked = spin(START, 300.0, 0.0, 10.0)
    assert kicked.duty == KICK_DUTY
    assert spin(kicked, 300.0, 0.0, 10.0 + 0.5 * KICK_S) is kicked, "the kick is not cut short"
    turning = spin(kicked, 300.0, 310.0, 10.0 + KICK_S)
    assert turning.kicks == 0
    assert 0.1 < turning.duty < 0.3


def test_a_stirrer_that_does_not_start_is_kicked_again_and_counted() -> None:
    state = START
    for second in range(0, 12, 2):
        state = spin(state, 300.0, 0.0, float(second))
    assert state.kicks == 6


def test_a_weak_motor_is_driven_harder_until_it_is_fast_enough() -> None:
    state, rpm = Spin(), 100.0
    for second in range(60):
        state = spin(state, 500.0, rpm, float(second))
        rpm += 0.5 * (700.0 * state.duty - rpm)
    assert abs(rpm - 500.0) < 10.0


def test_jitter_within_the_deadband_leaves_the_duty_alone() -> None:
    state = spin(Spin(), 500.0, 480.0, 0.0)
    again = spin(state, 500.0, 503.0, 10.0)
    assert again.duty == state.duty


def test_without_a_tachometer_the_guess_is_driven() -> None:
    assert spin(START, 750.0, None, 0.0).duty == 0.5


def test_no_target_means_no_duty() -> None:
    assert spin(spin(START, 500.0, 400.0, 0.0), 0.0, 500.0, 1.0).duty == 0.0
