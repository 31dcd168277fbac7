"""One thread writes; everything that waits goes into one transaction."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestrator.messages.outbox import Batch, EntryRecord, ReadingRecord
from orchestrator.ports.records import Event
from orchestrator.ports.store import StoreBusy, StoreFull
from orchestrator.store import writer as writing
from orchestrator.store.sqlite import open_store
from orchestrator.store.tables import SqlStore
from orchestrator.store.writer import Transaction

WALL = 1_800_000_000.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    made = await open_store(tmp_path / "s")
    yield made
    await made.close()


def batch(first: int, count: int, outbox: str = "box") -> tuple[str, Batch]:
    records = [
        ReadingRecord(
            run="e.1:v",
            revision=1,
            signal="od600",
            process_s=number * 5.0,
            wall_s=WALL + number * 5.0,
            value=float(number),
        )
        for number in range(first, first + count)
    ]
    return "w", Batch(outbox=outbox, first=first, last=first + count - 1, records=list(records))


async def test_the_loop_never_waits_for_the_disk(store: SqlStore) -> None:
    release = threading.Event()
    slow = asyncio.create_task(store._write(lambda _: release.wait(10)))
    await asyncio.sleep(0)
    started = time.monotonic()
    assert await store.newest_event_id() == 0
    await asyncio.sleep(0.01)
    assert time.monotonic() - started < 1.0
    assert not slow.done()
    release.set()
    assert await slow


async def test_a_burst_of_writes_is_one_transaction(store: SqlStore) -> None:
    release = threading.Event()
    seen: list[list[Event]] = []
    store.on_events(lambda events: seen.append(list(events)))
    first = asyncio.create_task(store._write(lambda _: release.wait(10)))
    await asyncio.sleep(0.05)
    others = [
        asyncio.create_task(store.add_event("note", {"n": n}, at_wall_s=WALL)) for n in range(50)
    ]
    await asyncio.sleep(0.05)
    release.set()
    await asyncio.gather(first, *others)
    assert [len(events) for events in seen] == [50]


async def test_one_refusal_in_a_burst_undoes_itself_and_nothing_else(store: SqlStore) -> None:
    def refuse(transaction: Transaction) -> None:
        transaction.event("note", {"n": "never"}, at_wall_s=WALL)
        raise LookupError("no such thing")

    seen: list[Event] = []
    store.on_events(seen.extend)
    results = await asyncio.gather(
        store.add_event("note", {"n": 1}, at_wall_s=WALL),
        store._write(refuse),
        store.add_event("note", {"n": 2}, at_wall_s=WALL),
        return_exceptions=True,
    )
    assert isinstance(results[1], LookupError)
    assert [event.data["n"] for event in seen] == [1, 2]
    assert await store.events_after(0) == seen


async def test_a_full_disk_is_said_and_survived(store: SqlStore) -> None:
    await store.commit([batch(1, 100)], at_wall_s=WALL)

    def limit_pages(pages: int) -> None:
        store._writer._connection.execute(f"PRAGMA max_page_count = {pages}")

    await store._write(lambda _: None)
    limit_pages(1)
    with pytest.raises(StoreFull, match="full"):
        await store.commit([batch(101, 20_000)], at_wall_s=WALL)
    held = await store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 100)]
    limit_pages(1_000_000)
    await store.commit([batch(101, 20_000)], at_wall_s=WALL)
    held = await store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 20_100)]
    rows = [row async for rows in store.export_readings("e") for row in rows]
    assert [row.number for row in rows] == list(range(1, 20_101))
    (curve,) = await store.curves("e", signals=["od600"], points=50)
    assert sum(curve.count) == 20_100


async def test_too_much_at_once_is_turned_away(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    store._writer._jobs.maxsize = 3
    first = asyncio.create_task(store._write(lambda _: release.wait(10)))
    await asyncio.sleep(0.05)
    waiting = [asyncio.create_task(store.next_epoch("w")) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(StoreBusy):
        await store.next_epoch("w")
    release.set()
    await asyncio.gather(first, *waiting)
    assert await store.next_epoch("w") == 4
    assert writing.WAITING_MAX >= 1000


async def test_a_caller_that_gave_up_holds_up_nobody(store: SqlStore) -> None:
    release = threading.Event()
    slow = asyncio.create_task(store._write(lambda _: release.wait(10)))
    await asyncio.sleep(0.02)
    slow.cancel()
    waiting = asyncio.create_task(store.next_epoch("w"))
    await asyncio.sleep(0.02)
    release.set()
    assert await waiting == 1
    assert slow.cancelled()


async def test_closing_writes_what_waits(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "s")
    entry = EntryRecord(
        run="e.1:v", revision=1, kind="note", process_s=1.0, wall_s=WALL, key=None, data={}
    )
    made = Batch(outbox="box", first=1, last=1, records=[entry])
    task = asyncio.create_task(store.commit([("w", made)], at_wall_s=WALL))
    await asyncio.sleep(0)
    await store.close()
    await task
    store = await open_store(tmp_path / "s")
    assert (await store.outbox("box")) is not None
    await store.close()


async def test_reads_see_one_state_while_writes_go_on(store: SqlStore) -> None:
    """Rollups and readings of a moment belong together."""

    async def write() -> None:
        for first in range(1, 6001, 200):
            await store.commit([batch(first, 200)], at_wall_s=WALL)

    task = asyncio.create_task(write())
    counts = []
    while not task.done():
        curves = await store.curves("e", signals=["od600"], points=10)
        counts.append(sum(curves[0].count) if curves else 0)
        await asyncio.sleep(0)
    await task
    assert all(count % 200 == 0 for count in counts)
    assert counts == sorted(counts)
