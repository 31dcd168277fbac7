"""Liquid is neither made nor lost, and heat and stirring follow their first-order closed forms."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.sim.apparatus import Apparatus, Heater, Stirrer, Vial
from orchestrator.sim.culture import Culture
from orchestrator.sim.organism import E_COLI
from orchestrator.sim.state import Actuators, TimeRanBackwards

VIAL = Vial(volume_ml=15.0, waste_tube_ml=12.0, capacity_ml=20.0)
flows_ml_s = st.one_of(st.just(0.0), st.floats(1e-4, 0.5))
steps = st.lists(
    st.tuples(
        st.floats(0.0, 600.0), flows_ml_s, flows_ml_s, st.one_of(st.just(0.0), st.floats(0.0, 4.0))
    ),
    min_size=1,
    max_size=25,
)


def vessel(vial: Vial = VIAL) -> Culture:
    culture = Culture.sterile(E_COLI, Apparatus(vial=vial, heater=Heater(ambient_c=37.0)))
    culture.inoculate()
    return culture


@settings(max_examples=200, deadline=None)
@given(steps=steps)
def test_volume_in_is_volume_out_and_change(
    steps: list[tuple[float, float, float, float]],
) -> None:
    culture = vessel()
    for length_s, inflow_ml_s, waste_ml_s, sample_ml in steps:
        before_ml = culture.state.volume_ml
        actuators = Actuators(inflow_ml_s=inflow_ml_s, inflow_g_l=5.0, waste_ml_s=waste_ml_s)
        culture.advance(culture.state.now_s + length_s, actuators)
        if before_ml <= VIAL.waste_tube_ml and not inflow_ml_s:
            assert culture.state.volume_ml == before_ml
        culture.remove(sample_ml)
        state = culture.state
        out_ml = state.removed_ml + state.overflow_ml
        assert state.fed_ml == pytest.approx(out_ml + state.volume_ml - 15.0, abs=1e-8)
        assert 0.0 <= state.volume_ml <= VIAL.capacity_ml
        assert state.biomass_g_l >= 0.0
        assert state.substrate_g_l >= 0.0


@settings(max_examples=100, deadline=None)
@given(steps=steps)
def test_substrate_and_biomass_never_exceed_what_was_brought_in(
    steps: list[tuple[float, float, float, float]],
) -> None:
    culture = vessel()
    potential_g_l = E_COLI.initial_biomass_g_l + E_COLI.yield_g_g * 5.0
    for length_s, inflow_ml_s, waste_ml_s, _ in steps:
        actuators = Actuators(inflow_ml_s=inflow_ml_s, inflow_g_l=5.0, waste_ml_s=waste_ml_s)
        culture.advance(culture.state.now_s + length_s, actuators)
        held_g_l = culture.state.biomass_g_l + E_COLI.yield_g_g * culture.state.substrate_g_l
        assert held_g_l <= potential_g_l * (1.0 + 1e-9)


def test_the_waste_pump_draws_down_to_its_tube_and_then_air() -> None:
    culture = vessel()
    culture.advance(60.0, Actuators(waste_ml_s=0.1))
    assert culture.state.volume_ml == 12.0
    assert culture.state.removed_ml == pytest.approx(3.0, rel=1e-12)


def test_the_waste_pump_keeps_the_level_while_medium_runs_in() -> None:
    culture = vessel()
    culture.advance(3600.0, Actuators(inflow_ml_s=0.01, inflow_g_l=5.0, waste_ml_s=0.1))
    assert culture.state.volume_ml == 12.0
    assert culture.state.fed_ml == pytest.approx(36.0, rel=1e-12)
    assert culture.state.removed_ml == pytest.approx(39.0, rel=1e-12)


def test_a_slow_waste_pump_lets_the_level_rise() -> None:
    culture = vessel()
    culture.advance(20.0, Actuators(inflow_ml_s=0.1, inflow_g_l=5.0, waste_ml_s=0.04))
    assert culture.state.volume_ml == pytest.approx(15.0 + 20.0 * 0.06, rel=1e-12)


def test_a_full_vessel_runs_over_and_the_overflow_is_counted() -> None:
    culture = vessel()
    culture.advance(100.0, Actuators(inflow_ml_s=0.1, inflow_g_l=5.0))
    assert culture.state.volume_ml == 20.0
    assert culture.state.overflow_ml == pytest.approx(10.0 - 5.0, rel=1e-12)
    assert culture.state.removed_ml == 0.0


def test_an_overflowing_vessel_is_diluted_like_a_chemostat() -> None:
    cold = Apparatus(vial=VIAL, heater=Heater(ambient_c=0.0))
    culture = Culture.sterile(E_COLI, cold)
    culture.inoculate(1.0)
    culture.advance(50.0, Actuators(inflow_ml_s=0.1, inflow_g_l=5.0))
    assert culture.state.biomass_g_l == pytest.approx(15.0 / 20.0, rel=1e-12)
    culture.advance(250.0, Actuators(inflow_ml_s=0.1, inflow_g_l=5.0))
    assert culture.state.biomass_g_l == pytest.approx(15.0 / 20.0 * exp(-1.0), rel=1e-12)


def test_a_sample_takes_no_more_than_is_present() -> None:
    culture = vessel()
    assert culture.remove(4.0) == 4.0
    assert culture.remove(40.0) == 11.0
    assert culture.state.volume_ml == 0.0
    assert culture.state.removed_ml == 15.0


def test_an_emptied_vessel_fills_with_sterile_feed() -> None:
    culture = vessel()
    culture.remove(15.0)
    culture.advance(50.0, Actuators(inflow_ml_s=0.1, inflow_g_l=3.0))
    assert culture.state.volume_ml == pytest.approx(5.0)
    assert culture.state.biomass_g_l == 0.0
    assert culture.state.substrate_g_l == pytest.approx(3.0)


def test_a_sample_cannot_be_negative() -> None:
    with pytest.raises(ValueError, match=r"-1\.0 mL"):
        vessel().remove(-1.0)


@pytest.mark.parametrize("step_s", [1.0, 7.0, 1800.0])
def test_heating_is_first_order_toward_ambient_and_gain_times_duty(step_s: float) -> None:
    heater = Heater(ambient_c=20.0, gain_c=30.0, time_constant_s=600.0)
    culture = Culture.sterile(E_COLI, Apparatus(heater=heater))
    while culture.state.now_s < 1800.0:
        to_s = min(culture.state.now_s + step_s, 1800.0)
        culture.advance(to_s, Actuators(heater_duty=0.5))
    assert culture.state.temperature_c == pytest.approx(35.0 - 15.0 * exp(-3.0), rel=1e-12)
    culture.advance(2400.0, Actuators(heater_duty=0.0))
    warm_c = (35.0 - 15.0 * exp(-3.0)) - 20.0
    assert culture.state.temperature_c == pytest.approx(20.0 + warm_c * exp(-1.0), rel=1e-12)


def test_stirring_follows_its_duty_after_a_lag() -> None:
    stirrer = Stirrer(full_speed_rpm=1000.0, time_constant_s=2.0)
    culture = Culture.sterile(E_COLI, Apparatus(stirrer=stirrer))
    culture.advance(2.0, Actuators(stirrer_duty=0.5))
    assert culture.state.stirring_rpm == pytest.approx(500.0 * (1.0 - exp(-1.0)), rel=1e-12)
    culture.advance(120.0, Actuators(stirrer_duty=0.5))
    assert culture.state.stirring_rpm == pytest.approx(500.0, rel=1e-9)


def test_a_vessel_refuses_to_go_back_in_time() -> None:
    culture = vessel()
    culture.advance(10.0)
    with pytest.raises(TimeRanBackwards, match=r"10\.0 s, past 9\.0 s"):
        culture.advance(9.0)


@pytest.mark.parametrize(
    ("volume_ml", "tube_ml"), [(21.0, 15.0), (-1.0, 15.0), (15.0, 0.0), (15.0, 20.0)]
)
def test_a_vial_that_cannot_be_is_refused(volume_ml: float, tube_ml: float) -> None:
    with pytest.raises(ValueError, match="mL"):
        Vial(volume_ml=volume_ml, waste_tube_ml=tube_ml, capacity_ml=20.0)


def test_a_vial_of_any_size_has_its_waste_tube_a_tenth_below_the_surface() -> None:
    assert Vial.holding(15.0) == Vial()
    assert Vial.holding(300.0).waste_tube_ml == pytest.approx(270.0)


def test_water_that_evaporates_leaves_everything_else_behind() -> None:
    """Mass balance in closed form: 0.5 mL/h out of 15 mL, from a culture that does not grow."""
    vial = Vial(volume_ml=15.0, waste_tube_ml=12.0, capacity_ml=20.0, evaporation_ml_h=0.5)
    culture = Culture.sterile(E_COLI, Apparatus(vial=vial))
    culture.state.drug_mg_l = 2.0
    culture.advance(10.0 * 3600.0)
    state = culture.state
    assert state.volume_ml == pytest.approx(10.0, rel=1e-9)
    assert state.drug_mg_l == pytest.approx(3.0, rel=1e-9)
    assert state.substrate_g_l == pytest.approx(1.5 * E_COLI.initial_substrate_g_l, rel=1e-9)
    assert (state.fed_ml, state.removed_ml) == (0.0, 0.0)


def test_what_is_fed_gathers_where_only_water_leaves() -> None:
    """As much runs in as evaporates: the volume stands, and the drug rises by flow times time."""
    vial = Vial(volume_ml=15.0, waste_tube_ml=12.0, capacity_ml=20.0, evaporation_ml_h=3.6)
    culture = Culture.sterile(E_COLI, Apparatus(vial=vial))
    culture.advance(10.0 * 3600.0, Actuators(inflow_ml_s=0.001, inflow_drug_mg_l=5.0))
    assert culture.state.volume_ml == pytest.approx(15.0, rel=1e-9)
    assert culture.state.drug_mg_l == pytest.approx(36.0 * 5.0 / 15.0, rel=1e-3)
