"""Devices are driven at the moment of an entry, before anybody's turn decides upon it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orchestrator.model.ledger import Kind
from orchestrator.sim.parts import Output
from orchestrator.worker.service import Worker
from orchestrator.worker.unit import VesselUnit
from tests.support.worker_rig import World, at, order, phase, slice_of, step, unit
from tools.bench.working import slice_with, working

FASTER = at("faster", 60.0, step("set", settings={"stirring.target": 900.0}), state=True)
HOLD = slice_of(phase("hold", duration_s=3600.0, items=[FASTER]))
FAST_DUTY = 900.0 / 1500.0


@pytest.fixture
def world() -> World:
    return World()


def stirrer(world: World) -> Output:
    return world.reactor.outputs["stirrer"]


async def just_before(world: World, worker: Worker) -> VesselUnit:
    """The last turn before the entry is over, and its moment has come."""
    await world.take(worker, order(HOLD))
    await world.advance(s=59.99)
    vessel = unit(worker)
    assert vessel.looks_ahead
    # Held here, so that the test alone says who is first at the moment itself.
    vessel.run_clock.offset_s += 0.01
    return vessel


async def test_what_is_due_is_driven_before_the_turn_that_decides_it(world: World) -> None:
    async with world.working() as worker:
        vessel = await just_before(world, worker)
        before = stirrer(world).commanded_duty
        assert before < FAST_DUTY
        vessel.act_ahead()
        assert stirrer(world).commanded_duty == pytest.approx(FAST_DUTY, abs=0.1)
        assert await world.entries(Kind.ITEM_BEGAN) == []
        vessel.turn(world.clock.now())
        assert vessel.settings_known["stirring.target"] == 900.0
        assert stirrer(world).commanded_duty > before
        await world.advance(s=60)
        assert float(vessel.signals["stirring.measured"].value) == pytest.approx(900.0, rel=0.05)
    [began] = await world.entries(Kind.ITEM_BEGAN)
    assert began.process_s == 60.0


async def test_what_is_not_decided_after_all_is_taken_back(world: World) -> None:
    """The vessel was paused in between, so that the entry does not begin."""
    async with world.working() as worker:
        vessel = await just_before(world, worker)
        before = stirrer(world).commanded_duty
        vessel.act_ahead()
        assert stirrer(world).commanded_duty > before
        vessel.control("paused", 5, "anna")
        vessel.turn(world.clock.now())
        assert stirrer(world).commanded_duty == before


@pytest.mark.parametrize("what", ["a wish", "a signal", "too late"])
async def test_nothing_is_driven_ahead_once_anything_else_has_happened(
    world: World, what: str
) -> None:
    async with world.working() as worker:
        vessel = await just_before(world, worker)
        before = stirrer(world).commanded_duty
        if what == "a wish":
            vessel.control("paused", 5, "anna")
        elif what == "a signal":
            vessel.peer_signal("b", "od600", 1.0)
        else:
            vessel.run_clock.offset_s += 2.0
        vessel.act_ahead()
        assert stirrer(world).commanded_duty == before


async def test_an_emergency_stop_turns_off_what_was_only_driven_ahead(world: World) -> None:
    async with world.working() as worker:
        vessel = await just_before(world, worker)
        vessel.act_ahead()
        vessel.stop_everything("anna")
        assert stirrer(world).commanded_duty == 0.0
        vessel.turn(world.clock.now())
        assert stirrer(world).commanded_duty == 0.0


async def test_a_worker_that_ends_in_between_leaves_nothing_on(world: World) -> None:
    lamp = at("light", 60.0, step("set", settings={"leds.a": 0.5}), state=True)
    jobs: dict[str, Any] = {"leds": {"settings": {"a": 0.0, "b": 0.0, "c": 0.0, "d": 0.0}}}
    slice_ = slice_of(phase("hold", duration_s=3600.0, items=[lamp]), jobs=jobs)
    async with world.working() as worker:
        await world.take(worker, order(slice_))
        await world.advance(s=59.99)
        vessel = unit(worker)
        vessel.run_clock.offset_s += 0.01
        vessel.act_ahead()
        assert world.reactor.outputs["led_a"].commanded_duty == 0.5
    assert world.reactor.outputs["led_a"].commanded_duty == 0.0


async def test_nothing_is_driven_for_a_run_whose_worker_has_ended(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(HOLD))
        await world.advance(s=59.99)
        assert unit(worker).looks_ahead
    assert stirrer(world).commanded_duty == 0.0
    await world.advance(s=0.02)
    assert stirrer(world).commanded_duty == 0.0


async def test_what_falls_due_together_is_driven_everywhere_before_any_of_it_is_decided() -> None:
    """On the machine's clock, in the worker as it is: its turns follow when all have acted."""
    async with working([slice_with([0.4], vessel=f"v{number}") for number in range(6)]) as at_work:
        async with asyncio.timeout(20.0):
            while len(at_work.journal.began) < 6:
                await asyncio.sleep(0.05)
        assert max(at_work.acted_s()) < min(each.written_s for each in at_work.journal.began)
        assert min(at_work.lateness_s()) >= 0.0
