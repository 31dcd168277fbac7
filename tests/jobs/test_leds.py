from __future__ import annotations

from collections.abc import Mapping

import pytest

from orchestrator.jobs.channels import Channels
from orchestrator.jobs.job import Account, Alert, Drive, View
from orchestrator.jobs.leds import Leds
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted

ACCOUNT = Account(volume_ml=15.0, nominal_ml=15.0)


def view(outputs: tuple[str, ...], settings: Mapping[str, float], *, paused: bool = False) -> View:
    return View(
        settings=settings,
        automation=None,
        paused=paused,
        signals={},
        account=ACCOUNT,
        outputs=outputs,
    )


def test_each_channel_has_the_intensity_that_its_setting_says() -> None:
    rig = Rig(Physics(seed=1), {"leds": Wanted(None, {"a": 0.5, "d": 1.0})})
    rig.run(10.0)
    duties = {name: rig.physics.outputs[f"led_{name}"].duty for name in "abcd"}
    assert duties == {"a": 0.5, "b": 0.0, "c": 0.0, "d": 1.0}
    assert rig.physics.truth()["sim.light"] == pytest.approx(300.0)


def test_only_a_change_is_commanded() -> None:
    job, outputs = Leds(), ("led_a", "led_b")
    first = job.step(job.begin({}, 0.0), view(outputs, {"a": 0.5}), 0.0)
    assert first.commands == (Drive("led_a", 0.5), Drive("led_b", 0.0))
    assert job.step(first.state, view(outputs, {"a": 0.5}), 1.0).commands == ()
    night = job.step(first.state, view(outputs, {"a": 0.0}), 2.0)
    assert night.commands == (Drive("led_a", 0.0),)


def test_a_pause_leaves_the_light_as_it_is() -> None:
    job = Leds()
    state = Channels(driven={"led_a": 0.5})
    assert job.step(state, view(("led_a",), {"a": 0.5}, paused=True), 1.0).commands == ()


def test_it_leaves_the_dark_behind() -> None:
    job = Leds()
    lit = job.step(job.begin({}, 0.0), view(("led_a", "led_c"), {"a": 0.5}), 0.0).state
    assert job.end(lit) == (Drive("led_a", 0.0), Drive("led_c", 0.0))


def test_a_channel_that_the_reactor_lacks_is_told_of_once_and_the_others_shine() -> None:
    job, outputs = Leds(), ("stirrer", "led_a")
    step = job.step(job.begin({}, 0.0), view(outputs, {"a": 0.5, "b": 0.1}), 0.0)
    lit, complaint = step.commands
    assert lit == Drive("led_a", 0.5)
    assert isinstance(complaint, Alert)
    assert "no led_b" in complaint.text
    again = job.step(step.state, view(outputs, {"a": 0.6, "b": 0.2}), 1.0)
    assert again.commands == (Drive("led_a", 0.6),)


def test_a_reactor_without_any_light_is_no_trouble_while_none_is_wanted() -> None:
    job = Leds()
    step = job.step(job.begin({}, 0.0), view(("stirrer",), {"a": 0.0}), 0.0)
    assert step.commands == ()
    assert job.end(step.state) == ()
