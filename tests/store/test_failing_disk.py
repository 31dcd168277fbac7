"""A disk that fails: nothing is kept by halves, and all goes on once it is well (rule 16)."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestrator.ports.store import StoreBusy, StoreFull
from orchestrator.store.connection import Connection
from orchestrator.store.sqlite import open_store
from orchestrator.store.tables import SqlStore
from tests.support.failing_disk import TROUBLES, FailingDisk, trouble
from tests.support.stores import submitted

WALL = 1_800_000_000.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    made = await open_store(tmp_path / "s")
    yield made
    await made.close()


@pytest.mark.parametrize("name", TROUBLES)
async def test_what_a_failing_disk_refuses_is_not_kept_and_is_later(
    store: SqlStore, name: str
) -> None:
    disk = FailingDisk(store)
    disk.fails_by, disk.fails_to_undo = name, True
    for _ in range(2):
        with pytest.raises(StoreFull, match=TROUBLES[name][1]):
            await store.create_experiment(submitted("e1"))
    assert await store.experiment("e1") is None
    disk.fails_by, disk.fails_to_undo = "", False
    await store.create_experiment(submitted("e1"))
    [event] = await store.events_after(0)
    assert (event.experiment, disk.refused) == ("e1", 2)


async def test_a_file_that_became_readonly_is_a_disk_that_fails(store: SqlStore) -> None:
    """What SQLite itself says, and says in the midst of a piece of work."""
    await store.hold_place()
    store._writer._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreFull, match="readonly"):
        await store.create_experiment(submitted("e1"))
    store._writer._connection.execute("PRAGMA query_only = OFF")
    await store.create_experiment(submitted("e1"))


async def test_a_file_that_another_program_holds_is_waited_for(
    store: SqlStore, tmp_path: Path
) -> None:
    store._writer._connection.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "s", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="locked"):
        await store.create_experiment(submitted("e1"))
    other.execute("ROLLBACK")
    other.close()
    await store.create_experiment(submitted("e1"))


async def test_what_cannot_be_read_now_may_be_asked_again(store: SqlStore) -> None:
    def question(_: Connection) -> None:
        raise trouble("fsync")

    with pytest.raises(StoreBusy, match="cannot be read now: disk I/O error"):
        await store._reader.ask(question)
    assert await store.newest_event_id() == 0
