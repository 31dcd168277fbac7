from __future__ import annotations

from math import exp, inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orchestrator.control.chemostat import NOTHING, accrue, due_in_s, pay, stand
from orchestrator.control.dilution import dilution_rate_per_h, remember_feed
from orchestrator.control.median import median_of_three
from orchestrator.control.turbidostat import trigger_od600

finite = some.floats(-1e6, 1e6)


@given(finite, finite, finite)
def test_the_median_lies_in_the_middle(a: float, b: float, c: float) -> None:
    assert median_of_three(a, b, c) == sorted((a, b, c))[1]


@given(some.floats(0.01, 10.0), some.floats(0.1, 5.0), some.floats(6.0, 100.0))
def test_the_mean_of_the_sawtooth_is_the_target(
    target_od600: float, exchange_ml: float, volume_ml: float
) -> None:
    top = trigger_od600(target_od600, exchange_ml, volume_ml)
    bottom = top * (1.0 - exchange_ml / volume_ml)
    period = log(top / bottom)
    steps = 2000
    tooth = [bottom * exp(period * (step + 0.5) / steps) for step in range(steps)]
    assert sum(tooth) / steps == pytest.approx(target_od600, rel=1e-3)


def test_the_trigger_is_about_half_an_exchange_above_the_target() -> None:
    assert trigger_od600(0.8, 1.0, 15.0) == pytest.approx(0.8 * (1.0 + 0.5 / 15.0), rel=2e-3)
    assert trigger_od600(0.8, 0.0, 15.0) == 0.8


@given(some.floats(0.05, 2.0), some.floats(0.1, 2.0), some.lists(some.floats(0.1, 300.0)))
def test_a_chemostat_pays_what_it_owes_whenever_it_is_looked_at(
    rate_per_h: float, exchange_ml: float, gaps_s: list[float]
) -> None:
    """Looked at often enough, what was fed and what is owed add up to D·V·t, without drift."""
    debt, fed_ml, now_s = accrue(NOTHING, rate_per_h, 15.0, exchange_ml, 0.0), 0.0, 0.0
    for gap_s in gaps_s:
        end_s = now_s + gap_s
        while now_s < end_s:
            wait_s = due_in_s(debt, rate_per_h, 15.0, exchange_ml)
            if wait_s == 0.0:
                debt, fed_ml = pay(debt, exchange_ml), fed_ml + exchange_ml
                continue
            now_s = min(end_s, now_s + wait_s)
            debt = accrue(debt, rate_per_h, 15.0, exchange_ml, now_s)
    owed_ml = rate_per_h * 15.0 * now_s / 3600.0
    assert fed_ml + debt.owed_ml == pytest.approx(owed_ml, abs=1e-6)
    assert debt.owed_ml <= exchange_ml * (1.0 + 1e-6)


def test_an_outage_is_not_made_up_for_with_a_flood() -> None:
    debt = accrue(NOTHING, 1.0, 15.0, 1.0, 0.0)
    assert accrue(debt, 1.0, 15.0, 1.0, 86_400.0).owed_ml == 1.5


def test_a_pause_owes_nothing() -> None:
    debt = accrue(NOTHING, 1.0, 15.0, 1.0, 0.0)
    debt = accrue(stand(accrue(debt, 1.0, 15.0, 1.0, 60.0)), 1.0, 15.0, 1.0, 7200.0)
    assert debt.owed_ml == pytest.approx(15.0 * 60.0 / 3600.0)


def test_without_a_rate_nothing_is_ever_due() -> None:
    assert due_in_s(NOTHING, 0.0, 15.0, 1.0) == inf


def test_the_dilution_rate_is_read_off_regular_exchanges_without_jitter() -> None:
    feeds: tuple[tuple[float, float], ...] = ()
    for number in range(100):
        feeds = remember_feed(feeds, 411.0 * number, 1.0)
    last_s = 411.0 * 99
    rates = [dilution_rate_per_h(feeds, 15.0, last_s + wait_s) for wait_s in range(0, 411, 10)]
    assert min(rates) == max(rates) == pytest.approx(3600.0 / 411.0 / 15.0)


def test_the_dilution_rate_fades_once_nothing_comes_any_more() -> None:
    feeds = ((0.0, 1.0), (300.0, 1.0), (600.0, 1.0))
    at_once = dilution_rate_per_h(feeds, 15.0, 600.0)
    assert dilution_rate_per_h(feeds, 15.0, 1800.0) < 0.5 * at_once
    assert dilution_rate_per_h(feeds, 15.0, 600.0 + 3600.0) == 0.0
