from __future__ import annotations

from functools import cache
from math import exp
from random import Random
from statistics import mean, median

import pytest

from orchestrator.control.growth import OD600_MIN, Estimate, begin, dilute, observe

STEP_S = 5.0


def grow(
    estimate: Estimate,
    od600: float,
    rate_per_h: float,
    hours: float,
    *,
    chance: Random,
    noise: float = 0.005,
) -> tuple[Estimate, float, list[Estimate]]:
    """Let a culture grow under a noisy eye."""
    seen = []
    at_s = estimate.at_s
    for _ in range(int(hours * 3600.0 / STEP_S)):
        at_s += STEP_S
        od600 *= exp(rate_per_h * STEP_S / 3600.0)
        estimate = observe(estimate, od600 * (1.0 + chance.gauss(0.0, noise)), at_s)
        seen.append(estimate)
    return estimate, od600, seen


@pytest.mark.parametrize("rate_per_h", [-0.2, 0.0, 0.1, 0.5, 1.2])
@pytest.mark.parametrize("noise", [0.002, 0.005, 0.02])
def test_a_steady_rate_is_found_within_half_an_hour(rate_per_h: float, noise: float) -> None:
    chance = Random(7)
    estimate, od600, _ = grow(begin(0.1, 0.0), 0.1, rate_per_h, 0.5, chance=chance, noise=noise)
    estimate, _, settled = grow(estimate, od600, rate_per_h, 1.0, chance=chance, noise=noise)
    assert estimate.sure
    error = [each.rate_per_h - rate_per_h for each in settled]
    assert abs(mean(error)) < 0.015
    assert max(map(abs, error)) < 0.06 + 4.0 * noise


def test_dilutions_that_it_is_told_of_do_not_disturb_the_rate() -> None:
    chance, estimate, od600 = Random(3), begin(0.8, 0.0), 0.8
    estimate, od600, _ = grow(estimate, od600, 0.7, 0.5, chance=chance)
    rates = []
    for _ in range(20):
        od600 *= 14.0 / 15.0
        estimate = dilute(estimate, 14.0 / 15.0)
        estimate, od600, seen = grow(estimate, od600, 0.7, 0.1, chance=chance)
        rates += [each.rate_per_h for each in seen]
    assert mean(rates) == pytest.approx(0.7, rel=0.05)
    assert min(rates) > 0.63
    assert max(rates) < 0.77


def test_a_pump_that_moves_a_tenth_less_does_not_disturb_it_either() -> None:
    chance, estimate, od600 = Random(4), begin(0.8, 0.0), 0.8
    estimate, od600, _ = grow(estimate, od600, 0.7, 0.5, chance=chance)
    rates = []
    for _ in range(20):
        od600 *= 1.0 - 0.9 / 15.0
        estimate = dilute(estimate, 14.0 / 15.0)
        estimate, od600, seen = grow(estimate, od600, 0.7, 0.1, chance=chance)
        rates += [each.rate_per_h for each in seen]
    assert mean(rates) == pytest.approx(0.7, rel=0.10)


RATES_PER_H, DENSITIES_OD600, SEEDS = [0.1, 0.2, 0.4, 0.8, 1.5], [0.05, 0.2, 0.5, 2.0], range(4)


@pytest.mark.parametrize("od600", DENSITIES_OD600)
@pytest.mark.parametrize("rate_per_h", RATES_PER_H)
def test_after_an_hour_the_rate_is_known_to_a_twentieth_through_dilutions(
    rate_per_h: float, od600: float
) -> None:
    """At 1 % noise each 5 s, medians of three, 1 mL of 15 exchanged whenever the target is passed:
    95 of 100 estimates of each run lie within 5 %, and the mean of all within 1.5 %."""
    means = []
    for seed in SEEDS:
        told = _through_dilutions(rate_per_h, od600, seed)
        errors = [each.rate_per_h / rate_per_h - 1.0 for each in told]
        means.append(mean(errors))
        assert sorted(map(abs, errors))[int(0.95 * len(errors))] < 0.05
    assert abs(mean(means)) < 0.015


def test_the_truth_lies_within_two_deviations_nineteen_times_of_twenty_or_so() -> None:
    """Between 90 and 99 of 100 settled estimates of all rates and densities together. In thin
    cultures it is more, since pumps are allowed an error that they do not have here; of the densest
    ones, in which only noise is left, more than 80 of 100 at each rate."""
    shares = {}
    for rate_per_h in RATES_PER_H:
        for od600 in DENSITIES_OD600:
            told = [e for seed in SEEDS for e in _through_dilutions(rate_per_h, od600, seed)]
            within = [abs(e.rate_per_h - rate_per_h) < 2.0 * e.deviation_per_h for e in told]
            shares[rate_per_h, od600] = mean(within)
    assert 0.90 < mean(shares.values()) < 0.99
    assert min(shares.values()) > 0.80


@cache
def _through_dilutions(rate_per_h: float, target_od600: float, seed: int) -> list[Estimate]:
    """What is held from the second hour to the third."""
    chance = Random(seed)
    kept, od600, told = 14.0 / 15.0, target_od600, list[Estimate]()
    estimate, shown, stale = begin(od600, 0.0), [od600], 0
    for step in range(1, int(3.0 * 3600.0 / STEP_S)):
        od600 *= exp(rate_per_h * STEP_S / 3600.0)
        if od600 >= target_od600:
            od600, estimate, stale = kept * od600, dilute(estimate, kept), 2
        shown = [*shown[-2:], od600 * (1.0 + chance.gauss(0.0, 0.01))]
        if stale:
            stale -= 1
            continue
        estimate = observe(estimate, median(shown), step * STEP_S)
        if step * STEP_S >= 3600.0:
            told.append(estimate)
    return told


@pytest.mark.parametrize(("before", "after"), [(0.1, 0.8), (0.8, 0.1), (0.4, 0.8), (0.0, 0.5)])
def test_a_rate_that_turns_is_found_within_half_an_hour(before: float, after: float) -> None:
    for seed in range(3):
        chance = Random(seed)
        estimate, od600, _ = grow(begin(0.1, 0.0), 0.1, before, 2.0, chance=chance, noise=0.01)
        estimate, od600, _ = grow(estimate, od600, after, 0.5, chance=chance, noise=0.01)
        _, _, seen = grow(estimate, od600, after, 0.5, chance=chance, noise=0.01)
        assert mean(each.rate_per_h for each in seen) == pytest.approx(after, rel=0.1, abs=0.02)


def test_a_rate_that_changes_is_followed() -> None:
    chance = Random(5)
    estimate, od600, _ = grow(begin(0.1, 0.0), 0.1, 0.8, 2.0, chance=chance)
    estimate, od600, _ = grow(estimate, od600, 0.1, 0.75, chance=chance)
    assert estimate.rate_per_h == pytest.approx(0.1, abs=0.05)


def test_a_shorter_window_follows_faster_and_shakes_more() -> None:
    def turned(window_s: float) -> tuple[float, float]:
        chance, estimate, od600 = Random(6), begin(0.2, 0.0), 0.2
        before, after = [], []
        for step in range(1440):
            rate_per_h = 0.8 if step < 1200 else 0.6
            od600 *= exp(rate_per_h * STEP_S / 3600.0)
            seen = od600 * (1.0 + chance.gauss(0.0, 0.005))
            estimate = observe(estimate, seen, (step + 1) * STEP_S, window_s)
            (before if 600 < step < 1200 else after).append(estimate.rate_per_h)
        return max(before) - min(before), after[660]

    shaking_short, turned_short = turned(600.0)
    shaking_long, turned_long = turned(2400.0)
    assert turned_short < turned_long
    assert shaking_short > shaking_long


def test_a_single_wild_reading_is_hardly_believed() -> None:
    chance = Random(8)
    estimate, od600, _ = grow(begin(0.3, 0.0), 0.3, 0.5, 1.0, chance=chance)
    after = observe(estimate, 3.0 * od600, estimate.at_s + STEP_S)
    assert after.rate_per_h == pytest.approx(estimate.rate_per_h, abs=0.05)
    assert after.log_od == pytest.approx(estimate.log_od, abs=0.02)


def test_a_culture_that_was_changed_by_hand_is_taken_up_where_it_is() -> None:
    chance = Random(9)
    estimate, od600, _ = grow(begin(0.3, 0.0), 0.3, 0.5, 1.0, chance=chance)
    estimate, od600, _ = grow(estimate, 0.5 * od600, 0.5, 0.02, chance=chance)
    assert exp(estimate.log_od) == pytest.approx(od600, rel=0.02)
    estimate, _, _ = grow(estimate, od600, 0.5, 0.3, chance=chance)
    assert estimate.rate_per_h == pytest.approx(0.5, abs=0.05)


def test_in_sterile_medium_there_is_nothing_to_see() -> None:
    estimate = begin(0.05, 0.0)
    assert observe(estimate, 0.5 * OD600_MIN, 5.0) is estimate
    assert observe(estimate, -0.01, 5.0) is estimate


def test_after_a_long_silence_it_starts_anew() -> None:
    chance = Random(10)
    estimate, od600, _ = grow(begin(0.3, 0.0), 0.3, 0.5, 1.0, chance=chance)
    assert estimate.sure
    assert not observe(estimate, od600, estimate.at_s + 7200.0).sure
