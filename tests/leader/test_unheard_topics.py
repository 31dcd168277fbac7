"""A rule that waits for a topic that no worker may read: somebody says so, before it waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.leader_room import Room


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
