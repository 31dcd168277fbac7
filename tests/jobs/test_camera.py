"""The camera's job: when it takes pictures, for whom, and what it says of those that failed."""

from __future__ import annotations

from typing import Any

from orchestrator.jobs.camera import WAITING_MAX, Camera
from orchestrator.jobs.job import (
    Account,
    Alert,
    Command,
    Event,
    Finish,
    Photograph,
    Photographed,
    Requested,
    Step,
    View,
    Withdrawn,
)
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.job_rig import Rig, Wanted

JOB = Camera()


def rig(**settings: Any) -> Rig:
    return Rig(Physics(seed=1), {"camera": Wanted(None, settings)})


def moments(of: Rig) -> list[float]:
    return [at_s for at_s, _ in of.shots]


def step(state: Any, now_s: float, *events: Event, **settings: Any) -> Step[Any]:
    view = View(
        settings=settings,
        automation=None,
        paused=False,
        signals={},
        account=Account(volume_ml=15.0, nominal_ml=15.0),
        events=events,
    )
    return JOB.step(state, view, now_s)


def only(commands: tuple[Command, ...]) -> Any:
    [command] = commands
    return command


def snapshot(key: str, **args: Any) -> Requested:
    return Requested(key=key, action="snapshot", args=args)


def test_a_time_lapse_has_a_picture_at_once_and_then_one_in_each_interval() -> None:
    taken = rig(interval=600.0)
    taken.run(1800.0)
    assert moments(taken) == [0.0, 600.0, 1200.0, 1800.0]
    assert taken.values("camera.pictures") == [1.0, 2.0, 3.0, 4.0]


def test_pictures_go_on_in_a_pause_since_readings_do() -> None:
    taken = rig(interval=600.0)
    taken.pause(True)
    taken.run(600.0)
    assert len(taken.shots) == 2


def test_without_a_time_lapse_there_are_only_snapshots_each_with_its_label() -> None:
    taken = rig(time_lapse=False, light="led_a", settle=2.0, quality=40.0, brightness=0.5)
    taken.run(3600.0)
    assert not taken.shots
    key = taken.request("camera", "snapshot", text="Colony 3", camera="camera")
    taken.run(1.0)
    [(_, shot)] = taken.shots
    assert (shot.label, shot.key, shot.camera) == ("Colony 3", key, "camera")
    how = shot.shot
    assert (how.light, how.settle_s, how.quality, how.brightness) == ("led_a", 2.0, 40, 0.5)
    assert taken.finished(key).ending.outcome.value == "done"
    assert taken.finished(key).result["file"] == "1.png"


def test_a_shorter_interval_counts_from_now_on() -> None:
    taken = rig(interval=86400.0)
    taken.run(100.0)
    taken.wanted["camera"] = Wanted(None, {"interval": 60.0})
    taken.request("camera", "snapshot")
    taken.run(140.0)
    assert moments(taken) == [0.0, 100.0, 120.0, 180.0, 240.0]


def test_one_picture_is_taken_at_a_time_and_what_is_asked_for_comes_first() -> None:
    began = step(JOB.begin({}, 0.0), 0.0)
    assert only(began.commands).key == ""
    asked = step(began.state, 600.0, snapshot("a"), snapshot("b", camera="side"))
    assert not asked.commands
    assert asked.look_again_s == float("inf"), "the one that is under way is waited for"
    first = Photographed(camera="camera", key="", at_s=601.0, file="1.jpg")
    second = step(asked.state, 601.0, first)
    assert [type(each) for each in second.commands] == [Photograph]
    assert only(second.commands).key == "a"
    third = step(second.state, 602.0, Photographed(camera="camera", key="a", at_s=602.0, file="2"))
    assert [each.key for each in third.commands] == ["a", "b"]  # type: ignore[union-attr]
    assert third.commands[1].camera == "side"  # type: ignore[union-attr]
    ended = step(third.state, 603.0, Photographed(camera="side", key="b", at_s=603.0, file="3"))
    assert ended.commands[1].key == "", "the time-lapse still owes one"  # type: ignore[union-attr]


def test_more_snapshots_than_can_wait_are_refused_and_a_withdrawn_one_is_not_taken() -> None:
    state = step(JOB.begin({}, 0.0), 0.0).state
    asked = [snapshot(f"k{number}") for number in range(WAITING_MAX + 1)]
    refused = step(state, 1.0, *asked)
    assert only(refused.commands).ending.outcome.value == "refused"
    withdrawn = step(refused.state, 2.0, Withdrawn(key="k0"))
    assert only(withdrawn.commands).ending.outcome.value == "skipped"
    ended = JOB.end(withdrawn.state)
    assert [each.key for each in ended] == [f"k{number}" for number in range(1, WAITING_MAX)]  # type: ignore[union-attr]


def test_somebody_is_told_of_the_first_failure_and_again_after_a_good_picture() -> None:
    taken = rig(interval=600.0)
    taken.physics.blind.add("camera")
    key = taken.request("camera", "snapshot")
    taken.run(1200.0)
    alerts = [each for each in taken.told if isinstance(each, Alert)]
    assert [each.text for each in alerts] == ["no picture was taken: the camera is silent"]
    assert taken.finished(key).ending.outcome.value == "failed"
    assert taken.values("camera.failures")[-1] == len(taken.shots) == 4
    taken.physics.blind.clear()
    taken.run(600.0)
    assert taken.values("camera.failures")[-1] == 0.0
    taken.physics.blind.add("camera")
    taken.run(600.0)
    assert len([each for each in taken.told if isinstance(each, Alert)]) == 2


def test_a_camera_cannot_do_anything_else() -> None:
    state = step(JOB.begin({}, 0.0), 0.0).state
    refused = only(step(state, 1.0, Requested(key="k", action="blank")).commands)
    assert isinstance(refused, Finish)
    assert refused.ending.reason == "camera cannot blank"
