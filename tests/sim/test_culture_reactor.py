"""A reactor's wires: outputs that are driven, sensors that are read, faults, and snapshots."""

from __future__ import annotations

import json
from dataclasses import replace
from math import tanh
from random import Random
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.sim.apparatus import Apparatus, MediumPump, Photodiode, PumpMake
from orchestrator.sim.organism import E_COLI, SensorNoise
from orchestrator.sim.parts import SensorDead
from orchestrator.sim.reactor import Reactor
from orchestrator.sim.sensors import photodiode_v, tachometer_rpm
from orchestrator.sim.state import TimeRanBackwards

SILENT = SensorNoise(od_relative=0.0, od_absolute=0.0, temperature_c=0.0, rpm=0.0)
QUIET = replace(E_COLI, noise=SILENT)
TWO_MEDIA = Apparatus(
    media_pumps={
        "feed_pump": MediumPump(flow_ml_min=6.0),
        "inhibitor_pump": MediumPump(flow_ml_min=3.0, substrate_g_l=0.0),
    },
    waste_pump=PumpMake(flow_ml_min=12.0),
)


def test_a_pump_moves_its_calibrated_flow_times_its_duty() -> None:
    reactor = Reactor()
    reactor.drive("feed_pump", 0.5, 10.0)
    reactor.drive("feed_pump", 0.0, 30.0)
    reactor.advance(100.0)
    counters = reactor.counters()
    assert counters.moved_ml["feed_pump"] == pytest.approx(20.0 * 0.1 * 0.5)
    assert counters.on_s["feed_pump"] == 20.0
    assert reactor.truth()["sim.fed_ml"] == pytest.approx(1.0)


def test_an_output_goes_off_by_itself_at_its_moment() -> None:
    reactor = Reactor()
    reactor.drive("feed_pump", 1.0, 0.0, off_at_s=10.0)
    reactor.advance(3600.0)
    assert reactor.counters().moved_ml["feed_pump"] == pytest.approx(1.0, rel=1e-12)
    assert reactor.counters().on_s["feed_pump"] == 10.0


def test_a_later_command_replaces_the_moment_to_be_off() -> None:
    reactor = Reactor()
    reactor.drive("feed_pump", 1.0, 0.0, off_at_s=10.0)
    reactor.drive("feed_pump", 1.0, 5.0, off_at_s=20.0)
    reactor.advance(60.0)
    assert reactor.counters().on_s["feed_pump"] == 20.0


def test_a_command_whose_moment_has_passed_leaves_the_output_off() -> None:
    reactor = Reactor()
    reactor.drive("heater", 1.0, 50.0, off_at_s=40.0)
    reactor.advance(60.0)
    assert reactor.counters().on_s["heater"] == 0.0


def test_media_mix_by_their_flows_and_each_pump_is_accounted_for() -> None:
    reactor = Reactor(QUIET, TWO_MEDIA)
    reactor.drive("feed_pump", 1.0, 0.0, off_at_s=20.0)
    reactor.drive("inhibitor_pump", 1.0, 0.0, off_at_s=20.0)
    truth = reactor.truth(60.0)
    assert reactor.counters().moved_ml["feed_pump"] == pytest.approx(2.0)
    assert reactor.counters().moved_ml["inhibitor_pump"] == pytest.approx(1.0)
    assert truth["sim.volume_ml"] == pytest.approx(18.0)
    assert truth["sim.substrate_g_l"] == pytest.approx((15.0 * 5.0 + 2.0 * 5.0) / 18.0)


def test_the_waste_pump_counts_what_it_moved_and_not_the_air() -> None:
    reactor = Reactor()
    reactor.drive("feed_pump", 1.0, 0.0, off_at_s=10.0)
    reactor.drive("waste_pump", 1.0, 20.0, off_at_s=60.0)
    reactor.advance(60.0)
    above_the_tube_ml = 15.0 - reactor.apparatus.vial.waste_tube_ml + 1.0
    moved_ml = reactor.counters().moved_ml["waste_pump"]
    assert moved_ml == pytest.approx(above_the_tube_ml, rel=1e-12)
    assert reactor.counters().on_s["waste_pump"] == 40.0


def test_an_empty_bottle_delivers_air() -> None:
    short = Apparatus(media_pumps={"feed_pump": MediumPump(flow_ml_min=6.0, bottle_ml=1.5)})
    for now_s in (0.0, 1.7e9 + 0.123):
        reactor = Reactor(E_COLI, short, now_s=now_s)
        reactor.drive("feed_pump", 1.0, now_s)
        reactor.advance(now_s + 60.0)
        assert reactor.counters().moved_ml["feed_pump"] == pytest.approx(1.5, abs=2e-6)
        assert reactor.truth()["sim.volume_ml"] == pytest.approx(16.5, abs=2e-6)
        assert reactor.counters().on_s["feed_pump"] == pytest.approx(60.0)


def test_a_stuck_pump_runs_whatever_it_is_told_until_it_is_repaired() -> None:
    reactor = Reactor()
    reactor.stick("feed_pump", 1.0, 10.0)
    reactor.drive("feed_pump", 0.0, 15.0)
    reactor.stick("feed_pump", None, 20.0)
    reactor.advance(60.0)
    assert reactor.counters().moved_ml["feed_pump"] == pytest.approx(1.0)


def test_a_pump_stuck_off_moves_nothing() -> None:
    reactor = Reactor()
    reactor.stick("feed_pump", 0.0, 0.0)
    reactor.drive("feed_pump", 1.0, 1.0)
    reactor.advance(60.0)
    assert reactor.counters().moved_ml["feed_pump"] == 0.0


def test_a_wrong_calibration_moves_a_multiple_of_what_was_asked_for() -> None:
    reactor = Reactor()
    reactor.miscalibrate("feed_pump", 0.8, 0.0)
    reactor.drive("feed_pump", 1.0, 0.0, off_at_s=10.0)
    reactor.advance(20.0)
    assert reactor.counters().moved_ml["feed_pump"] == pytest.approx(0.8)


def test_a_dead_sensor_does_not_answer_and_counts_no_sample() -> None:
    reactor = Reactor()
    reactor.read("thermometer", 1.0)
    reactor.sensors["thermometer"].dead = True
    with pytest.raises(SensorDead):
        reactor.read("thermometer", 2.0)
    assert reactor.counters().samples == {"photodiode": 0, "thermometer": 1, "tachometer": 0}


def test_a_stuck_or_miscalibrated_sensor_shows_something_else() -> None:
    reactor = Reactor(QUIET)
    reactor.sensors["thermometer"].gain_factor = 1.1
    reactor.sensors["thermometer"].offset = -2.0
    assert reactor.read("thermometer", 1.0) == pytest.approx(22.0 * 1.1 - 2.0)
    reactor.sensors["thermometer"].stuck_at = 30.0
    assert reactor.read("thermometer", 2.0) == 30.0


@pytest.mark.parametrize("duty", [-0.1, 1.1, float("nan")])
def test_a_duty_outside_zero_to_one_is_refused(duty: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Reactor().drive("heater", duty, 0.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Reactor().stick("heater", duty, 0.0)


def test_names_that_are_not_wired_are_refused_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="feed_pump, waste_pump, stirrer, heater"):
        Reactor().drive("base_pump", 1.0, 0.0)
    with pytest.raises(KeyError, match="photodiode, thermometer, tachometer"):
        Reactor().read("ph_probe", 0.0)
    with pytest.raises(KeyError, match="'heater' is not a pump"):
        Reactor().miscalibrate("heater", 1.0, 0.0)


def test_time_only_goes_forward() -> None:
    reactor = Reactor(now_s=100.0)
    reactor.read("thermometer", 100.0)
    with pytest.raises(TimeRanBackwards):
        reactor.read("thermometer", 99.0)


def test_a_blank_and_a_gain_turn_the_photodiode_into_optical_density() -> None:
    reactor = Reactor(QUIET)
    optics = reactor.apparatus.photodiode
    blank_v = reactor.read("photodiode", 0.0)
    assert blank_v == optics.blank_v
    reactor.inoculate(0.0, 0.8 / E_COLI.od_per_g_l)
    seen = (reactor.read("photodiode", 0.0) - blank_v) / optics.volts_per_od600
    assert seen == pytest.approx(0.8, rel=3e-3)


def test_the_photodiode_saturates_gently_and_never_turns_back() -> None:
    optics, chance = Photodiode(), Random(0)
    shown = [photodiode_v(od, optics, SILENT, chance) for od in (0.0, 1.0, 5.0, 10.0, 20.0)]
    assert shown == sorted(shown)
    assert shown[3] == pytest.approx(0.08 + 0.5 * 10.0 * tanh(1.0))


def test_optical_noise_has_the_deviation_that_was_asked_for() -> None:
    optics, chance = Photodiode(saturation_od600=1e6), Random(7)
    noise = SensorNoise(od_relative=0.02, od_absolute=0.01)
    seen = [
        (photodiode_v(1.0, optics, noise, chance) - optics.blank_v) / optics.volts_per_od600
        for _ in range(20_000)
    ]
    assert fmean(seen) == pytest.approx(1.0, abs=1e-3)
    assert stdev(seen) == pytest.approx((0.02**2 + 0.01**2) ** 0.5, rel=0.03)


def test_a_stirrer_at_rest_shows_zero() -> None:
    assert tachometer_rpm(0.0, SensorNoise(rpm=50.0), Random(0)) == 0.0
    chance = Random(1)
    assert min(tachometer_rpm(5.0, SensorNoise(rpm=50.0), chance) for _ in range(200)) == 0.0


def act(reactor: Reactor, from_s: float, rounds: int) -> list[float]:
    """A little life: stirred, warmed, fed, emptied, read."""
    shown = []
    for number in range(rounds):
        now_s = from_s + 60.0 * number
        reactor.drive("stirrer", 0.3, now_s)
        reactor.drive("heater", 0.1 * (number % 7), now_s)
        reactor.drive("feed_pump", 1.0, now_s + 5.0, off_at_s=now_s + 8.0)
        reactor.drive("waste_pump", 1.0, now_s + 20.0, off_at_s=now_s + 30.0)
        for sensor in ("photodiode", "thermometer", "tachometer", "photodiode"):
            shown.append(reactor.read(sensor, now_s + 40.0))
    return shown


def test_the_same_seed_gives_the_same_life_and_another_seed_another() -> None:
    first, same, other = Reactor(seed=5), Reactor(seed=5), Reactor(seed=6)
    shown = act(first, 0.0, 50)
    assert shown == act(same, 0.0, 50)
    assert first.truth() == same.truth()
    assert shown != act(other, 0.0, 50)
    assert first.truth() == other.truth()


def test_reading_one_sensor_does_not_disturb_the_noise_of_another() -> None:
    first, second = Reactor(seed=3), Reactor(seed=3)
    for now_s in range(10):
        first.read("thermometer", float(now_s))
    assert first.read("photodiode", 10.0) == second.read("photodiode", 10.0)


@settings(max_examples=25, deadline=None)
@given(rounds=st.integers(0, 12), pause_s=st.floats(0.0, 59.0), sticks=st.booleans())
def test_a_reactor_goes_on_from_a_snapshot_exactly_where_it_was(
    rounds: int, pause_s: float, sticks: bool
) -> None:
    organism = replace(E_COLI, lag_h=0.1)
    whole = Reactor(organism, TWO_MEDIA, seed=11, inoculated=True)
    act(whole, 0.0, rounds)
    whole.drive("inhibitor_pump", 0.7, whole.now_s, off_at_s=whole.now_s + pause_s + 12.0)
    if sticks:
        whole.stick("heater", 1.0, whole.now_s)
        whole.sensors["tachometer"].offset = 3.0
    whole.advance(whole.now_s + pause_s)

    kept = json.loads(json.dumps(whole.snapshot(), allow_nan=False))
    again = Reactor(organism, TWO_MEDIA, seed=99)
    again.restore(kept)

    later_s = whole.now_s + 1.0
    assert act(again, later_s, 5) == act(whole, later_s, 5)
    assert again.truth() == whole.truth()
    assert again.counters() == whole.counters()
    assert again.snapshot() == whole.snapshot()


def test_a_snapshot_of_other_wiring_is_refused() -> None:
    with pytest.raises(ValueError, match="inhibitor_pump"):
        Reactor().restore(Reactor(E_COLI, TWO_MEDIA).snapshot())


@settings(max_examples=60, deadline=None)
@given(
    commands=st.lists(
        st.tuples(
            st.sampled_from(["feed_pump", "inhibitor_pump", "waste_pump"]),
            st.floats(0.0, 1.0),
            st.floats(0.0, 120.0),
            st.floats(0.1, 90.0),
        ),
        max_size=30,
    )
)
def test_what_pumps_moved_is_what_the_vessel_received_and_gave(
    commands: list[tuple[str, float, float, float]],
) -> None:
    reactor = Reactor(E_COLI, TWO_MEDIA, inoculated=True)
    for output, duty, wait_s, length_s in commands:
        now_s = reactor.now_s + wait_s
        reactor.drive(output, duty, now_s, off_at_s=now_s + length_s)
    truth = reactor.truth(reactor.now_s + 200.0)
    moved_ml = reactor.counters().moved_ml
    media_ml = moved_ml["feed_pump"] + moved_ml["inhibitor_pump"]
    assert media_ml == pytest.approx(truth["sim.fed_ml"], abs=1e-9)
    assert moved_ml["waste_pump"] == pytest.approx(truth["sim.removed_ml"], abs=1e-9)
    out_ml = truth["sim.removed_ml"] + truth["sim.overflow_ml"]
    assert truth["sim.fed_ml"] == pytest.approx(out_ml + truth["sim.volume_ml"] - 15.0, abs=1e-8)


def test_a_sample_by_hand_is_counted_as_removed() -> None:
    reactor = Reactor()
    assert reactor.remove_sample(1.0, 5.0) == 1.0
    assert reactor.truth()["sim.removed_ml"] == 1.0
    assert reactor.counters().moved_ml["waste_pump"] == 0.0


def test_true_optical_density_is_biomass_times_its_factor() -> None:
    reactor = Reactor(inoculated=True)
    truth = reactor.truth(3600.0)
    assert truth["sim.od600"] == E_COLI.od_per_g_l * truth["sim.biomass_g_l"]
