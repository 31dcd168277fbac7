"""Connections to the store's file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from orchestrator.ports.store import StoreBusy, StoreFull
from orchestrator.store.connection import Place, ReadingRow

CACHE_KIB = 16 * 1024
_DISK = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}
"""The disk does not do what it should, whatever SQLite was doing at the moment."""
_OTHERS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
"""Another program is at the file."""
_ADD_READING = (
    "INSERT OR IGNORE INTO readings (series, time_us, number, value, wall_shift_us) "
    "VALUES (?, ?, ?, ?, ?)"
)
_WHOLE = Place()


class SqliteReading(sqlite3.Connection):
    """`store.connection.ReadingConnection`."""

    def begin(self) -> None:
        self.execute("BEGIN")

    def named(self, error: Exception) -> Exception:
        if _kind(error) in _DISK | _OTHERS:
            return StoreBusy(f"the store cannot be read now: {error}")
        return error


class SqliteWriting(sqlite3.Connection):
    """`store.connection.WritingConnection`."""

    def begin(self) -> None:
        self.execute("BEGIN IMMEDIATE")

    def add_readings(self, rows: Sequence[ReadingRow]) -> None:
        self.executemany(_ADD_READING, rows)

    def place_series(self, wall_us: int | None) -> Place:  # noqa: ARG002 -- all lie together
        return _WHOLE

    def place_of(self, series: int) -> Place:  # noqa: ARG002
        return _WHOLE

    def is_fatal(self, error: Exception) -> bool:
        return isinstance(error, sqlite3.OperationalError) or _kind(error) in _DISK

    def named(self, error: Exception) -> Exception:
        kind = _kind(error)
        if kind == sqlite3.SQLITE_FULL:
            return StoreFull(f"the store cannot grow: {error}")
        if kind in _DISK:
            return StoreFull(f"the store cannot be written: {error}")
        if kind in _OTHERS:
            return StoreBusy(f"the store cannot be written now: {error}")
        return error


def connect_writer(path: Path) -> SqliteWriting:
    """The one that writes. Transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        path, timeout=5.0, isolation_level=None, check_same_thread=False, factory=SqliteWriting
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    connection.row_factory = sqlite3.Row
    return connection


def connect_reader(path: Path) -> SqliteReading:
    """One that only reads, and never waits for the one that writes."""
    connection = sqlite3.connect(
        path, timeout=5.0, isolation_level=None, check_same_thread=False, factory=SqliteReading
    )
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.row_factory = sqlite3.Row
    return connection


def _kind(error: Exception) -> int | None:
    """Of the error that SQLite tells, without what it was doing: a read, a write, an fsync."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
