"""What a bottle has left, by the living process and by its ledgers."""

from __future__ import annotations

from orchestrator.faults.recall import miscounted
from orchestrator.worker.service import Worker
from tests.support.worker_rig import World
from tests.worker.test_shared_bottle import vessel


async def told(world: World, worker: Worker) -> list[str]:
    units = [*worker.vessels.units]
    return [*miscounted(units, {unit.run: await world.entries(run=unit.run) for unit in units})]


async def test_only_what_an_exchange_under_way_was_promised_may_stand_in_no_ledger() -> None:
    world = World(("a", "b"))
    async with world.working() as worker:
        await world.take(worker, vessel("a", 60.0, does="dilute"), vessel("b"))
        await world.advance(s=62.0)
        a, b = (unit.fluids for unit in worker.vessels.units)
        assert (len(a.under_way), len(a.promised)) == (1, 1), "it still pumps out"
        assert b.left_ml("feed") == 1.5
        assert await told(world, worker) == []
        await world.advance(min=1)
        assert await told(world, worker) == []
        a.promised["left over"] = ("feed", 1.0)
        [text] = await told(world, worker)
    assert text == "b knows of 0.5 mL in the feed bottle, by the ledgers there are 1.5 mL"
