from __future__ import annotations

import pytest
from msgspec import structs

from orchestrator.control.stirrer import Spin
from orchestrator.jobs.job import Account, Alert, Drive, Sense, View
from orchestrator.jobs.registry import UnknownJob, job_named
from orchestrator.jobs.stirring import StirringState
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted

ACCOUNT = Account(volume_ml=15.0, nominal_ml=15.0)


def warm(automation: str | None = "thermostat") -> Rig:
    return Rig(Physics(seed=1), {"temperature": Wanted(automation, {"target": 37.0})})


def test_the_temperature_is_measured_every_five_seconds() -> None:
    rig = warm()
    rig.run(60.0)
    assert [at_s for at_s, _ in rig.record["temperature.measured"]] == [5.0 * n for n in range(13)]


def test_a_silent_thermometer_turns_the_heater_off_at_once_and_alerts_once() -> None:
    rig = warm()
    rig.run(60.0)
    assert rig.physics.outputs["heater"].duty > 0.0
    rig.physics.sensors["thermometer"].dead = True
    rig.run(5.0)
    assert rig.physics.outputs["heater"].duty == 0.0
    rig.run(600.0)
    (alert,) = rig.told
    assert isinstance(alert, Alert)
    assert "silent" in alert.text
    rig.physics.sensors["thermometer"].dead = False
    rig.run(10.0)
    assert rig.physics.outputs["heater"].duty > 0.0


@pytest.mark.parametrize("silent_s", [300.0, 7200.0])
def test_after_a_silence_the_thermostat_goes_on_without_a_doubt(silent_s: float) -> None:
    """The heater was off meanwhile, so the vessel has cooled, and that is no lie."""
    rig = warm()
    rig.run(4.0 * 3600.0)
    rig.physics.sensors["thermometer"].dead = True
    rig.run(silent_s)
    rig.physics.sensors["thermometer"].dead = False
    rig.run(3600.0)
    [alert] = [each for each in rig.told if isinstance(each, Alert)]
    assert "silent" in alert.text
    assert rig.values("temperature.measured")[-1] == pytest.approx(37.0, abs=0.5)


@pytest.mark.parametrize("automation", [None, "off"])
def test_without_a_thermostat_it_only_measures(automation: str | None) -> None:
    rig = warm(automation)
    rig.run(600.0)
    assert rig.physics.counters().on_s["heater"] == 0.0
    assert rig.values("temperature.measured")


def test_a_stuck_stirrer_is_kicked_some_times_and_then_somebody_is_told() -> None:
    rig = Rig(Physics(seed=1), {"stirring": Wanted(None, {"target": 500.0})})
    rig.physics.stick("stirrer", 0.0, 0.0)
    rig.run(120.0)
    (alert,) = rig.told
    assert isinstance(alert, Alert)
    assert "does not turn" in alert.text


def test_a_stirrer_that_stays_too_slow_is_told_of_with_both_speeds() -> None:
    rig = Rig(Physics(seed=1), {"stirring": Wanted(None, {"target": 2000.0})})
    rig.run(50.0)
    assert rig.told == []
    rig.run(600.0)
    (alert,) = rig.told
    assert isinstance(alert, Alert)
    assert "the stirrer turns at 15" in alert.text
    assert "2000 are wanted" in alert.text


def test_a_stirrer_that_turns_though_it_should_not_is_told_of() -> None:
    rig = Rig(Physics(seed=1), {"stirring": Wanted(None, {"target": 0.0})})
    rig.physics.stick("stirrer", 0.5, 0.0)
    rig.run(300.0)
    (alert,) = rig.told
    assert isinstance(alert, Alert)
    assert "0 are wanted" in alert.text


def test_a_silent_tachometer_is_told_of_once_and_the_stirrer_goes_on() -> None:
    rig = Rig(Physics(seed=1), {"stirring": Wanted(None, {"target": 500.0})})
    rig.run(60.0)
    rig.physics.sensors["tachometer"].dead = True
    rig.run(600.0)
    (alert,) = rig.told
    assert isinstance(alert, Alert)
    assert "the tachometer is silent" in alert.text
    assert rig.physics.truth()["sim.stirring_rpm"] == pytest.approx(500.0, rel=0.1)
    rig.physics.sensors["tachometer"].dead = False
    rig.run(60.0)
    rig.physics.sensors["tachometer"].dead = True
    rig.run(60.0)
    assert len(rig.told) == 2, "it is told of again when it falls silent again"


def test_a_stirrer_on_its_way_to_another_speed_is_no_trouble() -> None:
    rig = Rig(Physics(seed=1), {"stirring": Wanted(None, {"target": 300.0})})
    for target in (1200.0, 200.0, 0.0, 800.0):
        rig.wanted["stirring"].settings["target"] = target
        rig.run(120.0)
    assert rig.told == []


def test_no_speed_is_wanted_and_none_is_had() -> None:
    rig = Rig(Physics(seed=1), {"stirring": Wanted(None, {"target": 0.0})})
    rig.run(600.0)
    assert rig.physics.counters().on_s["stirrer"] == 0.0


@pytest.mark.parametrize(("name", "output"), [("stirring", "stirrer"), ("temperature", "heater")])
def test_a_job_that_ends_turns_its_output_off(name: str, output: str) -> None:
    job = job_named(name)
    assert job.end(job.begin({}, 0.0)) == (Drive(output, 0.0),)


def test_an_unknown_job_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UnknownJob, match=r"od_readin.*od_reading"):
        job_named("od_readin")


@pytest.mark.parametrize("target_rpm", [900.0, 0.0])
def test_a_new_speed_waits_for_no_tachometer(target_rpm: float) -> None:
    """A driver that hangs answers after seconds, or not at all."""
    stirring = job_named("stirring")
    state = StirringState(spin=Spin(duty=0.3), target_rpm=500.0, driven=0.3, look_s=70.0)
    view = View(
        settings={"target": target_rpm}, automation=None, paused=False, signals={}, account=ACCOUNT
    )
    drive, sense = stirring.step(state, view, 61.0).commands
    assert isinstance(drive, Drive)
    assert drive.duty == pytest.approx(target_rpm / 1500.0, abs=0.1)
    assert sense == Sense("tachometer")


def test_a_new_speed_leaves_a_stirrer_alone_that_is_kicked_or_held() -> None:
    kicked = StirringState(spin=Spin(duty=0.8, kick_until_s=62.0, kicks=1), driven=0.8)
    turning = StirringState(spin=Spin(duty=0.3), target_rpm=500.0, driven=0.3)
    view = View(
        settings={"target": 900.0}, automation=None, paused=False, signals={}, account=ACCOUNT
    )
    assert job_named("stirring").step(kicked, view, 61.0).commands == (Sense("tachometer"),)
    held = structs.replace(view, held={"stirrer": "the lid is open"})
    assert job_named("stirring").step(turning, held, 61.0).commands == (Sense("tachometer"),)
