"""Defects that queues of this kind were found with, each shown not to be here.

Others stand where their subject does: a torn store in `tests/store/test_torn.py`, everybody an
administrator and positions that count finished ones in `tests/server/test_queue_api.py`, the limit
passed by pausing in `test_queue_entries.py`, two runs on one reactor in `test_laws_of_the_queue.py`
and `tests/contract/store/test_store_entries.py`, a former attempt that drives again in
`tests/worker/test_fencing.py`, actuators left on in `tests/hardware/test_keeper_kills.py`, names
that escape their folder in `tests/cli/test_names_in_folders.py`.
"""

from __future__ import annotations

import asyncio

from orchestrator.leader.conclude import conclude
from orchestrator.model.experiment import State
from orchestrator.store.memory import MemoryStore
from tests.support.leader_room import Room, soon
from tests.support.played_worker import entry
from tests.support.stores import BOTH, WALL, submitted


async def test_a_run_is_not_failed_after_an_hour_while_it_drives_the_hardware(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, _ = await room.begin(worker)
    for hours in (1, 2, 24, 24 * 30):
        room.clock.wall_s = WALL + 3600.0 * hours
        await worker.say()
        await asyncio.sleep(0.03)
    found = await room.store.experiment(experiment)
    assert found is not None
    assert found.state is State.RUNNING
    waiting = await room.submit(bindings={"v1": "bench"})
    await room.reason(waiting, "bench, which runs")


async def test_a_lost_connection_is_no_failure(room: Room) -> None:
    """It is an alert; what runs goes on, and its reactor is not given away."""
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    await worker.say("lost")
    waiting = await room.submit(bindings={"v1": "bench"})

    async def alert() -> bool:
        return any("bench is lost" in a.text for a in (await room.store.alerts()).items)

    await soon(alert)
    await asyncio.sleep(0.3)
    found = await room.store.experiment(experiment)
    assert found is not None
    assert found.state is State.RUNNING
    await room.reason(waiting, "bench, which is not there")
    await worker.say("ready")
    await worker.send(entry(run, "run_ended", 9, state="completed"))
    worker.report(run, "completed")
    await worker.say()
    await room.until(experiment, State.COMPLETED)
    await room.until(waiting, State.RUNNING)


async def test_a_restart_between_start_and_order_blocks_nothing(room: Room) -> None:
    """The leader died after the start was durable and before the worker had heard of it."""
    worker = await room.worker("bench")
    await room.knows("bench")
    await room.leader.hold_queue("", by="root")
    experiment = await room.submit(bindings={"v1": "bench"})
    await room.store.begin_attempt(
        experiment, {"v1": next(iter(BOTH.values())).parse("bench")}, at_wall_s=WALL
    )
    assert worker.plans == []
    async with room.leading():
        await soon(lambda: worker.plans)
        (order,) = worker.plans[-1].runs
        assert (order.attempt, order.fence) == (f"{experiment}.1", worker.plans[-1].epoch)


async def test_what_runs_is_known_after_a_restart(room: Room) -> None:
    """The registry of runs is the store, and the workers: not a variable."""
    worker = await room.worker("bench")
    first, run = await room.begin(worker)
    async with room.leading():
        second = await room.submit(bindings={"v1": "bench"})
        await room.reason(second, f"bench, which runs {first}")
        await room.leader.cancel(first, by="ada")
        await soon(lambda: worker.plans[-1].runs[0].wanted == "cancelled")
        worker.report(run, "cancelled")
        await worker.send(entry(run, "run_ended", 9, state="cancelled"))
        await worker.say()
        await room.until(first, State.CANCELLED)
        await room.until(second, State.RUNNING)


async def test_a_cancelled_experiment_never_turns_completed(room: Room) -> None:
    """The run ended by itself in the moment in which it was cancelled."""
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    await room.leader.cancel(experiment, by="ada")
    worker.report(run, "completed")
    await worker.send(entry(run, "run_ended", 9, state="completed"))
    await room.until(experiment, State.CANCELLED)
    found = await room.store.experiment(experiment)
    assert found is not None
    assert found.reason == "cancelled by ada, when all that it does was done"


async def test_cancelling_in_the_moment_of_the_start_stops_what_started(room: Room) -> None:
    """It was read as queued, and ran when it was written."""
    worker = await room.worker("bench", appear=False)
    experiment = await room.submit(bindings={"v1": "bench"})
    seen = await room.store.experiment(experiment)
    assert seen is not None
    read = room.store.experiment

    async def stale(name: str) -> object:
        room.store.experiment = read  # type: ignore[method-assign]
        await worker.appear()
        await room.until(experiment, State.RUNNING)
        return seen

    room.store.experiment = stale  # type: ignore[method-assign, assignment]
    await room.leader.cancel(experiment, by="ada")
    await soon(lambda: [o.wanted for o in worker.plans[-1].runs] == ["cancelled"])
    found = await room.store.experiment(experiment)
    assert found is not None
    assert (found.state, found.wanted) == (State.RUNNING, "cancelled"), "until the worker says so"


async def test_conclusions_from_what_was_read_too_early_are_refused_by_the_store() -> None:
    store = MemoryStore()
    await store.create_experiment(submitted("a"))
    before = await store.begin_attempt("a", BOTH, at_wall_s=WALL)
    for run in await store.runs():
        await store.end_run(run.run, State.COMPLETED, "", at_wall_s=WALL)
    runs = await store.runs()
    assert conclude(before, runs).verbs == ("complete",)
    now = await store.wish("a", "cancelled", by="ada", at_wall_s=WALL)
    assert conclude(now, runs).verbs == ("cancel",)
