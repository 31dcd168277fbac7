"""What starts at once on a free reactor is told of what its rehearsal foretells afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.ports.records import Alert
from tests.support.leader_room import Room, soon
from tests.support.played_worker import PlayedWorker, entry

PREFIX = "rehearsed:"


def bottle(vessel: str, through_s: float | None, **more: Any) -> dict[str, Any]:
    moved = {"vessel": vessel, "medium": "feed", "bottle_ml": 500.0, "moved_ml": 500.0}
    return {**moved, "through_s": through_s, **more}


class Rehearsing:
    """Ends when a test says so, with what it says."""

    def __init__(self) -> None:
        self.goes_on, self.bottles = asyncio.Event(), list[dict[str, Any]]()

    async def __call__(self, _: str) -> Mapping[str, Any]:
        await self.goes_on.wait()
        return {"duration_s": 90_000.0, "bottles": self.bottles}


@asynccontextmanager
async def begun(room: Room) -> AsyncIterator[tuple[PlayedWorker, str, str, Rehearsing]]:
    """An experiment that runs and is not rehearsed yet."""
    room.rehearse = rehearsing = Rehearsing()
    async with room.leading():
        worker = await room.worker("bench")
        experiment, run = await room.begin(worker)
        yield worker, experiment, run, rehearsing


async def standing(room: Room) -> list[Alert]:
    return [*await room.store.standing_alerts(PREFIX)]


async def none_stands(room: Room) -> bool:
    return not await standing(room)


async def rehearsed(room: Room, experiment: str) -> bool:
    found = await room.store.experiment(experiment)
    return found is not None and await room.store.rehearsal(found.plan_hash) is not None


async def test_a_bottle_that_will_not_last_is_told_of_once_until_it_is_changed(
    empty_room: Room,
) -> None:
    room = empty_room
    async with begun(room) as (worker, experiment, run, rehearsing):
        await asyncio.sleep(0.05)
        assert await none_stands(room)
        rehearsing.bottles = [bottle("v1", 36_000.0), bottle("v1", None, medium="drug")]
        rehearsing.goes_on.set()
        await soon(lambda: standing(room))
        [alert] = await standing(room)
        assert (alert.severity, alert.experiment, alert.vessel) == ("warning", experiment, "v1")
        assert alert.text == (
            "in a rehearsal of this plan the feed bottle of v1 (500 mL) is empty 10.0 h after its "
            "begin, about 2027-01-15 18:00 UTC: change it before, or apply a revision"
        )
        await worker.send(entry(run, "account", 5.0, bottle="feed", volume_ml=500.0))
        await soon(lambda: none_stands(room))
    async with room.leading() as leader:
        await soon(lambda: not leader._foretold._is_due)
        assert await none_stands(room)


async def test_a_revision_calls_it_off(empty_room: Room) -> None:
    room = empty_room
    async with begun(room) as (_, experiment, _, rehearsing):
        rehearsing.bottles = [bottle("v1", 36_000.0)]
        rehearsing.goes_on.set()
        await soon(lambda: standing(room))
        documents = await room.store.documents(experiment)
        assert documents is not None
        second = replace(documents, revision=2, plan_hash="r" * 64)
        await room.store.add_revision(experiment, second, at_wall_s=room.clock.wall_s)
        await soon(lambda: none_stands(room))


@pytest.mark.parametrize(
    ("bottles", "stand"),
    [
        ([bottle("v1", None)], []),
        ([bottle("v1", 60.0, medium="waste")], ["the waste bottle of v1 (500 mL) is full 0.0 h"]),
        (
            [bottle(f"v{n}", 7200.0, shared=True) for n in (1, 2, 3)],
            ["the feed bottle of v1, v2, v3 (500 mL) is empty 2.0 h"],
        ),
        (
            [bottle(f"v{n}", 7200.0 * n) for n in (1, 2)],
            ["the feed bottle of v1 (500 mL) is empty 2.0 h", "of v2 (500 mL) is empty 4.0 h"],
        ),
    ],
)
async def test_each_bottle_that_runs_through_is_told_of_and_no_other(
    empty_room: Room, bottles: list[dict[str, Any]], stand: list[str]
) -> None:
    room = empty_room
    async with begun(room) as (_, experiment, _, rehearsing):
        rehearsing.bottles = bottles
        rehearsing.goes_on.set()
        await soon(lambda: rehearsed(room, experiment))
        await soon(lambda: room.leader._foretold._told)
        texts = [each.text for each in await standing(room)]
        assert len(texts) == len(stand)
        assert all(words in text for words, text in zip(stand, texts, strict=True))
