"""What contrib declares of jobs and automations, and what their classes do, are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from math import inf

import pytest

from orchestrator.control.calibration.fit import fit
from orchestrator.documents.catalogue import load_catalogue
from orchestrator.jobs.job import Heard
from orchestrator.jobs.registry import BUILT_IN, SIGNALS
from orchestrator.model.catalogue import canonical_name
from orchestrator.model.driver import MACHINE
from orchestrator.model.event import SENSORS
from orchestrator.sim.apparatus import AT_ANGLES, Apparatus, FixedProbe
from orchestrator.sim.clock import VirtualClock
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.sim.reactor_port import SimReactor
from tests.support.job_rig import Rig, Wanted


class Watched(Mapping[str, float]):
    """Settings that note what is asked for."""

    def __init__(self, values: dict[str, float]) -> None:
        self.values_by_name, self.asked = values, set[str]()

    def __getitem__(self, name: str) -> float:
        self.asked.add(name)
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


SETTINGS = {
    "stirring": {"target": 500.0},
    "temperature": {"target": 37.0},
    "od_reading": {"interval": 5.0, "od600_from": "mean"},
    "leds": {"a": 0.5},
    "gas": {"air": 0.5, "period": 60.0},
    "ph": {"interval": 10.0},
    "dissolved_oxygen": {"interval": 60.0},
    "level": {"interval": 60.0},
    "scale": {"interval": 60.0},
    "monitor": {"interval": 60.0},
    "camera": {"camera": "camera", "interval": 600.0, "time_lapse": True, "light": "led_a"}
    | {"brightness": 1.0, "settle": 1.0, "quality": 85.0},
    "external": {f"{channel}_topic": f"lab/{channel}" for channel in "abcd"},
    "growth_rate": {"window": 600.0},
    "dosing": {
        **{"target_od600": 0.1, "dilution_rate": 1.0, "exchange": 0.5},
        **{"signal": "od600", "target": 0.1, "medium": "feed", "raises": False, "gain": 100.0},
        **{"integral_time": 600.0, "derivative_time": 0.0, "maximum_flow": 20.0},
    },
}
LINE = {"low": 0.0, "low_v": 0.5, "high": 1.0, "high_v": 2.5}
PROBES = {
    name: FixedProbe(volts=1.5, constants=LINE)
    for name in ("ph_probe", "oxygen_probe", "level_probe", "load_cell")
} | {f"machine_{name}": FixedProbe(volts=0.4) for name in MACHINE}
APPARATUS = Apparatus(probes=PROBES, angles=AT_ANGLES)
AUTOMATIONS = ["chemostat", "turbidostat", "pid", "silent"]


@pytest.fixture(scope="module")
def runs() -> list[Rig]:
    """One run for each of dosing's automations."""
    return [run(automation) for automation in AUTOMATIONS]


def run(automation: str) -> Rig:
    automations = {"temperature": "thermostat", "dosing": automation}
    wanted = {name: Wanted(automations.get(name), Watched(SETTINGS[name])) for name in BUILT_IN}  # type: ignore[arg-type]
    rig = Rig(Physics(apparatus=APPARATUS, seed=1), wanted)
    shifted = fit("offset", [(36.0, 37.0)])
    rig.reactor.spec = replace(rig.reactor.spec, curves={"thermometer": shifted})
    rig.request("od_reading", "blank")
    rig.tell("external", Heard(topic="lab/a", text="no number"))
    rig.run(30.0)
    rig.physics.inoculate(rig.clock.now_s, 0.08)
    for _ in range(60):
        for channel in "abcd":
            rig.tell("external", Heard(topic=f"lab/{channel}", text="1.5"))
        rig.run(60.0)
    return rig


def test_there_is_a_class_for_each_declared_job_and_the_other_way_round() -> None:
    assert set(load_catalogue().jobs) == set(BUILT_IN)


@pytest.mark.parametrize("job", sorted(BUILT_IN))
def test_a_job_publishes_exactly_the_signals_that_it_declares(job: str, runs: list[Rig]) -> None:
    declared = {canonical_name(f"{job}.{name}") for name in load_catalogue().jobs[job].signals}
    others = {
        canonical_name(f"{other.name}.{name}")
        for other in load_catalogue().jobs.values()
        if other.name != job
        for name in other.signals
    }
    published = {signal for rig in runs for signal in rig.record} - others
    assert published == declared


@pytest.mark.parametrize("job", sorted(BUILT_IN))
def test_a_class_says_of_its_signals_what_the_declaration_says(job: str) -> None:
    declared = {
        canonical_name(f"{job}.{name}"): inf if signal.max_age_s is None else signal.max_age_s
        for name, signal in load_catalogue().jobs[job].signals.items()
    }
    assert {name: signal.max_age_s for name, signal in BUILT_IN[job].signals.items()} == declared


def test_readings_name_the_calibration_of_a_device_that_a_reactor_has() -> None:
    spec = SimReactor(Physics(apparatus=APPARATUS), VirtualClock()).spec
    devices = {*spec.sensors, *spec.outputs, *spec.pumps, ""}
    assert {signal.device for signal in SIGNALS.values()} <= devices
    assert SIGNALS["od600"].device == "photodiode"
    assert {signal.device for signal in SIGNALS.values()} - {"", *spec.pumps} == set(SENSORS)


@pytest.mark.parametrize("job", sorted(BUILT_IN))
def test_a_job_asks_for_the_settings_that_it_declares(job: str, runs: list[Rig]) -> None:
    catalogue = load_catalogue()
    declared = set(catalogue.jobs[job].settings)
    for name, automation in catalogue.automations_of(job).items():
        if (job, name) not in catalogue.behaviours:  # those in YAML are read by their expressions
            declared |= set(automation.inputs)
    asked = {name for rig in runs for name in rig.wanted[job].settings.asked}  # type: ignore[attr-defined]
    optional = {"medium", "uncalibrated"}
    if job == "external":  # a profile's `signals:` say these, and no profile sets them by name
        said = ("every", "factor", "max_age", "offset", "sensor")
        optional |= {f"{channel}_{each}" for channel in "abcd" for each in said}
    assert asked - optional <= declared
    assert declared - optional <= asked


def test_signals_are_measured_more_often_than_they_grow_old(runs: list[Rig]) -> None:
    for job in load_catalogue().jobs.values():
        for name, signal in job.signals.items():
            if signal.max_age_s is None:
                continue
            moments = [at_s for at_s, _ in runs[0].record[canonical_name(f"{job.name}.{name}")]]
            gaps = [later - at_s for at_s, later in pairwise(moments)]
            assert max(gaps) < signal.max_age_s, f"{job.name}.{name}"
