"""A rule that waits for a topic that no worker may read: somebody says so, before it waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from orchestrator.leader.unheard import unheard
from orchestrator.model.canonical import rebuild
from orchestrator.model.plan import Plan, Slice
from tests.support.leader_room import Room
from tests.support.worker_rig import phase, slice_of


async def alerts(room: Room, opens: Callable[[str], bool] | None) -> list[str]:
    room.rules = replace(room.rules, opens=opens)
    async with room.leading():
        experiment = await room.submit("pressed")
        found = await room.store.alerts(experiment=experiment)
    return [each.text for each in found.items if each.source == "topic"]


async def test_a_topic_that_the_broker_does_not_open_is_told_when_it_is_submitted(
    room: Room,
) -> None:
    assert await alerts(room, lambda topic: topic.startswith("building/")) == [
        "the broker does not let workers read lab/door, so the rule pressed never starts on it: "
        "start the broker with --readable-topics 'lab/door'"
    ]


@pytest.mark.parametrize("opens", [None, lambda topic: topic == "lab/door"])
async def test_nothing_is_said_of_open_topics_and_of_brokers_that_nobody_knows(
    room: Room, opens: Callable[[str], bool] | None
) -> None:
    assert await alerts(room, opens) == []


def test_a_signal_of_a_topic_that_is_not_opened_is_told_too() -> None:
    external = {"settings": {"a_topic": "lab/air", "a_maximum": 100.0}}
    slice_ = slice_of(phase("open", duration_s=60.0), jobs={"external": external})
    plan = Plan(
        name="p",
        description="",
        tags=(),
        profile_hash="",
        timezone="UTC",
        inputs={},
        vessels=(rebuild(Slice, slice_),),
        charts=(),
    )
    assert unheard(plan, lambda _: False) == {"lab/air": "external.a never has a value"}
    assert unheard(plan, lambda _: True) == {}
