"""What happens on a worker starts rules once, also over restarts (SEMANTICS rules 2 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from orchestrator.model.ledger import Kind
from tests.support.worker_rig import SOURCE, World, at, order, phase, slice_of, step, unit

TELL = step("note", text=[["variable", "trigger.name"], ": ", ["variable", "trigger.value"]])
DAY = phase("day", duration_s=86400.0)


@pytest.fixture
def world() -> World:
    return World()


def rule(item: str, event: str, **more: Any) -> dict[str, Any]:
    start = {"kind": "event", "event": event, **more}
    return {"item": item, "starts": [start], "steps": [TELL], "source": SOURCE}


async def notes(world: World) -> list[str]:
    return [entry.data["text"] for entry in await world.entries(Kind.NOTE)]


def following(*rules: Mapping[str, Any], doses: int = 0) -> dict[str, Any]:
    dose = step("dose", volume_ml=1.0, medium="feed")
    items = [at(f"dose {number}", 60.0 * (number + 1), dose) for number in range(doses)]
    return slice_of({**DAY, "items": items}, rules=rules)


async def test_each_dose_that_is_done_starts_a_rule_once(world: World) -> None:
    plan = following(rule("dosed", "dose", state="done"), doses=3)
    async with world.working() as worker:
        answer = await world.take(worker, order(plan))
        assert answer.accepted, answer
        await world.advance(min=10)
        assert await notes(world) == ["feed: 1"] * 3
    async with world.working():
        await world.advance(min=1)
    assert await notes(world) == ["feed: 1"] * 3


async def test_a_dead_sensor_is_a_fault_until_it_answers_again(world: World) -> None:
    plan = following(
        rule("bad", "device", name="thermometer", state="fault"),
        rule("good", "device", name="thermometer", state="ok"),
    )
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(min=1)
        assert await world.entries(Kind.DEVICE) == []
        world.reactor.sensors["thermometer"].dead = True
        await world.advance(min=2)
        world.reactor.sensors["thermometer"].dead = False
        await world.advance(min=1)
    states = [entry.data["state"] for entry in await world.entries(Kind.DEVICE)]
    assert states == ["fault", "ok"]
    found = await notes(world)
    assert len(found) == 2 and found[0].startswith("thermometer: ")


async def test_a_worker_that_comes_back_tells_how_long_it_was_away(world: World) -> None:
    plan = following(rule("back", "power_returned"))
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(min=5)
        after = world.crash()
    await after.advance(min=10)
    async with after.working():
        await after.advance(s=5)
    [said] = await notes(after)
    assert 600.0 <= float(said.removeprefix(": ")) < 640.0


async def test_an_event_that_a_crash_cut_off_is_taken_up_afterwards(world: World) -> None:
    """The dose ended and nobody acted upon it: its occasion stands in the ledger."""
    plan = following(rule("dosed", "dose", state="done"), doses=1)
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(min=10)
        after = world.crash()
    entries = await after.journal.read(unit(worker).run)
    kept = next(n for n, entry in enumerate(entries) if entry.kind is Kind.DOSE_ENDED) + 1
    cut = World()
    cut.clock, cut.epoch = after.clock, after.epoch
    await cut.journal.keep(
        f"order:{unit(worker).run}", await after.journal.kept(f"order:{unit(worker).run}")
    )
    await cut.journal.write(unit(worker).run, entries[:kept], revision=1)
    async with cut.working():
        await cut.advance(s=5)
    assert await notes(cut) == ["feed: 1"]
