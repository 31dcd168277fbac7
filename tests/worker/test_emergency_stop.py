"""SEMANTICS rule 19 on a worker: a stop is of the reactor, and only a release ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from orchestrator.model.ledger import Kind
from orchestrator.worker.service import Worker
from tests.support.worker_rig import SOURCE, World, order, phase, slice_of, step, unit

FOR_EVER = {"when": ["compare", ["signal", "od600"], ">", 99.0]}
DOSE = step("dose", volume_ml=1.0, medium="feed")
GO_ON = {
    "item": "go on",
    "starts": [{"kind": "event", "event": "button", "name": "go on"}],
    "steps": [step("resume"), DOSE],
    "source": SOURCE,
    "while_paused": True,
}
OPEN = slice_of(phase("open", until=FOR_EVER), rules=[GO_ON])


@pytest.fixture
async def world() -> AsyncIterator[World]:
    yield World()


def fed_ml(world: World) -> float:
    return world.reactor.counters().moved_ml["feed_pump"]


def duties(world: World) -> set[float]:
    return {output.commanded_duty for output in world.reactor.outputs.values()}


async def press(world: World, worker: Worker, id_: str) -> None:
    assert unit(worker).happen("button", "go on", "", id_, "ada") == ""
    await world.advance(min=2)


async def test_rule_19_no_rule_pumps_or_resumes_what_an_emergency_stopped(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(OPEN))
        await world.advance(min=1)
        await press(world, worker, "before")
        assert fed_ml(world) == pytest.approx(1.0)
        assert await worker.emergency_stop("ada") == ""
        await press(world, worker, "after")
        assert (fed_ml(world), duties(world)) == (pytest.approx(1.0), {0.0})
        assert worker.runs()[0].state == "paused"
        ended = [e.data for e in await world.entries(Kind.ACTION_ENDED) if "emergency" in str(e)]
        assert [(data["action"], data["outcome"]) for data in ended] == [("dose", "refused")]
        assert await worker.release_stop("ada") == ""
        await world.advance(min=2)
        assert (worker.runs()[0].state, duties(world)) == ("paused", {0.0})
        await press(world, worker, "released")
        assert worker.runs()[0].state == "running"
        assert fed_ml(world) == pytest.approx(2.0)
        assert duties(world) != {0.0}


async def test_rule_19_a_stop_without_a_run_holds_what_begins_after_a_restart(world: World) -> None:
    async with world.working() as worker:
        await worker.emergency_stop("stop button")
    async with world.working() as worker:
        assert worker.stopped["r1"].by == "stop button"
        await world.take(worker, order(OPEN))
        await world.advance(min=2)
        assert (worker.runs()[0].state, duties(world)) == ("paused", {0.0})
        await worker.release_stop("ada")
    async with world.working() as worker:
        assert worker.stopped == {}


async def test_rule_19_a_press_before_anything_runs_stops_it_all(world: World) -> None:
    worker = world.worker()
    worker.pressed("stop button")
    async with world.working(worker):
        await world.take(worker, order(OPEN))
        await world.advance(min=1)
        assert worker.stopped["r1"].by == "stop button"
        assert duties(world) == {0.0}


async def test_rule_19_a_second_stop_tells_nothing_twice(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(OPEN))
        await world.advance(min=1)
        for by in ("ada", "bob"):
            await worker.emergency_stop(by)
        alerts = [entry.data["text"] for entry in await world.entries(Kind.ALERT)]
        assert [text for text in alerts if "emergency" in text] == ["emergency stop by ada"]


async def test_rule_19_a_stop_that_only_the_ledger_knows_is_told_of_and_can_be_released(
    world: World,
) -> None:
    """Of a release on a full disk the ledger's part was lost, in storm 20261128039."""
    async with world.working() as worker:
        await world.take(worker, order(OPEN))
        await world.advance(min=1)
        await worker.emergency_stop("ada")
        await world.journal.keep("stopped:r1", None)
        after = world.crash()
    async with after.working() as worker:
        await after.advance(min=1)
        assert worker.stopped["r1"].by == "ada"
        assert await worker.release_stop("bob") == ""
        assert not worker.stopped
        await press(after, worker, "released")
        assert worker.runs()[0].state == "running"
    again = after.crash()
    async with again.working() as worker:
        await again.advance(min=1)
        assert not worker.stopped
        assert worker.runs()[0].state == "running"
