"""Readings of a density name the calibrations of the photodiodes that made it."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.messages.outbox import ReadingRecord
from orchestrator.sim.apparatus import AT_ANGLES, Apparatus
from orchestrator.sim.reactor import Reactor as Physics
from tests.support.worker_rig import REACTOR, World, order, phase, slice_of, step

FOR_EVER = {"when": ["compare", ["signal", "od600"], ">", 99.0]}


async def test_a_mean_names_all_calibrations_also_after_one_was_replaced() -> None:
    world = World()
    world.physics[REACTOR] = Physics(apparatus=Apparatus(angles={135: AT_ANGLES[135]}), seed=1)
    settings = {"interval": 5.0, "uncalibrated": False, "od600_from": "mean"}
    plan = slice_of(
        phase("grow", until=FOR_EVER, do=[step("blank")]),
        jobs={"od_reading": {"settings": settings}},
    )
    worker = world.worker()
    reactor = worker.vessels.reactors[REACTOR]
    async with world.working(worker):
        named = {"photodiode": "a", "photodiode_135": "b"}
        reactor.spec = replace(reactor.spec, calibrations=named)
        await world.take(worker, order(plan))
        await world.advance(min=2.0)
        reactor.spec = replace(reactor.spec, calibrations=named | {"photodiode_135": "c"})
        for unit in worker.vessels.units:
            unit.recalibrate()
        await world.advance(min=1.0)
        batch = await world.journal.next_batch(0, 100_000)
    assert batch is not None
    readings = [each for each in batch.records if isinstance(each, ReadingRecord)]
    made = {
        signal: [each.calibration for each in readings if each.signal == signal]
        for signal in ("od600", "od_reading.od_main", "od_reading.raw_135")
    }
    assert made["od600"][0] == "a + b"
    assert made["od600"][-1] == "a + c"
    assert set(made["od_reading.od_main"]) == {"a"}
    assert (made["od_reading.raw_135"][0], made["od_reading.raw_135"][-1]) == ("b", "c")
