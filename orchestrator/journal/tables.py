"""What the writer thread does to the journal's file, each within a transaction of the caller."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias
from uuid import uuid4

import msgspec

from orchestrator.journal.gaps import ROOM_AGAIN, Gaps
from orchestrator.journal.sql import load_queries
from orchestrator.messages.outbox import GapRecord, ReadingRecord

LedgerRow: TypeAlias = tuple[str, str, float, float | None, str | None, str]
"""run, kind, process_s, wall_s, key, data as JSON"""

encode = msgspec.json.Encoder().encode


class Tables:
    """Ledger, outbox and documents; knows by heart how full the outbox is."""

    def __init__(self, connection: sqlite3.Connection, *, capacity: int) -> None:
        self._connection = connection
        self._queries = load_queries()
        self._capacity = capacity
        self.outbox = self._outbox_id()
        self.newest = self.waiting = 0
        self._gaps = Gaps()
        self.reload()

    def reload(self) -> None:
        """Learn from the file what is true, at the start and after a rollback."""
        self.newest = self.fetch("newest_record")[0][0]
        self.waiting = self.fetch("count_records")[0][0]
        self._gaps = Gaps(
            [
                GapRecord(run=run, from_process_s=first, to_process_s=last, readings=readings)
                for run, first, last, readings in self.fetch("open_gaps")
            ]
        )

    def fetch(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows that a named query finds."""
        return self._connection.execute(self._queries[query], values).fetchall()

    def append(
        self,
        rows: Sequence[LedgerRow],
        records: Sequence[bytes],
        readings: Sequence[ReadingRecord],
    ) -> None:
        """Entries into their ledger; entries and readings into the outbox."""
        for row in rows:
            if row[1] == "tick":
                self.fetch("drop_tick", row[0])
        self._connection.executemany(self._queries["append_entry"], rows)
        self._send(records)
        if not readings:
            return
        if self._is_full():
            self._thin(readings)
            return
        if self._gaps:
            self.fetch("close_gaps")
            self._send(map(encode, self._gaps.close()))
        self._send(map(encode, readings))

    def forget(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Delete what the leader committed."""
        for first, last in ranges:
            cursor = self._connection.execute(self._queries["forget_records"], (first, last))
            self.waiting -= cursor.rowcount

    def _send(self, records: Iterable[bytes]) -> None:
        query = self._queries["append_record"]
        for record in records:
            cursor = self._connection.execute(query, (record,))
            self.newest = cursor.lastrowid or self.newest
            self.waiting += 1

    def _is_full(self) -> bool:
        room = ROOM_AGAIN * self._capacity if self._gaps else self._capacity
        return self.waiting >= room

    def _thin(self, readings: Sequence[ReadingRecord]) -> None:
        for gap in self._gaps.thin(readings):
            self.fetch("grow_gap", gap.run, gap.from_process_s, gap.to_process_s, gap.readings)

    def _outbox_id(self) -> str:
        rows = self.fetch("kept_document", "outbox")
        if rows:
            return str(rows[0][0])
        made = uuid4().hex
        self.fetch("keep_document", "outbox", made)
        return made
