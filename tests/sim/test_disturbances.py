"""Each disturbance of a culture document does what it says, by its closed form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import pytest

from orchestrator.sim.apparatus import Apparatus, LevelProbe, at_angles
from orchestrator.sim.organism import E_COLI, Disturbances, SensorNoise
from orchestrator.sim.parts import SensorDead
from orchestrator.sim.reactor import Reactor
from tests.support.job_rig import Rig, Wanted

QUIET = replace(
    E_COLI, noise=SensorNoise(od_relative=0.0, od_absolute=0.0, temperature_c=0.0, rpm=0.0)
)
DAY_S, HOUR_S = 86_400.0, 3600.0
APPARATUS = Apparatus(angles=at_angles((180,)), level=LevelProbe())
ALL = Disturbances(
    bubbles_per_h=20.0,
    dropouts_per_h=10.0,
    od600_drift_per_day=0.1,
    temperature_drift_c_per_day=-0.5,
    feed_pumps_error=0.1,
    waste_pump_error=-0.2,
)


def disturbed(seed: int = 1, *, now_s: float = 0.0, **what: float) -> Reactor:
    organism = replace(QUIET, disturbances=Disturbances(**what))
    return Reactor(organism, APPARATUS, seed=seed, now_s=now_s)


def shown(reactor: Reactor, sensor: str, every_s: float, until_s: float) -> Iterator[float | None]:
    """What it shows, and None where it is silent."""
    now_s = reactor.now_s
    while now_s < until_s:
        now_s += every_s
        try:
            yield reactor.read(sensor, now_s)
        except SensorDead:
            yield None


def share(per_h: float, length_s: float) -> float:
    return per_h * length_s / (HOUR_S + per_h * length_s)


def test_a_sensor_is_silent_for_the_share_that_rate_and_length_give() -> None:
    reactor = disturbed(dropouts_per_h=6.0, dropout_s=120.0)
    silent = [each is None for each in shown(reactor, "thermometer", 30.0, 20 * DAY_S)]
    assert sum(silent) / len(silent) == pytest.approx(share(6.0, 120.0), rel=0.05)
    lengths = [len([*spell]) for is_silent, spell in groupby(silent) if is_silent]
    assert {length % 4 for length in lengths} == {0}, "four readings each, or more in a row"
    assert reactor.counters().samples["thermometer"] == silent.count(False)


def test_each_sensor_falls_silent_for_itself() -> None:
    reactor = disturbed(dropouts_per_h=6.0, dropout_s=120.0)
    both = alone = 0
    for number in range(1, 10_000):
        silent = []
        for sensor in ("thermometer", "level_probe"):
            try:
                reactor.read(sensor, 30.0 * number)
            except SensorDead:
                silent.append(sensor)
        both, alone = both + (len(silent) == 2), alone + len(silent)
    expected = share(6.0, 120.0)
    assert 0.0 < both / 10_000 < 0.3 * expected, "expected is the square of it"
    assert alone / 20_000 == pytest.approx(expected, rel=0.1)


def test_a_bubble_makes_the_culture_look_denser_while_it_stays() -> None:
    reactor = disturbed(bubbles_per_h=12.0, bubble_od600=0.5, bubble_s=30.0)
    sound_v = reactor.apparatus.photodiode.blank_v
    looked = [each or 0.0 for each in shown(reactor, "photodiode", 10.0, 8 * DAY_S)]
    bubbles = [each for each in looked if each != sound_v]
    assert len(bubbles) / len(looked) == pytest.approx(share(12.0, 30.0), rel=0.05)
    assert bubbles == [pytest.approx(sound_v + 0.25, rel=1e-3)] * len(bubbles)
    assert reactor.truth()["sim.od600"] == 0.0


def test_bubbles_darken_what_is_seen_straight_through_and_touch_no_thermometer() -> None:
    reactor = disturbed(bubbles_per_h=60.0, bubble_s=30.0, bubble_od600=1.0)
    straight = [each or 0.0 for each in shown(reactor, "photodiode_180", 10.0, HOUR_S)]
    assert min(straight) < 1.8 < max(straight) == 2.0
    assert {*shown(reactor, "thermometer", 10.0, 2 * HOUR_S)} == {22.0}


@pytest.mark.parametrize("now_s", [0.0, 1.7e9])
def test_what_drifts_is_wrong_by_its_drift_after_one_day_and_half_of_it_at_noon(
    now_s: float,
) -> None:
    reactor = disturbed(now_s=now_s, od600_drift_per_day=0.2, temperature_drift_c_per_day=-0.6)
    blank_v = reactor.read("photodiode", now_s)
    assert reactor.read("thermometer", now_s + 0.5 * DAY_S) == pytest.approx(22.0 - 0.3)
    assert reactor.read("thermometer", now_s + DAY_S) == pytest.approx(22.0 - 0.6)
    assert reactor.read("photodiode", now_s + DAY_S) - blank_v == pytest.approx(0.1, rel=1e-3)
    assert reactor.truth()["sim.temperature_c"] == 22.0, "the truth does not drift"


def test_the_books_differ_from_the_vessel_by_the_error_of_the_pumps() -> None:
    organism = replace(
        QUIET, disturbances=Disturbances(feed_pumps_error=0.1, waste_pump_error=-0.2)
    )
    settings: dict[str, float | bool | str] = {"dilution_rate": 0.4, "exchange": 0.5}
    rig = Rig(Reactor(organism), {"dosing": Wanted("chemostat", settings)})
    rig.level = rig.level._replace(tube_ml=0.0)
    rig.run(2.0 * HOUR_S)
    truth = rig.physics.truth()
    assert rig.fed_ml > 10.0
    assert truth["sim.fed_ml"] == pytest.approx(1.1 * rig.fed_ml)
    assert truth["sim.removed_ml"] == pytest.approx(0.8 * rig.removed_ml)


def test_a_culture_without_disturbances_is_as_it_was() -> None:
    """Nothing is laid over a reading, and no chance is drawn for it."""
    sound, named = Reactor(E_COLI, seed=3), Reactor(replace(E_COLI, disturbances=Disturbances()))
    named.restore(sound.snapshot())
    assert sound.snapshot()["disturbed"] == {}
    for now_s in (1.0, 60.0, 86_400.0):
        assert sound.read("photodiode", now_s) == named.read("photodiode", now_s)


def test_disturbances_go_on_from_a_snapshot_where_they_were() -> None:
    whole = Reactor(replace(E_COLI, disturbances=ALL), seed=5)
    sensors = ("photodiode", "thermometer", "tachometer")
    for sensor in sensors:
        [*shown(whole, sensor, 20.0, whole.now_s + HOUR_S)]
    again = Reactor(replace(E_COLI, disturbances=ALL), seed=9)
    again.restore(json.loads(json.dumps(whole.snapshot(), allow_nan=False)))
    for sensor in sensors:
        until_s = whole.now_s + HOUR_S
        assert [*shown(again, sensor, 20.0, until_s)] == [*shown(whole, sensor, 20.0, until_s)]
    assert again.snapshot() == whole.snapshot()


def test_the_same_seed_brings_the_same_bubbles_and_another_seed_others() -> None:
    first, same, other = (Reactor(replace(E_COLI, disturbances=ALL), seed=n) for n in (1, 1, 2))
    seen = [*shown(first, "photodiode", 5.0, DAY_S)]
    assert seen == [*shown(same, "photodiode", 5.0, DAY_S)]
    silent = [each is None for each in seen]
    assert silent != [each is None for each in shown(other, "photodiode", 5.0, DAY_S)]
