"""Generations and lag, on a culture whose readings have no noise."""

from __future__ import annotations

from math import exp, log

import pytest

from orchestrator.control.growth import GAP_MAX_S, WINDOW_S, Estimate, begin, dilute, observe
from orchestrator.control.lineage import Lineage, follow, inoculated, resumed

STEP_S, HOUR_S = 20.0, 3600.0


class Culture:
    """Waits, then grows at a steady rate; read every 20 s, followed every minute."""

    def __init__(self, rate_per_h: float, lag_h: float = 0.0) -> None:
        self.rate_per_h, self.grows_from_s = rate_per_h, lag_h * HOUR_S
        self.now_s, self.od600 = 0.0, 0.05
        self.estimate: Estimate = begin(self.od600, 0.0)
        self.lineage: Lineage = inoculated(self.estimate)

    def grow(self, hours: float, *, unseen: bool = False) -> None:
        until_s = self.now_s + hours * HOUR_S
        while self.now_s < until_s:
            self.now_s += STEP_S
            if self.now_s > self.grows_from_s:
                self.od600 *= exp(self.rate_per_h * STEP_S / HOUR_S)
            if not unseen:
                self.estimate = observe(self.estimate, self.od600, self.now_s)
                if self.now_s % 60.0 == 0.0:
                    self.lineage = follow(self.lineage, self.estimate, WINDOW_S)


def test_generations_count_what_dilutions_took_away() -> None:
    culture = Culture(0.7)
    for _ in range(40):
        culture.grow(0.5)
        culture.od600 *= 0.8
        culture.estimate = dilute(culture.estimate, 0.8)
    culture.grow(0.5)
    assert culture.lineage.generations == pytest.approx(0.7 * 20.5 / log(2.0), rel=0.005)


def test_cells_put_in_by_hand_did_not_grow_here() -> None:
    culture = Culture(0.7)
    culture.grow(3.0)
    culture.od600 *= 3.0
    culture.grow(1.0)
    assert culture.lineage.generations == pytest.approx(0.7 * 4.0 / log(2.0), rel=0.02)


def test_a_second_inoculation_before_the_first_doubling_begins_the_count_anew() -> None:
    """What looked like cells was a medium that nobody had blanked."""
    culture = Culture(0.7, lag_h=4.0)
    culture.grow(3.0)
    culture.od600 *= 3.0
    culture.grow(4.0)
    assert culture.lineage.since_s == pytest.approx(3.0 * HOUR_S, abs=180.0)
    assert culture.lineage.lag_s == pytest.approx(HOUR_S, rel=0.05)


@pytest.mark.parametrize("lag_h", [0.5, 2.0, 6.0])
def test_the_lag_is_told_once_the_steepest_growth_is_over_a_window_old(lag_h: float) -> None:
    culture = Culture(0.7, lag_h)
    culture.grow(lag_h + 0.6)
    assert culture.lineage.lag_s is None, "there may be steeper growth to come"
    culture.grow(1.0)
    assert culture.lineage.lag_s == pytest.approx(lag_h * HOUR_S, rel=0.03)


def test_once_known_a_lag_stays_whatever_comes() -> None:
    culture = Culture(0.4, 1.0)
    culture.grow(4.0)
    known = culture.lineage.lag_s
    culture.rate_per_h = 1.2
    culture.grow(2.0)
    assert culture.lineage.lag_s == known == pytest.approx(HOUR_S, rel=0.05)


def test_a_culture_that_never_grows_has_no_lag() -> None:
    culture = Culture(0.0)
    culture.grow(6.0)
    assert culture.lineage.lag_s is None
    assert culture.lineage.generations == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize(("silence_s", "counted"), [(GAP_MAX_S - 60.0, 1.0), (2 * GAP_MAX_S, 0.0)])
def test_what_grew_unseen_is_reckoned_for_an_hour_and_no_longer(
    silence_s: float, counted: float
) -> None:
    culture = Culture(0.7)
    culture.grow(2.0)
    before = culture.lineage
    later = begin(0.4, before.at_s + silence_s)
    grown = resumed(before, later).grown - before.grown
    assert grown == pytest.approx(counted * 0.7 * silence_s / HOUR_S, rel=0.02)


def test_a_long_silence_within_one_life_is_not_counted_either() -> None:
    culture = Culture(0.7)
    culture.grow(2.0)
    culture.grow(2.0, unseen=True)
    culture.grow(1.0)
    assert culture.lineage.generations == pytest.approx(0.7 * 3.0 / log(2.0), rel=0.03)
