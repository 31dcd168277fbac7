"""The store in a database: its parts together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from orchestrator.messages.outbox import Accepted, Batch
from orchestrator.ports.records import LedgerLine, OutboxRecord
from orchestrator.store.attention import SqlAttention
from orchestrator.store.base import Base
from orchestrator.store.connection import Connection
from orchestrator.store.deliveries import SqlDeliveries
from orchestrator.store.encode import from_json, to_json
from orchestrator.store.entries import SqlEntries
from orchestrator.store.events import SqlEvents
from orchestrator.store.experiments import SqlExperiments
from orchestrator.store.history import SqlHistory
from orchestrator.store.maintenance import SqlMaintenance
from orchestrator.store.named import statements
from orchestrator.store.pictures import SqlPictures
from orchestrator.store.reader import Reader
from orchestrator.store.readings import SqlReadings
from orchestrator.store.record import Recorder
from orchestrator.store.remarks import SqlRemarks
from orchestrator.store.rows import Row
from orchestrator.store.silences import SqlSilences
from orchestrator.store.statistics import SqlStatistics
from orchestrator.store.workers import SqlWorkers
from orchestrator.store.writer import Writer

SQL = statements("recording")


class SqlRecording(Base):
    """`ports.store.Recording`."""

    _recorder: Recorder

    async def commit(
        self, batches: Sequence[tuple[str, Batch]], *, at_wall_s: float
    ) -> Sequence[Accepted]:
        return await self._write(
            lambda transaction: self._recorder.commit(transaction, batches, at_wall_s)
        )

    async def outbox(self, outbox: str) -> OutboxRecord | None:
        def ask(connection: Connection) -> OutboxRecord | None:
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


class SqlStore(
    SqlExperiments,
    SqlEntries,
    SqlWorkers,
    SqlRecording,
    SqlReadings,
    SqlHistory,
    SqlRemarks,
    SqlPictures,
    SqlSilences,
    SqlAttention,
    SqlDeliveries,
    SqlEvents,
    SqlMaintenance,
    SqlStatistics,
):
    """`ports.store.Store`; made by `sqlite.open_store` and `postgres.open_store`."""

    def __init__(
        self, writer: Writer, reader: Reader, recorder: Recorder, release: Callable[[], None]
    ) -> None:
        """`release` lets others have the database."""
        super().__init__(writer, reader)
        self._recorder = recorder
        self._release = release

    async def hold_place(self) -> None:
        """A transaction of nothing is begun by the session alone that has the place."""
        await self._write(lambda _: None)

    async def close(self) -> None:
        """Write what waits, and let others have it."""
        await self._reader.close()
        await self._writer.close()
        self._release()


def _outbox_of(connection: Connection, row: Row) -> OutboxRecord:
    ranges = connection.execute(SQL["ranges"], {"serial": row["serial"]})
    return OutboxRecord(
        outbox=row["outbox"],
        worker=row["worker"],
        ranges=[(first, last) for first, last in ranges],
        readings=row["readings"],
        entries=row["entries"],
        doubled=row["doubled"],
    )
