"""Several photodiodes at one vessel: each with its raw values, blank and calibration, and which of
them make od600."""

from __future__ import annotations

from itertools import pairwise

import pytest

from orchestrator.control.calibration.fit import fit
from orchestrator.jobs.job import Alert, MadeOf, Remember, Sensed, View
from orchestrator.jobs.od_reading import OdReading
from orchestrator.model.outcome import Outcome
from orchestrator.model.photodiode import PHOTODIODE
from orchestrator.sim.apparatus import AT_ANGLES, Apparatus
from orchestrator.sim.organism import Organism, SensorNoise
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted

QUIET = Organism(noise=SensorNoise(od_relative=0.0, od_absolute=0.0, temperature_c=0.0, rpm=0.0))
NOISY = Organism(noise=SensorNoise(od_relative=0.05, od_absolute=0.0, temperature_c=0.0, rpm=0.0))


def world(organism: Organism = QUIET, *angles: int, **settings: float | bool | str) -> Rig:
    chosen = {angle: AT_ANGLES[angle] for angle in angles or (45, 135, 180)}
    physics = Physics(organism, Apparatus(angles=chosen), seed=3)
    return Rig(physics, {"od_reading": Wanted(None, {"interval": 5.0} | settings)})


def blanked(rig: Rig, biomass_g_l: float = 0.2) -> Rig:
    rig.request("od_reading", "blank")
    rig.run(20.0)
    rig.physics.inoculate(rig.clock.now_s, biomass_g_l)
    rig.run(60.0)
    return rig


def alerts(rig: Rig) -> list[str]:
    return [each.text for each in rig.told if isinstance(each, Alert)]


def test_each_angle_tells_the_same_density_by_its_own_blank_and_gain() -> None:
    rig = blanked(world())
    truth = rig.physics.truth()["sim.od600"]
    for signal in ("od600", "od_reading.od_45", "od_reading.od_135", "od_reading.od_180"):
        assert rig.values(signal)[-1] == pytest.approx(truth, rel=0.02), signal
    raw = {name: rig.values(f"od_reading.raw{name}")[-1] for name in ("", "_45", "_135", "_180")}
    assert len(set(raw.values())) == 4, "what each shows is kept as it is"
    assert raw["_180"] < AT_ANGLES[180].blank_v, "light that passes straight through fades"
    assert not rig.values("od_reading.od_90"), "there is none here"
    assert not rig.values("od_reading.od_main"), "it would be od600 again"
    assert not alerts(rig)


def test_a_blank_is_of_every_angle_and_remembered() -> None:
    rig = world()
    key = rig.request("od_reading", "blank")
    rig.run(30.0)
    blanks = {"blank_v": 0.08, "photodiode_45.blank_v": 0.12, "photodiode_135.blank_v": 0.06}
    assert rig.finished(key).result == pytest.approx(blanks | {"photodiode_180.blank_v": 2.0})
    assert rig.values("od_reading.blank_raw_45") == [pytest.approx(0.12)]
    (kept,) = (each for each in rig.told if isinstance(each, Remember))
    begun = OdReading().begin(kept.memory, 100.0)
    assert begun.channels["photodiode_135"].blank_v == pytest.approx(0.06)


def test_od600_can_be_that_of_another_angle() -> None:
    rig = world(od600_from="photodiode_135")
    rig.reactor.spec.constants["photodiode_135.od600_per_v"] *= 2.0  # type: ignore[index]
    blanked(rig)
    assert rig.record["od600"] == rig.record["od_reading.od_135"]
    assert rig.values("od_reading.od_main")[-1] == pytest.approx(
        rig.values("od600")[-1] / 2.0, rel=0.01
    )
    (made,) = (each for each in rig.told if isinstance(each, MadeOf))
    assert made == MadeOf(signal="od600", devices=("photodiode_135",))


def test_a_mean_is_of_one_round_and_quieter_than_each() -> None:
    rig = blanked(world(NOISY, od600_from="mean"))
    rig.run(1200.0)
    names = ("od600", "od_reading.od_main", "od_reading.od_45", "od_reading.od_180")
    at_s, mean = rig.record["od600"][-1]
    newest = [dict(rig.record[name])[at_s] for name in (*names[1:], "od_reading.od_135")]
    assert mean == pytest.approx(sum(newest) / 4.0)
    steps = {name: _roughness(rig.values(name, since_s=60.0)) for name in names}
    assert steps["od600"] < 0.7 * min(steps[name] for name in names[1:])
    (made,) = (each for each in rig.told if isinstance(each, MadeOf))
    assert made.devices == (PHOTODIODE, "photodiode_45", "photodiode_135", "photodiode_180")


def test_a_mean_waits_for_the_last_to_answer() -> None:
    """Real photodiodes answer one after the other, each in a step of its own."""
    job, seen = OdReading(), world(QUIET, 45, od600_from="mean")
    constants = seen.reactor.spec.constants | {  # type: ignore[operator]
        "photodiode.blank_v": 0.08,
        "photodiode_45.blank_v": 0.12,
    }
    state, told = job.begin({}, 0.0), []
    for number in range(4):
        for sensor, volts in (("photodiode_45", 0.47), ("photodiode", 0.58)):
            at_s = 5.0 * number + 5.0
            view = View(
                settings=seen.wanted["od_reading"].settings,
                automation=None,
                paused=False,
                signals={},
                account=seen.account(),
                events=(Sensed(sensor, volts, at_s),),
                calibration=constants,
                sensors=seen.reactor.spec.sensors,
            )
            step = job.step(state, view, at_s)
            state = step.state
            told.append((sensor, step.publish.get("od600")))
    assert told[-4:] == [
        ("photodiode_45", None),
        ("photodiode", pytest.approx(1.0)),
        ("photodiode_45", None),
        ("photodiode", pytest.approx(1.0)),
    ]


def test_a_mean_is_not_told_without_one_of_its_angles_and_leaves_out_what_is_not_calibrated() -> (
    None
):
    rig = world(od600_from="mean")
    del rig.reactor.spec.constants["photodiode_180.od600_per_v"]  # type: ignore[attr-defined]
    blanked(rig)
    assert rig.values("od600")
    assert rig.values("od_reading.raw_180")
    assert not rig.values("od_reading.od_180")
    before = len(rig.values("od600"))
    rig.physics.sensors["photodiode_45"].dead = True
    rig.run(120.0)
    assert len(rig.values("od600")) == before
    assert len(rig.values("od_reading.od_135")) > before
    (told,) = alerts(rig)
    assert told.startswith("the photodiode_45 is silent and od_reading.od_45 not known")


def test_a_silent_angle_that_od600_does_not_need_stops_no_blank() -> None:
    rig = world()
    rig.physics.sensors["photodiode_45"].dead = True
    key = rig.request("od_reading", "blank")
    rig.run(30.0)
    assert rig.finished(key).ending.outcome is Outcome.DONE
    assert "photodiode_45.blank_v" not in rig.finished(key).result
    assert any("not blanked: the photodiode_45 is silent" in each for each in alerts(rig))
    needed = world(od600_from="photodiode_45")
    needed.physics.sensors["photodiode_45"].dead = True
    key = needed.request("od_reading", "blank")
    needed.run(30.0)
    ending = needed.finished(key).ending
    assert ending.outcome is Outcome.FAILED
    assert "the photodiode_45 is silent" in ending.reason


def test_a_curve_of_one_angle_is_its_own() -> None:
    rig = world()
    points = [(2.0 - 0.25 * od, od) for od in (0.0, 0.5, 1.0, 2.0, 4.0)]
    rig.reactor.spec.curves["photodiode_180"] = fit("spline", points)  # type: ignore[index]
    rig.reactor.spec.constants["photodiode_180.blank_v"] = 2.0  # type: ignore[index]
    blanked(rig)
    truth = rig.physics.truth()["sim.od600"]
    assert rig.values("od_reading.od_180")[-1] == pytest.approx(truth, rel=0.02)


def test_a_jump_of_light_that_passes_straight_through_names_its_photodiode() -> None:
    rig = blanked(world(), 0.4)
    rig.physics.sensors["photodiode_180"].stuck_at = 1.0
    rig.run(60.0)
    (told,) = alerts(rig)
    assert told.startswith("od_reading.od_180 jumped from 1.0")
    assert "look at the photodiode_180" in told


def _roughness(values: list[float]) -> float:
    """How far values are from their neighbours, which growth hardly moves."""
    return (sum((b - a) ** 2 for a, b in pairwise(values)) / len(values)) ** 0.5
