"""What the writer thread does to the journal's file, each within a transaction of the caller."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias
from uuid import uuid4

import msgspec

from orchestrator.journal.room import Room
from orchestrator.journal.sql import load_queries
from orchestrator.journal.thinning import PORTION, Thinning
from orchestrator.messages.outbox import ReadingRecord

LedgerRow: TypeAlias = tuple[str, str, float, float | None, str | None, str]
"""run, kind, process_s, wall_s, key, data as JSON"""

encode = msgspec.json.Encoder().encode
_READING = b'["r",'
_decode_reading = msgspec.json.Decoder(ReadingRecord).decode


class Tables:
    """Ledger, outbox and documents; knows by heart how full the outbox is."""

    def __init__(self, connection: sqlite3.Connection, room: Room) -> None:
        self._connection = connection
        self._queries = load_queries()
        self._room = room
        [self._page_bytes] = connection.execute("PRAGMA page_size").fetchone()
        self.outbox = self._outbox_id()
        self.newest = self.waiting = 0
        self._thinning = Thinning()
        self.reload()

    def reload(self) -> None:
        """Learn from the file what is true, at the start and after a rollback."""
        self.newest = self.fetch("newest_record")[0][0]
        self.waiting = self.fetch("count_records")[0][0]
        self._note_reusable()

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
        if readings:
            self._send(map(encode, readings))
            self._make_room()

    def forget(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Delete what the leader committed."""
        for first, last in ranges:
            cursor = self._connection.execute(self._queries["forget_records"], (first, last))
            self.waiting -= cursor.rowcount
        if self.waiting < self._room.capacity(self.waiting) // 2:
            self._thinning.begin()

    def _send(self, records: Iterable[bytes]) -> None:
        query = self._queries["append_record"]
        for record in records:
            cursor = self._connection.execute(query, (record,))
            self.newest = cursor.lastrowid or self.newest
            self.waiting += 1

    def _make_room(self) -> None:
        """Thin old readings where too much waits; one portion, or so, that nobody waits long."""
        self._note_reusable()
        looked_at, thinning = 0, self._thinning
        while looked_at < PORTION and thinning.wanted(
            self.waiting, self._room.capacity(self.waiting)
        ):
            until = thinning.until(self.newest, self.waiting)
            portion = self.fetch("old_records", thinning.after, until, PORTION)
            readings = [
                (number, _decode_reading(record))
                for number, record in portion
                if record.startswith(_READING)
            ]
            reached = portion[-1][0] if len(portion) == PORTION else None
            numbers, gaps = thinning.thin(readings, reached, self.waiting)
            self._drop(portion, {*numbers})
            self._send(map(encode, gaps))
            looked_at += len(portion)

    def _drop(self, portion: Sequence[tuple[Any, ...]], numbers: set[int]) -> None:
        """Some records of a portion; the others are written anew, which leaves no page half full:
        only whole ones can be used again."""
        if not numbers:
            return
        self.fetch("forget_records", portion[0][0], portion[-1][0])
        staying = [each for each in portion if each[0] not in numbers]
        self._connection.executemany(self._queries["put_record"], staying)
        self.waiting -= len(numbers)
        self._note_reusable()

    def _note_reusable(self) -> None:
        [pages] = self._connection.execute("PRAGMA freelist_count").fetchone()
        self._room.reusable_bytes = pages * self._page_bytes

    def _outbox_id(self) -> str:
        rows = self.fetch("kept_document", "outbox")
        if rows:
            return str(rows[0][0])
        made = uuid4().hex
        self.fetch("keep_document", "outbox", made)
        return made
