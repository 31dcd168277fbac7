"""The one connection that writes, and by whose session the database is one leader's."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg import errors

from orchestrator.ports.store import StoreBusy, StoreFull
from orchestrator.store.connection import Place, ReadingRow
from orchestrator.store.named import statements
from orchestrator.store.postgres import months
from orchestrator.store.postgres.connect import PostgresConnection, Raw, connect
from orchestrator.store.postgres.copy import COPY_READINGS, packed
from orchestrator.store.postgres.lock import take_lock

SQL = statements("postgres/own")


class PostgresWriting(PostgresConnection):
    """`store.connection.WritingConnection`; holds the database's lock while it lives.

    A session that is lost is opened again with the next transaction, if nobody else has taken the
    lock meanwhile: so what one leader writes never comes between what another does.
    """

    def __init__(self, url: str) -> None:
        """Raises:
        StoreUnusable: another leader has the database.
        psycopg.OperationalError: it cannot be reached.
        """
        super().__init__(url, "writer")
        self._backend: int | None = None
        self._partitions: set[int] = set()
        self._raw = self._open()

    def begin(self) -> None:
        self._ready().execute(b"BEGIN")

    def commit(self) -> None:
        self.raw.execute(b"COMMIT")

    def rollback(self) -> None:
        self._partitions.clear()
        super().rollback()

    def add_readings(self, rows: Sequence[ReadingRow]) -> None:
        if rows:
            with self.raw.cursor().copy(COPY_READINGS) as copying:
                copying.write(packed(rows))

    def place_series(self, wall_us: int | None) -> Place:
        month = None if wall_us is None else months.month_of(wall_us)
        if month is None:
            ((now_us,),) = self.execute(SQL["now_us"]).fetchall()
            month = months.month_of(now_us) or 0
        self._make_partition(month)
        first, end = months.numbers_of(month)
        ((number,),) = self.execute(SQL["next_number"], {"first": first, "end": end}).fetchall()
        return months.place(number)

    def place_of(self, series: int) -> Place:
        return months.place(series)

    def is_fatal(self, error: Exception) -> bool:
        return isinstance(error, psycopg.OperationalError | StoreBusy) or self.raw.broken

    def named(self, error: Exception) -> Exception:
        if isinstance(error, errors.DiskFull):
            return StoreFull(f"the store cannot grow: {error}")
        if isinstance(error, psycopg.OperationalError | errors.ReadOnlySqlTransaction):
            return StoreBusy(f"the database cannot be written now: {error}")
        return error

    def _open(self) -> Raw:
        raw = connect(self._url, self._purpose)
        try:
            take_lock(raw, before=self._backend)
        except BaseException:
            raw.close()
            raise
        self._backend = raw.info.backend_pid
        return raw

    def _make_partition(self, month: int) -> None:
        """Beside the others, while everybody goes on reading, and a backup goes on."""
        if month in self._partitions:
            return
        name = months.partition(month)
        ((there,),) = self.execute(SQL["is_table"], {"name": name}).fetchall()
        if not there:
            first, end = months.numbers_of(month)
            within = f"FOR VALUES FROM ({first}) TO ({end})"
            self.raw.execute(f"CREATE TABLE {name} (LIKE readings INCLUDING ALL)".encode())
            self.raw.execute(f"ALTER TABLE readings ATTACH PARTITION {name} {within}".encode())
        self._partitions.add(month)
