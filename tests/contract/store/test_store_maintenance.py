"""Runs of maintenance: one at a time, each step on record."""

from __future__ import annotations

import pytest

from orchestrator.ports.maintenance import MaintenanceRuns
from orchestrator.ports.records import Event
from orchestrator.ports.store import Store
from tests.support.stores import WALL


async def test_two_runs_never_overlap(store: Store) -> None:
    first = await store.begin_maintenance(
        ["check", "backup"], cause="schedule", actor="", at_wall_s=WALL
    )
    with pytest.raises(MaintenanceRuns, match=f"run {first.id} of maintenance is under way"):
        await store.begin_maintenance(["backup"], cause="person", actor="ada", at_wall_s=WALL)
    await store.end_maintenance(first.id, "done", at_wall_s=WALL + 1)
    second = await store.begin_maintenance(["b"], cause="person", actor="ada", at_wall_s=WALL + 2)
    assert second.id > first.id
    page = await store.maintenance_runs(limit=1)
    assert [run.id for run in page.items] == [second.id]
    older = await store.maintenance_runs(limit=1, cursor=page.next)
    assert [(run.id, run.state, run.ended_wall_s) for run in older.items] == [
        (first.id, "done", WALL + 1)
    ]
    assert older.next is None
    assert await store.maintenance_run(second.id) == second
    assert await store.maintenance_run(99) is None


async def test_steps_tell_how_they_stand_and_what_came_of_them(store: Store) -> None:
    heard: list[Event] = []
    store.on_events(heard.extend)
    run = await store.begin_maintenance(["a", "b", "c"], cause="person", actor="x", at_wall_s=WALL)
    await store.tell_step(run.id, "a", "running", at_wall_s=WALL + 1)
    await store.tell_step(run.id, "a", "done", "all is well", at_wall_s=WALL + 3)
    await store.tell_step(run.id, "b", "running", at_wall_s=WALL + 4)
    await store.end_maintenance(run.id, "interrupted", at_wall_s=WALL + 5)
    await store.end_maintenance(run.id, "done", at_wall_s=WALL + 9)
    kept = await store.maintenance_run(run.id)
    assert kept is not None
    assert (kept.state, kept.ended_wall_s, kept.actor) == ("interrupted", WALL + 5, "x")
    assert [(step.name, step.state, step.text) for step in kept.steps] == [
        ("a", "done", "all is well"),
        ("b", "failed", "the leader ended in its midst"),
        ("c", "skipped", ""),
    ]
    assert (kept.steps[0].began_wall_s, kept.steps[0].ended_wall_s) == (WALL + 1, WALL + 3)
    told = [event.data["steps"][0]["state"] for event in heard if event.kind == "maintenance"]
    assert told == ["waiting", "running", "done", "done", "done"]


async def test_rates_count_what_was_tried(store: Store) -> None:
    for number, ends in enumerate(["done", "failed", "done"]):
        at_wall_s = WALL + 10 * number
        run = await store.begin_maintenance(
            ["backup", "sync"], cause="schedule", actor="", at_wall_s=at_wall_s
        )
        for state in ("running", ends):
            await store.tell_step(run.id, "backup", state, at_wall_s=at_wall_s)  # type: ignore[arg-type]
        await store.end_maintenance(run.id, "done", at_wall_s=at_wall_s)
    (rate,) = await store.step_rates()
    assert (rate.name, rate.tried, rate.done) == ("backup", 3, 2)
    assert rate.last_done_wall_s == WALL + 20
