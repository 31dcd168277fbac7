"""A former attempt never drives a reactor again, whoever orders it."""

from __future__ import annotations

import msgspec
import pytest

from orchestrator.model.experiment import State
from tests.support.worker_rig import REACTOR, World, order, phase, slice_of

SLICE = slice_of(phase("hold", duration_s=3600.0))


@pytest.fixture
def world() -> World:
    return World()


async def test_an_attempt_below_the_newest_token_is_refused(world: World) -> None:
    """As after the leader's store was put back from a backup: epochs are outbid, this is not."""
    newer = msgspec.structs.replace(order(SLICE, attempt="20270102-b.1"), fence=9)
    former = msgspec.structs.replace(order(SLICE, attempt="20270101-a.1"), fence=8)
    async with world.working() as worker:
        assert (await world.take(worker, newer)).accepted
        answer = await world.take(worker, former)
        assert not answer.accepted
        assert f"its token 8 is below 9, which {REACTOR} has seen" in answer.reason
        assert [report.attempt for report in worker.runs()] == ["20270102-b.1"]
        assert worker.runs()[0].state == State.RUNNING, "the newer one goes on"


async def test_the_token_is_remembered_over_a_restart(world: World) -> None:
    newer = msgspec.structs.replace(order(SLICE, attempt="20270102-b.1"), fence=9)
    former = msgspec.structs.replace(order(SLICE, attempt="20270101-a.1"), fence=8)
    async with world.working() as worker:
        await world.take(worker, newer)
    async with world.working() as worker:
        assert not (await world.take(worker, former)).accepted
        equal = msgspec.structs.replace(order(SLICE, attempt="20270102-b.1"), fence=9)
        assert (await world.take(worker, equal)).accepted
