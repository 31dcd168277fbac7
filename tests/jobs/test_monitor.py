from __future__ import annotations

import pytest

from orchestrator.jobs.job import Alert
from orchestrator.sim.apparatus import Apparatus, FixedProbe
from orchestrator.sim.organism import E_COLI
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted


def world(**shown: float) -> Rig:
    probes = {
        f"machine_{name}": FixedProbe(volts=each, noise_v=0.0) for name, each in shown.items()
    }
    physics = Physics(E_COLI, Apparatus(probes=probes), seed=1)
    return Rig(physics, {"monitor": Wanted(None, {"interval": 60.0})})


def alerts(rig: Rig) -> list[str]:
    return [told.text for told in rig.told if isinstance(told, Alert)]


def test_it_tells_what_the_machine_has_and_is_silent_of_the_rest() -> None:
    rig = world(temperature=48.0, disk=0.3)
    rig.run(180.0)
    assert {name for name in rig.record if name.startswith("monitor.")} == {
        "monitor.temperature",
        "monitor.disk",
    }
    assert rig.values("monitor.temperature") == [48.0] * 4
    assert alerts(rig) == []


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("temperature", 84.0, "hot (84 °C)"),
        ("memory", 0.97, "memory is 97% full"),
        ("disk", 0.93, "disk is 93% full"),
        ("under_voltage", 1.0, "supply is too weak"),
    ],
)
def test_what_a_person_should_know_is_told_once(name: str, value: float, says: str) -> None:
    rig = world(**{name: value})
    rig.run(600.0)
    (alert,) = alerts(rig)
    assert says in alert


def test_it_is_told_again_after_it_was_over_and_not_for_a_wobble() -> None:
    rig = world(temperature=81.0)
    for offset in (0.0, -3.0, 0.0, -20.0, 0.0):
        rig.physics.sensors["machine_temperature"].offset = offset
        rig.run(120.0)
    assert len(alerts(rig)) == 2
