"""The store in one SQLite file, in WAL mode."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from orchestrator.messages.outbox import Accepted, Batch
from orchestrator.ports.records import LedgerLine, OutboxRecord
from orchestrator.ports.store import StoreUnusable
from orchestrator.store.attention import SqliteAttention
from orchestrator.store.base import Base
from orchestrator.store.connect import connect_reader, connect_writer
from orchestrator.store.encode import from_json, to_json
from orchestrator.store.entries import SqliteEntries
from orchestrator.store.events import SqliteEvents
from orchestrator.store.experiments import SqliteExperiments
from orchestrator.store.history import SqliteHistory
from orchestrator.store.lock import StoreLock
from orchestrator.store.migrate import migrate
from orchestrator.store.named import statements
from orchestrator.store.reader import Reader
from orchestrator.store.readings import SqliteReadings
from orchestrator.store.record import Recorder
from orchestrator.store.remarks import SqliteRemarks
from orchestrator.store.workers import SqliteWorkers
from orchestrator.store.writer import Writer

SQL = statements("recording")


class SqliteRecording(Base):
    """`ports.store.Recording`."""

    _recorder: Recorder

    async def commit(
        self, batches: Sequence[tuple[str, Batch]], *, at_wall_s: float
    ) -> Sequence[Accepted]:
        return await self._write(
            lambda transaction: self._recorder.commit(transaction, batches, at_wall_s)
        )

    async def outbox(self, outbox: str) -> OutboxRecord | None:
        def ask(connection: sqlite3.Connection) -> OutboxRecord | None:
            row = connection.execute(SQL["outbox"], {"outbox": outbox}).fetchone()
            return None if row is None else _outbox_of(connection, row)

        return await self._read(ask)

    async def outboxes(self) -> Sequence[OutboxRecord]:
        return await self._read(
            lambda connection: [
                _outbox_of(connection, row) for row in connection.execute(SQL["outboxes"])
            ]
        )

    async def ledger(
        self, run: str, *, after: int = 0, limit: int = 1000, without: Collection[str] = ()
    ) -> Sequence[LedgerLine]:
        left_out = to_json([str(kind) for kind in without])
        asked = {"run": run, "after": after, "limit": limit, "without": left_out}
        rows = await self._read(
            lambda connection: connection.execute(SQL["ledger"], asked).fetchall()
        )
        return [LedgerLine(**{**dict(row), "data": from_json(row["data"])}) for row in rows]


class SqliteStore(
    SqliteExperiments,
    SqliteEntries,
    SqliteWorkers,
    SqliteRecording,
    SqliteReadings,
    SqliteHistory,
    SqliteRemarks,
    SqliteAttention,
    SqliteEvents,
):
    """`ports.store.Store`; made by `open_store`."""

    def __init__(self, writer: Writer, reader: Reader, recorder: Recorder, lock: StoreLock) -> None:
        super().__init__(writer, reader)
        self._recorder = recorder
        self._lock = lock

    async def close(self) -> None:
        """Write what waits, and let others have the file."""
        await self._reader.close()
        await self._writer.close()
        self._lock.release()


async def open_store(path: Path) -> SqliteStore:
    """Open or make the store.

    Raises:
        StoreUnusable: another leader has it, a newer Axenic wrote it, or it is no store.
    """
    return await asyncio.to_thread(_open, path)


def _open(path: Path) -> SqliteStore:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = StoreLock(path)
    except OSError as error:
        raise StoreUnusable(f"{path} cannot be opened: {error}") from error
    try:
        connection = connect_writer(path)
        migrate(connection)
    except sqlite3.Error as error:
        lock.release()
        raise StoreUnusable(f"{path} cannot be opened: {error}") from error
    except BaseException:
        lock.release()
        raise
    recorder = Recorder()
    writer = Writer(connection, recorder.forget)
    return SqliteStore(writer, Reader(partial(connect_reader, path)), recorder, lock)


def _outbox_of(connection: sqlite3.Connection, row: sqlite3.Row) -> OutboxRecord:
    ranges = connection.execute(SQL["ranges"], {"serial": row["serial"]})
    return OutboxRecord(
        outbox=row["outbox"],
        worker=row["worker"],
        ranges=[(first, last) for first, last in ranges],
        readings=row["readings"],
        entries=row["entries"],
        doubled=row["doubled"],
    )
