"""What is known of workers."""

from __future__ import annotations

import msgspec

from orchestrator.messages.calibrations import CalibrationRecord, CalibrationsMessage
from orchestrator.messages.reports import Capabilities, RunReport, StateMessage
from orchestrator.ports.records import Event
from orchestrator.ports.store import Store
from tests.support.stores import WALL


async def test_rule_15_epochs_grow_above_what_a_worker_shows(store: Store) -> None:
    assert await store.next_epoch("bench") == 1
    assert await store.next_epoch("bench") == 2
    assert await store.next_epoch("bench", above=40) == 41
    assert await store.next_epoch("bench", above=7) == 42
    assert await store.next_epoch("other") == 1


async def test_workers_are_known_by_what_they_last_said(store: Store) -> None:
    state = StateMessage(worker="bench", session="s1", state="ready", at_wall_s=WALL)
    told: list[Event] = []
    store.on_events(told.extend)
    await store.keep_state(state, at_wall_s=WALL)
    await store.keep_state(
        StateMessage(worker="bench", session="s1", state="ready", at_wall_s=WALL + 5),
        at_wall_s=WALL + 5,
    )
    can = Capabilities(worker="bench", version="1", reactors={}, jobs=["stirring"])
    await store.keep_capabilities(can, at_wall_s=WALL + 6)
    await store.keep_capabilities(can, at_wall_s=WALL + 7)
    (worker,) = await store.workers()
    assert (worker.worker, worker.seen_wall_s) == ("bench", WALL + 7)
    assert worker.state is not None
    assert worker.state["at_wall_s"] == WALL + 5
    assert worker.capabilities is not None
    assert worker.capabilities["jobs"] == ["stirring"]
    report = RunReport(
        experiment="x",
        attempt="x.1",
        vessel="v",
        reactor="bench",
        revision=1,
        plan_hash="q",
        state="running",
        control_seq=0,
    )
    await store.keep_state(
        StateMessage(worker="bench", session="s1", state="ready", at_wall_s=WALL, runs=[report]),
        at_wall_s=WALL + 8,
    )
    assert [event.kind for event in told] == ["worker", "capabilities", "worker"]


async def test_a_copy_of_what_devices_were_compared_with_is_kept(store: Store) -> None:
    told: list[Event] = []
    store.on_events(told.extend)
    record = CalibrationRecord(
        reactor="r1",
        device="feed_pump",
        name="weighed",
        kind="pump",
        method="linear",
        points=[(2.0, 0.18), (10.0, 0.91)],
        active=True,
    )
    said = CalibrationsMessage(worker="bench", calibrations=[record])
    for moment_s in (1.0, 2.0):
        await store.keep_calibrations(said, at_wall_s=WALL + moment_s)
    (worker,) = await store.workers()
    assert worker.capabilities is None
    assert msgspec.convert(worker.calibrations, CalibrationsMessage) == said
    assert [event.kind for event in told] == ["calibrations"]
