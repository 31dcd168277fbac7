"""Connections to the store's file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from orchestrator.ports.store import StoreFull
from orchestrator.store.connection import Place, ReadingRow

CACHE_KIB = 16 * 1024
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_IOERR_WRITE}
_ADD_READING = (
    "INSERT OR IGNORE INTO readings (series, time_us, number, value, wall_shift_us) "
    "VALUES (?, ?, ?, ?, ?)"
)
_WHOLE = Place()


class SqliteReading(sqlite3.Connection):
    """`store.connection.ReadingConnection`."""

    def begin(self) -> None:
        self.execute("BEGIN")


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
        return isinstance(error, sqlite3.OperationalError)

    def named(self, error: Exception) -> Exception:
        if getattr(error, "sqlite_errorcode", None) in _FULL:
            return StoreFull(f"the store cannot grow: {error}")
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
