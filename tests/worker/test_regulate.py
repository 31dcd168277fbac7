"""Jobs are stepped when there is reason to, and one that breaks is alone in that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, ClassVar

import pytest

from orchestrator.execution.decision import JobWanted, Wanted
from orchestrator.jobs.guest import OnLoss
from orchestrator.jobs.job import Account, Command, Drive, Sense, Sensed, Signal, Step, View
from orchestrator.model.signal import Sample
from orchestrator.worker.regulate import RESTART_S, Regulate

ACCOUNT = Account(volume_ml=15.0, nominal_ml=15.0)


class Counting:
    """Senses each ten seconds and publishes what it saw; breaks when its setting says so."""

    name: ClassVar[str] = "counting"
    watches: ClassVar[tuple[str, ...]] = ()

    def begin(self, memory: Mapping[str, Any], now_s: float) -> int:
        return int(memory.get("steps", 0))

    def step(self, state: int, view: View, now_s: float) -> Step[int]:
        if view.settings.get("break"):
            raise ValueError("broken")
        for event in view.events:
            if isinstance(event, Sensed):
                return Step(state + 1, (), {"counting.seen": event.value or 0.0}, now_s + 10.0)
        return Step(state + 1, (Sense("eye"), Drive("lamp", 0.5)), {}, now_s + 10.0)

    def end(self, state: int) -> tuple[Command, ...]:
        return (Drive("lamp", 0.0),)


class Scheduling:
    """Has its sensor read beforehand, each ten seconds."""

    name: ClassVar[str] = "scheduling"
    watches: ClassVar[tuple[str, ...]] = ()

    def begin(self, memory: Mapping[str, Any], now_s: float) -> float:
        return now_s

    def step(self, state: float, view: View, now_s: float) -> Step[float]:
        look_s = state if now_s < state else state + 10.0
        publish = {"scheduling.steps": 1.0}
        for event in view.events:
            if isinstance(event, Sensed) and event.value is not None:
                publish["scheduling.seen"] = event.value
        return Step(look_s, (), publish, look_s, ("eye",))

    def end(self, state: float) -> tuple[Command, ...]:
        return ()


class Watching:
    """Is stepped when somebody else saw something."""

    name: ClassVar[str] = "watching"
    watches: ClassVar[tuple[str, ...]] = ("counting.seen",)

    def begin(self, memory: Mapping[str, Any], now_s: float) -> int:
        return 0

    def step(self, state: int, view: View, now_s: float) -> Step[int]:
        return Step(state + 1, (), {"watching.steps": float(state + 1)}, inf)

    def end(self, state: int) -> tuple[Command, ...]:
        return ()


@dataclass
class Hands:
    """Answers a sense at once, or never."""

    answers: bool = True
    owed: int = 0
    commands: list[tuple[str, Command]] = field(default_factory=list)
    published: list[tuple[float, str, float]] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)
    signals: dict[str, Sample] = field(default_factory=dict)

    breaks: bool = False

    def carry_out(self, job: str, command: Command, now_s: float) -> None:
        self.commands.append((job, command))
        if isinstance(command, Sense):
            self.sense(job, command.sensor)

    def sense(self, job: str, sensor: str) -> None:
        if self.breaks:
            raise OSError("the wire is gone")
        if self.answers:
            self.regulate.tell(job, Sensed(sensor, 7.0, 0.0))
        else:
            self.owed += 1

    def is_sensing(self, job: str) -> bool:
        return self.owed > 0

    def answer_late(self, job: str, now_s: float) -> bool:
        self.owed -= 1
        return self.regulate.tell(job, Sensed("eye", 9.0, now_s))

    def publish(self, values: Mapping[str, float], now_s: float) -> None:
        self.published += [(now_s, name, value) for name, value in values.items()]
        self.regulate.wake(values)

    def expect(self, signals: Mapping[str, Signal]) -> None:
        raise AssertionError("built-in jobs are no guests")

    def job_changed(
        self, job: str, state: str, reason: str, on_loss: OnLoss = OnLoss.RESTART
    ) -> None:
        self.changes.append((job, state))

    def drives(self) -> list[float]:
        return [command.duty for _, command in self.commands if isinstance(command, Drive)]

    regulate: Regulate = None  # type: ignore[assignment]


MAKE: dict[str, Callable[[], Any]] = {
    "counting": Counting,
    "scheduling": Scheduling,
    "watching": Watching,
}


@pytest.fixture
def hands() -> Hands:
    made = Hands()
    made.regulate = Regulate(
        make=lambda name: MAKE[name](),
        hands=made,
        memory=lambda job: {"steps": 40} if job == "counting" else {},
        signals=made.signals,
        calibration={},
    )
    return made


def wanted(*names: str, **settings: float | bool | str) -> Wanted:
    return {name: JobWanted(automation=None, settings=dict(settings)) for name in names}


def run(hands: Hands, *moments: float) -> None:
    for now_s in moments:
        hands.regulate.step(ACCOUNT, now_s)
        while hands.regulate.stirred:
            hands.regulate.step(ACCOUNT, now_s)


def test_a_job_is_stepped_at_its_moments_and_when_it_is_answered(hands: Hands) -> None:
    hands.regulate.want(wanted("counting"), 0.0)
    run(hands, 0.0, 5.0, 10.0)
    assert hands.published == [(0.0, "counting.seen", 7.0), (10.0, "counting.seen", 7.0)]
    assert hands.regulate.due_s == 20.0


def test_what_a_job_asked_to_be_read_is_told_in_the_step_of_its_moment(hands: Hands) -> None:
    hands.regulate.want(wanted("scheduling"), 0.0)
    run(hands, 0.0, 5.0, 10.0)
    assert hands.published == [
        (0.0, "scheduling.steps", 1.0),
        (10.0, "scheduling.steps", 1.0),
        (10.0, "scheduling.seen", 7.0),
    ]


def test_a_sensor_that_takes_its_time_is_told_in_a_step_of_its_own(hands: Hands) -> None:
    hands.answers = False
    hands.regulate.want(wanted("scheduling"), 0.0)
    run(hands, 0.0, 10.0)
    assert hands.owed == 1 and hands.published == [
        (0.0, "scheduling.steps", 1.0),
        (10.0, "scheduling.steps", 1.0),
    ]
    assert hands.answer_late("scheduling", 12.0)
    run(hands, 12.0)
    assert (12.0, "scheduling.seen", 9.0) in hands.published
    assert hands.owed == 0 and hands.regulate.due_s == 20.0


def test_a_sensor_that_cannot_be_asked_breaks_only_its_job(hands: Hands) -> None:
    hands.regulate.want(wanted("scheduling", "watching"), 0.0)
    run(hands, 0.0)
    hands.breaks = True
    run(hands, 10.0)
    assert hands.changes[-1] == ("scheduling", "lost")
    assert hands.regulate.due_s == 10.0 + RESTART_S


def test_a_silent_sensor_keeps_nobody(hands: Hands) -> None:
    hands.answers = False
    hands.regulate.want(wanted("counting"), 0.0)
    run(hands, 0.0, 10.0)
    assert [command for _, command in hands.commands if isinstance(command, Sense)] == [
        Sense("eye")
    ] * 2


def test_who_watches_a_signal_is_stepped_in_the_same_turn(hands: Hands) -> None:
    hands.regulate.want(wanted("counting", "watching"), 0.0)
    run(hands, 0.0, 10.0)
    assert [one for one in hands.published if one[1] == "watching.steps"] == [
        (0.0, "watching.steps", 1.0),
        (10.0, "watching.steps", 2.0),
    ]


def test_a_changed_setting_calls_for_a_step_and_an_equal_one_does_not(hands: Hands) -> None:
    hands.regulate.want(wanted("watching", x=1.0), 0.0)
    run(hands, 0.0)
    hands.regulate.want(wanted("watching", x=1.0), 1.0)
    run(hands, 1.0)
    assert len(hands.published) == 1
    hands.regulate.want(wanted("watching", x=2.0), 2.0)
    run(hands, 2.0)
    assert len(hands.published) == 2


def test_a_job_that_is_no_longer_wanted_leaves_its_outputs_off(hands: Hands) -> None:
    hands.regulate.want(wanted("counting"), 0.0)
    run(hands, 0.0)
    hands.regulate.want({}, 5.0)
    run(hands, 5.0)
    assert hands.drives()[-1] == 0.0
    assert hands.changes == [("counting", "ready"), ("counting", "stopped")]
    assert hands.regulate.due_s == inf


def test_a_value_that_was_asked_for_is_published_though_its_job_was_stopped(hands: Hands) -> None:
    hands.answers = False
    hands.regulate.want(wanted("counting"), 0.0)
    run(hands, 0.0)
    hands.regulate.want({}, 5.0)
    assert hands.regulate.any, "an answer is owed"
    commanded = len(hands.commands)
    assert hands.answer_late("counting", 5.5)
    assert (5.5, "counting.seen", 9.0) in hands.published
    assert len(hands.commands) == commanded, "it commands nothing any more"
    assert not hands.regulate.any


def test_a_value_is_published_though_its_job_was_changed_or_stopped_before_it_saw_it(
    hands: Hands,
) -> None:
    hands.answers = False
    hands.regulate.want(wanted("counting"), 0.0)
    run(hands, 0.0)
    assert hands.answer_late("counting", 4.0)
    hands.regulate.want({}, 5.0)
    assert (4.0, "counting.seen", 9.0) in hands.published, "it came, and nobody had looked"
    hands.regulate.want(wanted("counting"), 10.0)
    run(hands, 10.0)
    hands.regulate.recalibrate({}, {})
    hands.regulate.want({}, 15.0)
    assert hands.answer_late("counting", 15.5)
    assert (15.5, "counting.seen", 9.0) in hands.published


def test_a_job_that_breaks_is_lost_with_its_outputs_off_and_begins_again(hands: Hands) -> None:
    hands.regulate.want(wanted("counting", "watching"), 0.0)
    run(hands, 0.0)
    broken: dict[str, JobWanted] = {**wanted("watching"), **wanted("counting", **{"break": True})}
    hands.regulate.want(broken, 4.0)
    run(hands, 4.0)
    assert hands.changes[-1] == ("counting", "lost")
    assert hands.drives()[-1] == 0.0
    assert not hands.regulate.tell("counting", Sensed("eye", 1.0, 4.0))
    assert hands.regulate.tell("watching", Sensed("eye", 1.0, 4.0))
    hands.regulate.want(wanted("counting", "watching"), 5.0)
    run(hands, 5.0, 4.0 + RESTART_S)
    assert hands.changes[-1] == ("counting", "ready")
    assert hands.published[-2][1] == "counting.seen"


def test_a_job_that_keeps_breaking_is_tried_less_and_less_often(hands: Hands) -> None:
    hands.regulate.want(wanted("counting", **{"break": True}), 0.0)
    lost = []
    for now_s in range(200):
        before = len(hands.changes)
        run(hands, float(now_s))
        lost += [now_s for change in hands.changes[before:] if change[1] == "lost"]
    assert lost == [0, 5, 15, 35, 75, 155]


def test_a_job_begins_with_what_it_remembered(hands: Hands) -> None:
    hands.regulate.want(wanted("counting"), 0.0)
    run(hands, 0.0)
    [running] = hands.regulate._in_order
    assert running.state == 42


def test_a_job_that_nobody_has_is_lost_and_the_others_run(hands: Hands) -> None:
    hands.regulate.want(wanted("unheard", "watching"), 0.0)
    run(hands, 0.0)
    assert ("unheard", "lost") in hands.changes
    assert len(hands.published) == 1


def test_two_values_that_come_together_are_both_published(hands: Hands) -> None:
    hands.answers = False
    hands.regulate.want(wanted("counting"), 0.0)
    run(hands, 0.0)
    hands.published.clear()
    hands.regulate.tell("counting", Sensed("eye", 1.0, 4.0))
    hands.regulate.tell("counting", Sensed("eye", 2.0, 5.0))
    run(hands, 5.0)
    assert [value for _, name, value in hands.published if name == "counting.seen"] == [1.0, 2.0]


def test_a_step_that_is_tried_commands_nothing_and_breaks_nobody(hands: Hands) -> None:
    hands.regulate.want(wanted("counting", "watching"), 0.0)
    run(hands, 0.0)
    commands, published = list(hands.commands), list(hands.published)
    assert hands.regulate.foresee(wanted("counting"), ACCOUNT, 10.0) == {"lamp": 0.5}
    assert hands.regulate.foresee(wanted("counting", **{"break": True}), ACCOUNT, 10.0) == {}
    assert hands.regulate.foresee(wanted("watching", "nobody"), ACCOUNT, 10.0) == {}
    assert (hands.commands, hands.published) == (commands, published)
    assert hands.regulate.standing()["counting"][0] == "ready"
    run(hands, 10.0)
    assert len(hands.published) == len(published) + 2
