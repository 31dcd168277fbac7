"""Each profile that comes with Axenic does, in figures, what it is for."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import exp, log
from statistics import linear_regression

import pytest

from tests.profiles.how_rehearsed import WORDS
from tests.support.rehearsals import HOUR_S, Rehearsal

pytestmark = pytest.mark.timeout(240)
Rehearsed = Callable[[str], Rehearsal]

E_COLI_37_PER_H = 0.77
"""What `contrib/cultures/e-coli.yaml` says of its growth at 37 °C."""
DENSEST_G_L = 2.5
"""Half a gram of cells from each of 5 g/L."""


def growth_per_h(run: Rehearsal, vessel: str, from_s: float, to_s: float) -> float:
    """Slope of the true ln OD."""
    points = [point for point in run.series(vessel, "sim.od600", from_s, to_s) if point[1] > 0.0]
    slope = linear_regression([at_s for at_s, _ in points], [log(od) for _, od in points]).slope
    return slope * HOUR_S


@pytest.mark.parametrize("name", sorted(WORDS))
def test_nothing_is_refused_fails_or_is_missed_in(name: str, rehearsed: Rehearsed) -> None:
    run = rehearsed(name)
    ended = {(row["outcome"], row["reason"]) for row in run.actions if row["outcome"] != "done"}
    assert len(run.actions) > 1
    under_way, not_wanted = ("", ""), ("skipped", "its condition is false")
    assert ended <= {not_wanted, under_way}
    assert "running" in run.states or under_way not in ended
    assert run.states <= {"completed", "running"}
    assert run.summary["warnings"] == []


def test_a_batch_is_followed_from_its_inoculum_into_the_stationary_phase(
    rehearsed: Rehearsed,
) -> None:
    run = rehearsed("batch-growth-curve")
    assert run.states == {"completed"}
    for vessel in ("culture_1", "culture_2", "culture_3"):
        entered_s, left_s = run.stay(vessel, "grow")
        assert run.mean(vessel, "temperature.measured", entered_s, left_s) == pytest.approx(
            37.0, abs=0.2
        )
        early = growth_per_h(run, vessel, entered_s + 0.6 * HOUR_S, entered_s + 4 * HOUR_S)
        assert early == pytest.approx(E_COLI_37_PER_H, rel=0.03)
        assert run.at(vessel, "sim.biomass_g_l", left_s) == pytest.approx(
            0.02 + DENSEST_G_L, rel=0.02
        )
        last_s, densest_s = left_s - 25 * 60.0, left_s
        assert growth_per_h(run, vessel, last_s, densest_s) == pytest.approx(0.0, abs=0.01)


def test_a_chemostat_is_as_dense_as_its_feed_allows_at_each_rate_and_is_washed_out_at_last(
    rehearsed: Rehearsed,
) -> None:
    run = rehearsed("chemostat")
    assert run.states == {"completed"}
    entered_s, left_s = run.stay("culture", "steady states")
    changed_s = entered_s
    for rate_per_h in (0.3, 0.45, 0.6):
        changed_s += 3 * HOUR_S / rate_per_h
        last = (changed_s - 2 * HOUR_S, changed_s)
        fed = run.series("culture", "sim.fed_ml", *last)
        had_per_h = (fed[-1][1] - fed[0][1]) / 15.0 / (fed[-1][0] - fed[0][0]) * HOUR_S
        assert had_per_h == pytest.approx(rate_per_h, rel=0.03)
        assert run.mean("culture", "sim.biomass_g_l", *last) == pytest.approx(DENSEST_G_L, rel=0.03)
    assert changed_s == pytest.approx(left_s, abs=10.0)
    (said,) = [each for each in run.told("note") if each.startswith("Highest growth rate")]
    assert float(said.split(": ")[1].split()[0]) == pytest.approx(E_COLI_37_PER_H, abs=0.04)


def test_a_turbidostat_holds_the_hourly_mean_within_three_percent_at_both_densities(
    rehearsed: Rehearsed,
) -> None:
    run = rehearsed("turbidostat")
    entered_s = run.stay("thin", "hold")[0]
    assert run.stay("dense", "hold")[0] == pytest.approx(entered_s, abs=1.0), "rule 9"
    for vessel, density in (("thin", 0.2), ("dense", 0.8)):
        for hour in (1, 2, 3):
            begin_s = entered_s + hour * HOUR_S
            mean = run.mean(vessel, "sim.od600", begin_s, begin_s + HOUR_S)
            assert mean == pytest.approx(density, rel=0.03), (vessel, hour)


def test_a_morbidostat_slows_growth_to_what_it_dilutes(rehearsed: Rehearsed) -> None:
    run = rehearsed("morbidostat")
    entered_s, left_s = run.stay("evolving", "select")
    assert left_s - entered_s == pytest.approx(22 * HOUR_S, abs=1.0)
    assert {"1 mL with drug", "1 mL with feed"} == set(run.told("dilute"))
    late = (entered_s + 8 * HOUR_S, left_s)
    assert run.mean("evolving", "sim.drug_mg_l", *late) > 0.2
    grown = growth_per_h(run, "evolving", *late)
    fed = run.series("evolving", "sim.fed_ml", *late)
    diluted_per_h = (fed[-1][1] - fed[0][1]) / 15.0 / (fed[-1][0] - fed[0][0]) * HOUR_S
    assert grown + diluted_per_h == pytest.approx(1.0 / 15 * 5, abs=0.08)
    assert run.told("sample") == ["1 mL, Glycerol stock"]


def test_a_fed_batch_grows_at_its_set_rate_is_induced_once_and_does_not_overflow(
    rehearsed: Rehearsed,
) -> None:
    run = rehearsed("fed-batch")
    assert run.states == {"completed"}
    entered_s, left_s = run.stay("culture", "feed")
    hours = (1.0, 3.0, 6.0)
    grams = [
        run.at("culture", "sim.volume_ml", entered_s + hour * HOUR_S)
        * run.at("culture", "sim.biomass_g_l", entered_s + hour * HOUR_S)
        for hour in hours
    ]
    for (one, early), (other, late) in pairwise(zip(hours, grams, strict=True)):
        assert late / early == pytest.approx(exp(0.15 * (other - one)), rel=0.04)
    inducer = [each for each in run.told("dose") if each.endswith("of inducer")]
    assert inducer == ["0.075 mL of inducer"]
    assert 18.0 < run.at("culture", "sim.volume_ml", left_s) < 18.8
    assert max(run.values("culture", "sim.volume_ml")) < 19.0
    assert run.at("culture", "stirring.target", left_s - 120.0) > 900.0


def test_a_temperature_shift_is_reached_lasts_as_long_as_set_and_spares_the_control(
    rehearsed: Rehearsed,
) -> None:
    run = rehearsed("temperature-shift")
    assert run.states == {"completed"}
    for vessel in ("shifted_1", "shifted_2"):
        entered_s, left_s = run.stay(vessel, "shift")
        hot = [
            at_s
            for at_s, value in run.series(vessel, "temperature.measured", entered_s, left_s)
            if value >= 41.5
        ]
        assert (hot[-1] - hot[0]) == pytest.approx(30 * 60.0, abs=180.0), "rule 8"
        assert left_s - entered_s > 33 * 60.0, "the clock stood while it warmed up"
        assert run.at(vessel, "temperature.measured", left_s - 120.0) == pytest.approx(
            42.0, abs=0.2
        )
        assert run.values(vessel, "temperature.measured")[-1] == pytest.approx(30.0, abs=0.3)
    assert max(run.values("control", "temperature.measured")) < 30.5
    samples = {vessel: len(run.told("sample", vessel)) for vessel in ("control", "shifted_1")}
    assert samples == {"control": 6, "shifted_1": 6}


def test_growth_falls_from_dose_to_dose_and_is_halved_at_the_ic50(rehearsed: Rehearsed) -> None:
    run = rehearsed("dose-response")
    assert run.states == {"completed"}
    doses_mg_l = (0.0, 0.1, 0.2, 0.3, 0.45, 0.7, 1.05, 1.6)
    rates = []
    for number, dose_mg_l in enumerate(doses_mg_l, start=1):
        vessel = f"dose_{number}"
        entered_s, left_s = run.stay(vessel, "exposure")
        had = run.at(vessel, "sim.drug_mg_l", left_s)
        assert had == pytest.approx(dose_mg_l, rel=0.03, abs=1e-9), vessel
        rates.append(growth_per_h(run, vessel, entered_s + 300.0, left_s))
    assert rates[0] == pytest.approx(E_COLI_37_PER_H, rel=0.03)
    for (one, slower), (other, faster) in pairwise(zip(doses_mg_l[::-1], rates[::-1], strict=True)):
        assert faster > slower + 0.02, f"{other} mg/L against {one} mg/L"
    shares = [rate / rates[0] for rate in rates]
    assert shares[4] > 0.5 > shares[5], "the IC50 of 0.5 mg/L lies between 0.45 and 0.7 mg/L"
    entries = {run.stay(f"dose_{number}", "exposure")[0] for number in range(1, 9)}
    assert max(entries) - min(entries) < 1.0, "rule 9"


def test_lineages_are_passed_on_again_and_again_in_exponential_growth(
    rehearsed: Rehearsed,
) -> None:
    run = rehearsed("adaptive-evolution")
    for vessel in ("lineage_1", "lineage_2", "lineage_3"):
        visits = [each["phase"] for each in run.summary["vessels"][vessel]["phases"]]
        assert visits[:5] == ["inoculate", "grow", "pass", "grow", "pass"], vessel
        passes = run.told("note", vessel)
        assert len(passes) == 2
        for said in passes:
            rate_per_h = float(said.split(" at ")[1].split()[0])
            assert rate_per_h == pytest.approx(E_COLI_37_PER_H, abs=0.04)
        _, thinned_s = run.stay(vessel, "pass")
        assert 0.04 < run.at(vessel, "sim.od600", thinned_s + 60.0) < 0.055
        assert max(run.values(vessel, "sim.od600")) < 0.9


def test_an_overnight_culture_stands_at_its_density_at_nine(rehearsed: Rehearsed) -> None:
    run = rehearsed("overnight-start")
    nine_s = 15 * HOUR_S
    released_s = run.stay("preculture", "wake")[0]
    assert released_s == pytest.approx(11 * HOUR_S + 50 * 60.0, abs=5.0)
    assert run.mean("preculture", "sim.od600", 9 * HOUR_S, released_s) == pytest.approx(
        0.08, rel=0.05
    )
    assert nine_s - HOUR_S < run.stay("preculture", "ready")[0] < nine_s
    assert run.at("preculture", "sim.od600", nine_s) == pytest.approx(0.6, rel=0.05)
    assert growth_per_h(run, "preculture", released_s, nine_s - HOUR_S) == pytest.approx(
        E_COLI_37_PER_H, rel=0.03
    )
    assert [each["text"] for each in run.summary["alerts"]] == ["preculture is ready at OD600 0.61"]


def test_a_calibration_gathers_a_pair_at_every_density_over_more_than_a_decade(
    rehearsed: Rehearsed,
) -> None:
    run = rehearsed("calibration-run")
    assert run.states == {"completed"}
    pairs = [each for each in run.told("note") if each.startswith("pair: ")]
    assert len(pairs) == 12
    volts = [float(each.split()[1]) for each in pairs]
    assert all(denser > thinner for denser, thinner in pairwise(volts))
    truth = run.values("suspension", "sim.od600", run.stay("suspension", "measure")[0])
    assert truth[0] / truth[-1] > 20.0


def test_a_long_run_is_steady_tells_each_morning_and_is_looked_after_on_mondays(
    rehearsed: Rehearsed,
) -> None:
    run = rehearsed("long-term-stability")
    for vessel in ("selected", "unselected"):
        entered_s, _ = run.stay(vessel, "steady")
        last = (entered_s + 2 * HOUR_S, entered_s + 4 * HOUR_S)
        assert run.mean(vessel, "sim.biomass_g_l", *last) == pytest.approx(DENSEST_G_L, rel=0.03)
        fed = run.series(vessel, "sim.fed_ml", *last)
        assert fed[-1][1] - fed[0][1] == pytest.approx(0.1 * 15 * 2, rel=0.1)
        assert run.told("sample", vessel) == [
            f"0.5 mL, Colonies with and without antibiotic, {vessel}"
        ]
        (morning,) = run.told("alert", vessel)
        assert morning.startswith(f"{vessel}: OD600 5."), "and none of a film on the glass"


def test_an_alga_grows_by_day_and_less_by_night_and_its_control_does_not_care(
    rehearsed: Rehearsed,
) -> None:
    run = rehearsed("light-cycle")
    noon_s, midnight_s = 3 * HOUR_S, 15 * HOUR_S
    light = {hour: run.at("cycled", "sim.light", hour * HOUR_S) for hour in (3, 10.5, 15, 21.5)}
    assert light == pytest.approx({3: 160.0, 10.5: 80.0, 15: 0.0, 21.5: 80.0}, abs=4.0)
    assert run.at("constant", "sim.light", midnight_s) == pytest.approx(160.0 * 13 / 24, abs=1.0)
    day, night = (
        {
            vessel: growth_per_h(run, vessel, begin_s, begin_s + 4 * HOUR_S)
            for vessel in ("cycled", "constant")
        }
        for begin_s in (noon_s, midnight_s)
    )
    lit = 0.53 + 0.47 * 160.0 / 270.0
    assert night["cycled"] / day["cycled"] == pytest.approx(0.53 / lit, rel=0.03)
    assert night["constant"] == pytest.approx(day["constant"], rel=0.03)
