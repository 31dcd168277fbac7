from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.jobs.job import Alert
from orchestrator.jobs.probes import MAX_AGE_S, Line, line_of
from orchestrator.sim.apparatus import Apparatus, FixedProbe
from orchestrator.sim.organism import E_COLI
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted

BUFFERS = {"low": 4.01, "low_v": 2.03, "high": 7.0, "high_v": 1.5}
"""A glass electrode: the voltage falls where pH rises."""


def world(constants: dict[str, float] = BUFFERS, volts: float = 1.5) -> Rig:
    probe = FixedProbe(volts=volts, noise_v=0.0, constants=constants)
    physics = Physics(E_COLI, Apparatus(probes={"ph_probe": probe}), seed=1)
    return Rig(physics, {"ph": Wanted(None, {"interval": 10.0})})


def alerts(rig: Rig) -> list[str]:
    return [told.text for told in rig.told if isinstance(told, Alert)]


@pytest.mark.parametrize(("volts", "ph"), [(2.03, 4.01), (1.5, 7.0), (1.765, 5.505)])
def test_both_buffers_and_what_lies_between_them(volts: float, ph: float) -> None:
    rig = world(volts=volts)
    rig.run(30.0)
    assert rig.values("ph.measured")[-1] == pytest.approx(ph)
    assert rig.values("ph.raw")[-1] == volts


@given(volts=st.floats(-5, 5), slope=st.floats(0.1, 10), offset=st.floats(-10, 10))
def test_two_points_of_a_line_give_the_line(volts: float, slope: float, offset: float) -> None:
    line = Line(offset - slope, -1.0, offset + slope, 1.0)
    assert line.value(volts) == pytest.approx(offset + slope * volts, abs=1e-9)


def test_one_wild_reading_changes_nothing() -> None:
    rig = world()
    rig.run(45.0)
    rig.physics.sensors["ph_probe"].offset = 1.0
    rig.run(10.0)
    rig.physics.sensors["ph_probe"].offset = 0.0
    rig.run(60.0)
    assert rig.values("ph.measured") == pytest.approx([7.0] * len(rig.values("ph.measured")))
    assert max(rig.values("ph.raw")) == pytest.approx(2.5)


def test_it_reads_on_its_interval() -> None:
    rig = world()
    rig.run(60.0)
    assert [at_s for at_s, _ in rig.record["ph.raw"]] == [10.0 * n for n in range(7)]


@pytest.mark.parametrize(
    "constants", [{}, {"low": 4.0, "low_v": 2.0}, BUFFERS | {"low_v": 1.5}, BUFFERS | {"low": 7.0}]
)
def test_without_two_points_only_volts_are_told_and_somebody_is_told_once(
    constants: dict[str, float],
) -> None:
    rig = world(constants)
    rig.run(300.0)
    assert rig.values("ph.raw")
    assert not rig.values("ph.measured")
    (alert,) = alerts(rig)
    assert "ph_probe has no calibration" in alert


def test_a_silent_probe_is_named_once_and_its_old_values_are_forgotten() -> None:
    rig = world()
    rig.run(60.0)
    probe = rig.physics.sensors["ph_probe"]
    probe.dead = True
    silent_since_s = rig.clock.now_s
    rig.run(300.0)
    (alert,) = alerts(rig)
    assert "the ph_probe is silent" in alert
    probe.dead, probe.stuck_at = False, 2.03
    rig.run(60.0)
    after = rig.values("ph.measured", silent_since_s + 1.0)
    assert after == pytest.approx([4.01] * len(after)), "no median of before and after"
    assert after


def test_a_reactor_without_the_probe_says_so() -> None:
    rig = Rig(Physics(seed=1), {"dissolved_oxygen": Wanted(None, {"interval": 60.0})})
    rig.run(600.0)
    (alert,) = alerts(rig)
    assert "oxygen_probe" in alert


def test_the_longest_interval_leaves_a_value_known() -> None:
    assert MAX_AGE_S > 60.0 * 2


def test_a_calibration_is_read_by_the_device_that_it_belongs_to() -> None:
    constants = {f"ph_probe.{name}": value for name, value in BUFFERS.items()}
    assert line_of("ph_probe", constants) == Line(4.01, 2.03, 7.0, 1.5)
    assert line_of("oxygen_probe", constants) is None


@pytest.mark.parametrize(("volts", "grams"), [(0.5, 0.0), (1.5, 500.0), (1.0, 250.0)])
def test_a_scale_weighs_between_nothing_and_its_weight(volts: float, grams: float) -> None:
    constants = {"low": 0.0, "low_v": 0.5, "high": 500.0, "high_v": 1.5}
    probe = FixedProbe(volts=volts, noise_v=0.0, constants=constants)
    physics = Physics(E_COLI, Apparatus(probes={"load_cell": probe}), seed=1)
    rig = Rig(physics, {"scale": Wanted(None, {"interval": 10.0})})
    rig.run(30.0)
    assert rig.values("scale.measured")[-1] == pytest.approx(grams)
    assert rig.values("scale.raw")[-1] == volts
