"""One numbered stream of all that happened."""

from __future__ import annotations

from orchestrator.messages.outbox import (
    GapRecord,
    LogRecord,
)
from orchestrator.ports.records import Event
from orchestrator.ports.store import Store
from tests.support.stores import RUN, WALL, commit, entry, submitted


async def test_events_are_numbered_and_resumed_without_loss(store: Store) -> None:
    told: list[Event] = []
    store.on_events(told.extend)
    await store.create_experiment(submitted())
    await commit(
        store,
        entry("phase_entered", 1, phase="hold", visit=1),
        LogRecord(wall_s=WALL, level="warning", text="slow bus"),
        GapRecord(run=RUN, from_process_s=1, to_process_s=2, readings=7),
        entry("tick", 2),
        entry("job_memory", 2, job="growth_rate", memory={}),
    )
    await store.add_event("note", {"text": "hello"}, at_wall_s=WALL, experiment="other")
    kept = await store.events_after(0)
    assert kept == told
    assert [event.event_id for event in kept] == sorted({event.event_id for event in kept})
    assert [event.kind for event in kept] == ["experiment", "phase", "log", "gap", "note"]
    assert await store.events_after(kept[1].event_id, limit=2) == kept[2:4]
    mine = await store.events_after(0, experiment="20270115-a")
    assert [event.kind for event in mine] == ["experiment", "phase", "gap"]
    assert mine[1].data["phase"] == "hold"
    assert await store.newest_event_id() == kept[-1].event_id


async def test_what_is_told_is_there_to_be_read(store: Store) -> None:
    seen: list[int] = []
    store.on_events(lambda events: seen.extend(event.event_id for event in events))
    for number in range(5):
        await commit(store, entry("note", number, text="n"), first=number + 1)
        assert await store.newest_event_id() == seen[-1]
