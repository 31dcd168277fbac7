"""What an attempt is expected to last is kept with it, also where it began before anybody knew."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from orchestrator.model.experiment import State
from tests.support.leader_room import Room, soon


async def test_an_attempt_keeps_what_was_expected_of_it_when_it_began(room: Room) -> None:
    experiment = await room.submit()
    found = await room.store.experiment(experiment)
    assert found is not None
    rehearsal = {"duration_s": 4000.0, "bottles": []}
    await room.store.keep_rehearsal(found.plan_hash, rehearsal, at_wall_s=0.0)
    await room.worker("bench")
    await room.until(experiment, State.RUNNING)
    attempt = await room.store.attempt(f"{experiment}.1")
    assert attempt is not None
    assert (attempt.expected_least_s, attempt.expected_most_s) == (3000.0, 5000.0)
    assert (attempt.expected_basis, attempt.profile) == ("a rehearsal", "Hold")


async def test_one_that_starts_at_once_is_rehearsed_all_the_same(room: Room) -> None:
    go_on = asyncio.Event()

    async def rehearse(_: str) -> Mapping[str, Any]:
        await go_on.wait()
        return {"duration_s": 8000.0, "bottles": []}

    room.rehearse = rehearse
    async with room.leading():
        worker = await room.worker("bench")
        experiment, _ = await room.begin(worker)
        before = await room.store.attempt(f"{experiment}.1")
        assert before is not None and before.expected_most_s is None
        go_on.set()

        async def is_known() -> bool:
            now = await room.store.attempt(f"{experiment}.1")
            return now is not None and now.expected_most_s == 10_000.0

        await soon(is_known)
