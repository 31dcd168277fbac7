"""Growth against its closed forms: Monod, Haldane, chemostat, wash-out, temperature."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.sim.apparatus import Apparatus, Heater, Vial
from orchestrator.sim.culture import Culture
from orchestrator.sim.kinetics import cardinal_factor, specific_growth_rate_per_h
from orchestrator.sim.organism import E_COLI, CardinalTemperatures, Organism
from orchestrator.sim.state import Actuators

FULL = Vial(waste_tube_ml=15.0)
"""The tube ends at the surface: the volume stays, as in the closed forms."""
WARM = Apparatus(vial=FULL, heater=Heater(ambient_c=E_COLI.temperature.optimum_c))
"""A room at the optimum temperature: growth is as fast as it gets, and stays so."""
COLD = Apparatus(vial=FULL, heater=Heater(ambient_c=E_COLI.temperature.minimum_c - 1.0))
ORGANISM = replace(E_COLI, mu_max_per_h=1.0, ks_g_l=0.2)


def grown(organism: Organism, apparatus: Apparatus = WARM) -> Culture:
    culture = Culture.sterile(organism, apparatus)
    culture.inoculate()
    return culture


def monod_batch_h(organism: Organism, from_g_l: float, to_g_l: float) -> float:
    """The implicit solution of Monod growth in batch: the time from one biomass to another."""
    half = organism.yield_g_g * organism.ks_g_l
    potential = from_g_l + organism.yield_g_g * organism.initial_substrate_g_l
    grow_h = (half + potential) / potential * log(to_g_l / from_g_l)
    starve_h = half / potential * log((potential - from_g_l) / (potential - to_g_l))
    return (grow_h + starve_h) / organism.mu_max_per_h


def continuous(dilution_per_h: float, organism: Organism, apparatus: Apparatus = WARM) -> Actuators:
    flow_ml_s = dilution_per_h * apparatus.vial.volume_ml / 3600.0
    return Actuators(
        inflow_ml_s=flow_ml_s, inflow_g_l=organism.feed_g_l, waste_ml_s=2.0 * flow_ml_s
    )


@pytest.mark.parametrize("step_s", [5.0, 37.0, 3600.0])
@pytest.mark.parametrize("ks_g_l", [0.004, 0.2, 3.0])
def test_a_batch_follows_the_implicit_solution_of_monod(step_s: float, ks_g_l: float) -> None:
    organism = replace(ORGANISM, ks_g_l=ks_g_l)
    culture = grown(organism)
    start_g_l = culture.state.biomass_g_l
    potential_g_l = start_g_l + organism.yield_g_g * organism.initial_substrate_g_l
    for share in (0.02, 0.1, 0.5, 0.9, 0.99, 0.9999):
        aim_g_l = share * potential_g_l
        due_s = 3600.0 * monod_batch_h(organism, start_g_l, aim_g_l)
        while culture.state.now_s + step_s < due_s:
            culture.advance(culture.state.now_s + step_s)
        culture.advance(due_s)
        assert culture.state.biomass_g_l == pytest.approx(aim_g_l, rel=1e-6)


def test_biomass_gained_is_yield_times_substrate_eaten() -> None:
    culture = grown(ORGANISM)
    before = replace(culture.state)
    for hour in range(1, 12):
        culture.advance(3600.0 * hour)
        gained_g_l = culture.state.biomass_g_l - before.biomass_g_l
        eaten_g_l = before.substrate_g_l - culture.state.substrate_g_l
        assert gained_g_l == pytest.approx(ORGANISM.yield_g_g * eaten_g_l, rel=1e-12)


def test_a_batch_ends_with_every_gram_of_substrate_in_biomass() -> None:
    culture = grown(E_COLI)
    culture.advance(3.0 * 86_400.0)
    assert culture.state.substrate_g_l == 0.0
    all_g_l = E_COLI.initial_biomass_g_l + E_COLI.yield_g_g * E_COLI.initial_substrate_g_l
    assert culture.state.biomass_g_l == pytest.approx(all_g_l, rel=1e-12)


@pytest.mark.parametrize("dilution_per_h", [0.1, 0.4, 0.8])
@pytest.mark.parametrize("step_s", [5.0, 900.0])
def test_a_chemostat_settles_where_growth_equals_dilution(
    dilution_per_h: float, step_s: float
) -> None:
    culture = grown(ORGANISM)
    actuators = continuous(dilution_per_h, ORGANISM)
    while culture.state.now_s < 150.0 * 3600.0 / dilution_per_h**0.5:
        culture.advance(culture.state.now_s + step_s, actuators)
    left_g_l = ORGANISM.ks_g_l * dilution_per_h / (ORGANISM.mu_max_per_h - dilution_per_h)
    biomass_g_l = ORGANISM.yield_g_g * (ORGANISM.feed_g_l - left_g_l)
    assert culture.state.substrate_g_l == pytest.approx(left_g_l, rel=1e-7)
    assert culture.state.biomass_g_l == pytest.approx(biomass_g_l, rel=1e-7)


def test_a_chemostat_settles_also_with_a_very_low_half_saturation() -> None:
    organism = replace(ORGANISM, ks_g_l=5e-5)
    culture = grown(organism)
    actuators = continuous(0.5, organism)
    for step in range(1, 20_000):
        culture.advance(5.0 * step, actuators)
    left_g_l = organism.ks_g_l * 0.5 / (1.0 - 0.5)
    assert culture.state.substrate_g_l == pytest.approx(left_g_l, rel=1e-3)
    biomass_g_l = organism.yield_g_g * (organism.feed_g_l - left_g_l)
    assert culture.state.biomass_g_l == pytest.approx(biomass_g_l, rel=1e-6)


@pytest.mark.parametrize(("factor", "survives"), [(0.97, True), (1.03, False)])
def test_a_chemostat_washes_out_above_its_critical_dilution_rate(
    factor: float, survives: bool
) -> None:
    feed_g_l = ORGANISM.feed_g_l
    critical_per_h = ORGANISM.mu_max_per_h * feed_g_l / (ORGANISM.ks_g_l + feed_g_l)
    culture = grown(ORGANISM)
    culture.advance(1000.0 * 3600.0, continuous(factor * critical_per_h, ORGANISM))
    assert (culture.state.biomass_g_l > 0.1) is survives
    assert survives or culture.state.biomass_g_l < 1e-9


@pytest.mark.parametrize("step_s", [5.0, 450.0, 7200.0])
def test_without_growth_a_culture_washes_out_exponentially(step_s: float) -> None:
    culture = grown(E_COLI, COLD)
    start_g_l = culture.state.biomass_g_l
    actuators = continuous(0.7, E_COLI, COLD)
    while culture.state.now_s < 7200.0:
        culture.advance(culture.state.now_s + step_s, actuators)
    assert culture.state.biomass_g_l == pytest.approx(start_g_l * exp(-0.7 * 2.0), rel=1e-12)


def test_filling_without_growth_dilutes_by_the_ratio_of_volumes() -> None:
    culture = grown(E_COLI, COLD)
    start_g_l = culture.state.biomass_g_l
    culture.advance(30.0, Actuators(inflow_ml_s=0.1, inflow_g_l=5.0))
    assert culture.state.volume_ml == pytest.approx(18.0, rel=1e-14)
    assert culture.state.biomass_g_l == pytest.approx(start_g_l * 15.0 / 18.0, rel=1e-13)


def test_growth_under_haldane_is_fastest_at_the_root_of_ks_times_ki() -> None:
    organism = replace(ORGANISM, ks_g_l=0.04, ki_g_l=4.0)
    best_g_l = sqrt(0.04 * 4.0)

    def rate(substrate_g_l: float) -> float:
        return specific_growth_rate_per_h(organism, substrate_g_l, 41.0)

    assert rate(best_g_l) > max(rate(0.99 * best_g_l), rate(1.01 * best_g_l))
    assert rate(best_g_l) == pytest.approx(1.0 / (1.0 + 2.0 * sqrt(0.04 / 4.0)), rel=1e-12)


@pytest.mark.parametrize("ki_g_l", [None, 4.0])
def test_a_short_step_grows_at_the_specific_growth_rate(ki_g_l: float | None) -> None:
    organism = replace(ORGANISM, ki_g_l=ki_g_l, initial_biomass_g_l=1e-6)
    culture = grown(organism)
    culture.advance(60.0)
    mu_per_h = specific_growth_rate_per_h(organism, organism.initial_substrate_g_l, 41.0)
    assert log(culture.state.biomass_g_l / 1e-6) * 60.0 == pytest.approx(mu_per_h, rel=1e-6)


@pytest.mark.parametrize("temperature_c", [30.0, 37.0, 42.0])
def test_the_mean_dilution_rate_of_a_turbidostat_is_the_growth_rate(temperature_c: float) -> None:
    warm = Apparatus(heater=Heater(ambient_c=temperature_c))
    culture = grown(E_COLI, warm)
    feeding = Actuators(inflow_ml_s=0.1, inflow_g_l=E_COLI.feed_g_l)
    draining = Actuators(waste_ml_s=0.2)
    while culture.od600 < 0.8:
        culture.advance(culture.state.now_s + 5.0)
    begun_s, diluted = culture.state.now_s, 0.0
    start_g_l = culture.state.biomass_g_l
    while culture.state.now_s - begun_s < 48.0 * 3600.0:
        culture.advance(culture.state.now_s + 5.0)
        if culture.od600 > 0.8:
            before_ml = culture.state.volume_ml
            culture.advance(culture.state.now_s + 10.0, feeding)
            diluted += log(culture.state.volume_ml / before_ml)
            culture.advance(culture.state.now_s + 10.0, draining)
    diluted += log(culture.state.biomass_g_l / start_g_l)
    mean_per_h = diluted / ((culture.state.now_s - begun_s) / 3600.0)
    mu_per_h = specific_growth_rate_per_h(E_COLI, culture.state.substrate_g_l, temperature_c)
    assert mean_per_h == pytest.approx(mu_per_h, rel=2e-4)


def test_the_cardinal_temperatures_are_where_growth_stops_and_peaks() -> None:
    points = CardinalTemperatures(minimum_c=5.0, optimum_c=41.0, maximum_c=47.0)
    assert cardinal_factor(41.0, points) == 1.0
    for temperature_c in (-10.0, 5.0, 47.0, 60.0):
        assert cardinal_factor(temperature_c, points) == 0.0
    assert cardinal_factor(40.9, points) < 1.0 > cardinal_factor(41.1, points)


@given(
    low=st.floats(-5.0, 15.0),
    width=st.floats(15.0, 40.0),
    share=st.floats(0.55, 0.95),
    at=st.floats(0.0, 1.0),
)
def test_the_temperature_factor_stays_between_nothing_and_the_optimum(
    low: float, width: float, share: float, at: float
) -> None:
    points = CardinalTemperatures(
        minimum_c=low, optimum_c=low + share * width, maximum_c=low + width
    )
    assert 0.0 <= cardinal_factor(low + at * width, points) <= 1.0 + 1e-12


def test_the_default_culture_reaches_its_density_in_an_afternoon_at_30_degrees() -> None:
    culture = grown(E_COLI, Apparatus(heater=Heater(ambient_c=30.0)))
    assert culture.od600 == pytest.approx(0.05, abs=0.005)
    while culture.od600 < 0.8:
        culture.advance(culture.state.now_s + 60.0)
    assert 5.0 < culture.state.now_s / 3600.0 < 8.0


@pytest.mark.parametrize("temperature_c", range(30, 45))
def test_the_default_culture_grows_well_over_the_whole_range_of_the_example(
    temperature_c: int,
) -> None:
    at_target_g_l = E_COLI.feed_g_l - 0.8 / E_COLI.od_per_g_l / E_COLI.yield_g_g
    assert 0.4 < specific_growth_rate_per_h(E_COLI, at_target_g_l, temperature_c) < 1.1


def test_a_lag_delays_growth_by_its_length() -> None:
    late, soon = grown(replace(E_COLI, lag_h=1.5)), grown(E_COLI)
    late.advance(1.5 * 3600.0)
    assert late.state.biomass_g_l == E_COLI.initial_biomass_g_l
    soon.advance(2.0 * 3600.0)
    late.advance(3.5 * 3600.0)
    assert late.state.biomass_g_l == pytest.approx(soon.state.biomass_g_l, rel=1e-9)


def test_a_sterile_vessel_stays_sterile() -> None:
    culture = Culture.sterile(E_COLI, WARM)
    culture.advance(86_400.0, continuous(0.3, E_COLI))
    assert culture.state.biomass_g_l == 0.0
    assert culture.state.substrate_g_l == pytest.approx(E_COLI.feed_g_l, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.floats(0.0, 36_000.0), max_size=30))
def test_how_often_a_vessel_is_looked_at_does_not_change_it(cuts: list[float]) -> None:
    seldom, often = grown(E_COLI), grown(E_COLI)
    seldom.advance(36_000.0)
    for moment_s in sorted(cuts):
        often.advance(moment_s)
    often.advance(36_000.0)
    assert often.state.biomass_g_l == pytest.approx(seldom.state.biomass_g_l, rel=1e-8)


def test_a_vessel_of_another_size_dilutes_by_its_own_volume() -> None:
    large = Apparatus(
        vial=Vial(volume_ml=500.0, waste_tube_ml=500.0, capacity_ml=700.0),
        heater=Heater(ambient_c=0.0),
    )
    culture = grown(E_COLI, large)
    start_g_l = culture.state.biomass_g_l
    culture.advance(3600.0, continuous(0.25, E_COLI, large))
    assert culture.state.biomass_g_l == pytest.approx(start_g_l * exp(-0.25), rel=1e-12)
