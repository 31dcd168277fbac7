"""Is the thermometer believed by those who have every reason to, and by nobody else?"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, sin, tau

import pytest

from orchestrator.control import heat_watch
from orchestrator.control.thermostat import START, heat

HOUR_S, STEP_S, LOOK_S = 3600.0, 5.0, 30.0


def watched(
    *,
    gain_c: float = 35.0,
    lag_s: float = 600.0,
    room_c: Callable[[float], float] = lambda _: 22.0,
    target_c: Callable[[float], float] = lambda _: 37.0,
    shown_c: Callable[[float, float], float] = lambda true_c, _: true_c,
    power: Callable[[float, float], float] = lambda duty, _: duty,
    start_c: float = 22.0,
    hours: float = 12.0,
) -> tuple[float, float]:
    """A block under a thermostat; when the watch first found it odd (h), and the hottest it was."""
    true_c, loop, duty, hottest_c = start_c, START, 0.0, -inf
    watch = heat_watch.begin(shown_c(true_c, 0.0), 0.0)
    odd_h, now_s, before_c = inf, 0.0, target_c(0.0)
    while now_s < hours * HOUR_S:
        now_s += STEP_S
        at_h = now_s / HOUR_S
        toward_c = room_c(at_h) + gain_c * power(duty, at_h)
        true_c = toward_c + (true_c - toward_c) * exp(-STEP_S / lag_s)
        hottest_c = max(hottest_c, true_c)
        measured_c = shown_c(true_c, at_h)
        if target_c(at_h) != before_c:
            watch, before_c = heat_watch.expect_change(watch), target_c(at_h)
        if now_s >= watch.at_s + LOOK_S:
            watch = heat_watch.look(watch, duty, measured_c, now_s)
        if watch.odd_c != 0.0:
            odd_h, duty = min(odd_h, at_h), 0.0
        else:
            loop, duty = heat(loop, target_c(at_h), measured_c, now_s)
    return odd_h, hottest_c


@pytest.mark.parametrize("gain_c", [20.0, 35.0, 60.0])
@pytest.mark.parametrize("lag_s", [300.0, 600.0, 1200.0])
def test_other_heaters_and_changes_of_the_target_are_no_reason_to_doubt(
    gain_c: float, lag_s: float
) -> None:
    """From the room to 30, a shift to 37 °C after five hours, and back after eight."""
    odd_h, _ = watched(
        gain_c=gain_c, lag_s=lag_s, target_c=lambda at_h: 37.0 if 5.0 <= at_h < 8.0 else 30.0
    )
    assert odd_h == inf


@pytest.mark.parametrize("gain_c", [20.0, 35.0, 60.0])
def test_a_worker_that_starts_again_beside_a_warm_vessel_has_no_doubt(gain_c: float) -> None:
    odd_h, _ = watched(gain_c=gain_c, start_c=37.0)
    assert odd_h == inf


def test_an_incubator_is_no_reason_to_doubt() -> None:
    odd_h, _ = watched(room_c=lambda _: 36.5, start_c=36.5)
    assert odd_h == inf


def test_a_room_that_is_four_degrees_colder_at_night_is_none_either() -> None:
    odd_h, _ = watched(room_c=lambda at_h: 22.0 + 4.0 * sin(tau * at_h / 24.0), hours=72.0)
    assert odd_h == inf


LIES: dict[str, Callable[[float, float], float]] = {
    "slips out": lambda true_c, at_h: 22.0 + 0.2 * (true_c - 22.0) if at_h > 6.0 else true_c,
    "ten degrees less": lambda true_c, at_h: true_c - (10.0 if at_h > 6.0 else 0.0),
    "ten degrees more": lambda true_c, at_h: true_c + (10.0 if at_h > 6.0 else 0.0),
    "sticks below the target": lambda true_c, at_h: 36.0 if at_h > 6.0 else true_c,
    "drifts down": lambda true_c, at_h: true_c - 2.0 * max(0.0, at_h - 6.0),
    "drifts up": lambda true_c, at_h: true_c + 2.0 * max(0.0, at_h - 6.0),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_thermometer_that_lies_is_doubted_before_it_gets_hot(lie: str) -> None:
    odd_h, hottest_c = watched(shown_c=LIES[lie])
    assert 6.0 < odd_h < 11.0
    assert hottest_c < 45.0


@pytest.mark.parametrize("duty", [0.0, 1.0])
def test_a_heater_that_does_something_else_is_found_out(duty: float) -> None:
    odd_h, _ = watched(power=lambda wanted, at_h: duty if at_h > 6.0 else wanted)
    assert 6.0 < odd_h < 7.0
