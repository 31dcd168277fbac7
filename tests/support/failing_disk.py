"""A disk that fails under SQLite: what it then says, and what becomes of a transaction."""

from __future__ import annotations

import sqlite3
from typing import Any, cast

from orchestrator.store.tables import SqlStore

TROUBLES = {
    "full": (sqlite3.SQLITE_FULL, "database or disk is full"),
    "fsync": (sqlite3.SQLITE_IOERR_FSYNC, "disk I/O error"),
    "write": (sqlite3.SQLITE_IOERR_WRITE, "disk I/O error"),
    "readonly": (sqlite3.SQLITE_READONLY, "attempt to write a readonly database"),
    "corrupt": (sqlite3.SQLITE_CORRUPT, "database disk image is malformed"),
}


def trouble(name: str) -> sqlite3.Error:
    """As `sqlite3` raises it."""
    code, text = TROUBLES[name]
    kind = sqlite3.DatabaseError if name == "corrupt" else sqlite3.OperationalError
    error = kind(text)
    error.sqlite_errorcode = code
    return error


class FailingDisk:
    """Between a store and its connection: each commit, or each rollback too, fails for a while."""

    def __init__(self, store: SqlStore) -> None:
        self._real = store._writer._connection
        store._writer._connection = cast(Any, self)
        self.fails_by = ""
        self.fails_to_undo = False
        self.refused = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def commit(self) -> None:
        """Not durable where it fails: SQLite undoes it, as it does with a WAL."""
        fails_by = self.fails_by  # the test's thread may end it meanwhile
        if fails_by:
            self.refused += 1
            self._real.rollback()
            raise trouble(fails_by)
        self._real.commit()

    def rollback(self) -> None:
        self._real.rollback()
        if self.fails_to_undo:
            raise trouble("write")
