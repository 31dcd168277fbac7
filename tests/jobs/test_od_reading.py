from __future__ import annotations

import pytest

from orchestrator.jobs.job import Alert, Remember, Withdrawn
from orchestrator.jobs.od_blank import BLANK_READINGS
from orchestrator.jobs.od_reading import OdReading
from orchestrator.model.outcome import Outcome
from orchestrator.sim.organism import Organism, SensorNoise
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted

QUIET = Organism(noise=SensorNoise(od_relative=0.0, od_absolute=0.0, temperature_c=0.0, rpm=0.0))


def world(physics: Physics | None = None, **settings: float | bool) -> Rig:
    return Rig(
        physics or Physics(QUIET), {"od_reading": Wanted(None, {"interval": 5.0} | settings)}
    )


def test_rule_13_od600_is_blanked_calibrated_and_the_median_of_three() -> None:
    rig = world()
    rig.request("od_reading", "blank")
    rig.run(20.0)
    rig.physics.inoculate(rig.clock.now_s, 0.2)
    begun_s = rig.clock.now_s
    rig.run(30.0)
    values = rig.record["od600"]
    assert values[-1][1] == pytest.approx(rig.physics.truth()["sim.od600"], rel=0.01)
    first = next(at_s for at_s, value in values if value > 0.1)
    assert first - begun_s >= 5.0, "one reading alone does not move the median"


def test_one_wild_reading_does_not_show() -> None:
    rig = world(Physics(QUIET, inoculated=True))
    rig.request("od_reading", "blank")
    rig.run(60.0)
    rig.physics.sensors["photodiode"].stuck_at = 4.9
    rig.run(5.0)
    rig.physics.sensors["photodiode"].stuck_at = None
    rig.run(20.0)
    assert max(rig.values("od_reading.raw")) == 4.9
    assert max(rig.values("od600")) < 0.1


def alerts(rig: Rig) -> list[str]:
    return [each.text for each in rig.told if isinstance(each, Alert)]


@pytest.mark.parametrize("interval_s", [1.0, 5.0, 10.0])
def test_a_bubble_is_no_reason_to_tell_anybody_and_a_photodiode_that_jumps_is(
    interval_s: float,
) -> None:
    rig = world(interval=interval_s)
    rig.request("od_reading", "blank")
    rig.run(20.0)
    rig.physics.inoculate(rig.clock.now_s, 0.4)
    rig.run(60.0)
    photodiode = rig.physics.sensors["photodiode"]
    photodiode.stuck_at = 4.9
    rig.run(interval_s)
    photodiode.stuck_at = None
    rig.run(60.0)
    assert not alerts(rig)
    photodiode.gain_factor = 0.5
    rig.run(60.0)
    (told,) = alerts(rig)
    assert "od600 jumped from 1.0" in told
    assert "look at the photodiode" in told


def test_a_bubble_in_the_medium_is_no_density_to_have_fallen_from() -> None:
    rig = world(interval=10.0)
    rig.request("od_reading", "blank")
    rig.run(60.0)
    photodiode = rig.physics.sensors["photodiode"]
    for _ in range(3):
        photodiode.offset = 0.5
        rig.run(10.0)
        photodiode.offset = 0.0
        rig.run(120.0)
    assert not alerts(rig)


def test_neither_inoculation_nor_a_large_dilution_is_taken_for_a_jump() -> None:
    rig = world(interval=10.0)
    rig.request("od_reading", "blank")
    rig.run(20.0)
    rig.physics.inoculate(rig.clock.now_s, 0.6)
    rig.run(60.0)
    rig.physics.remove_sample(10.0, rig.clock.now_s)
    rig.reactor.begin_pump("a", "feed_pump", 10.0, lambda _: None)
    rig.run(300.0)
    assert rig.values("od600")[-1] < 0.6
    assert not alerts(rig)


def test_a_photodiode_that_falls_silent_is_told_of_once() -> None:
    rig = world()
    rig.physics.sensors["photodiode"].dead = True
    rig.run(120.0)
    (told,) = alerts(rig)
    assert "the photodiode is silent" in told


def test_before_a_blank_only_the_raw_volts_are_told() -> None:
    rig = world()
    rig.run(60.0)
    assert len(rig.values("od_reading.raw")) == 13
    assert not rig.values("od600")


def test_a_vessel_that_is_never_blanked_says_so_once() -> None:
    rig = world()
    rig.run(7200.0)
    (alert,) = rig.told
    assert isinstance(alert, Alert)
    assert "never blanked" in alert.text


def test_a_blank_averages_readings_and_is_remembered() -> None:
    rig = world()
    key = rig.request("od_reading", "blank")
    rig.run(30.0)
    finished = rig.finished(key)
    assert finished.ending.outcome is Outcome.DONE
    assert finished.result["blank_v"] == pytest.approx(0.08)
    (kept,) = (each for each in rig.told if isinstance(each, Remember))
    begun = OdReading().begin(kept.memory, 100.0)
    assert begun.channels["photodiode"].blank_v == pytest.approx(0.08)
    assert len([at_s for at_s, _ in rig.record["od_reading.raw"] if at_s < BLANK_READINGS]) == 5
    assert rig.values("od_reading.blank") == [pytest.approx(0.16)]


def test_a_blank_with_a_dead_photodiode_fails() -> None:
    rig = world()
    rig.physics.sensors["photodiode"].dead = True
    key = rig.request("od_reading", "blank")
    rig.run(60.0)
    ending = rig.finished(key).ending
    assert ending.outcome is Outcome.FAILED
    assert "silent" in ending.reason


def test_a_blank_can_be_withdrawn() -> None:
    rig = world()
    key = rig.request("od_reading", "blank")
    rig.run(2.0)
    rig.tell("od_reading", Withdrawn(key=key))
    rig.run(30.0)
    assert rig.finished(key).ending.outcome is Outcome.SKIPPED
    assert not rig.values("od600")


def test_a_second_blank_at_the_same_time_is_refused() -> None:
    rig = world()
    first, second = rig.request("od_reading", "blank"), rig.request("od_reading", "blank")
    rig.run(30.0)
    assert rig.finished(first).ending.outcome is Outcome.DONE
    assert rig.finished(second).ending.outcome is Outcome.REFUSED


def test_rule_13_without_a_calibration_there_is_no_od600_unless_that_was_accepted() -> None:
    strict, relaxed = world(), world(uncalibrated=True)
    for rig in (strict, relaxed):
        rig.reactor.spec.constants.clear()  # type: ignore[attr-defined]
        rig.request("od_reading", "blank")
        rig.run(60.0)
    assert not strict.values("od600")
    assert any(isinstance(each, Alert) and "not calibrated" in each.text for each in strict.told)
    assert relaxed.values("od600")


def test_a_silent_photodiode_publishes_nothing_and_reading_goes_on() -> None:
    rig = world()
    rig.physics.sensors["photodiode"].dead = True
    rig.run(60.0)
    assert not rig.record
    rig.physics.sensors["photodiode"].dead = False
    rig.run(60.0)
    assert len(rig.values("od_reading.raw")) == 12


def test_the_interval_is_kept_on_a_common_grid_without_drift() -> None:
    rig = world(interval=0.7)
    rig.run(700.0)
    moments = [at_s for at_s, _ in rig.record["od_reading.raw"]]
    assert len(moments) == 1001
    assert moments[-1] == pytest.approx(700.0)
