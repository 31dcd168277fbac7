"""A worker's whole life with one vessel, in virtual time."""

from __future__ import annotations

import pytest

from orchestrator.model.ledger import Kind
from tests.support.worker_rig import (
    World,
    order,
    phase,
    slice_of,
    step,
    turbidostat,
    unit,
)

HOLD = slice_of(
    phase("blank", do=[step("blank")]),
    phase("hold", duration_s=86400.0, jobs={"dosing": turbidostat()}),
)


@pytest.fixture
def world() -> World:
    return World()


async def test_a_turbidostat_dilutes_each_time_the_culture_gets_dense(world: World) -> None:
    async with world.working() as worker:
        answer = await world.take(worker, order(HOLD))
        assert answer.accepted
        await world.advance(h=20)
        assert unit(worker).report().phase == "hold"
    ended = await world.entries(Kind.DOSE_ENDED)
    assert len(ended) > 20
    assert {entry.data["outcome"] for entry in ended} == {"done"}
