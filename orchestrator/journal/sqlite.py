"""The journal of a real worker: SQLite, one writer thread, everything that waits in one commit.

What vessels write whose turns come at one instant is taken in when all of them have acted, so that
none waits for another's words to be put into JSON.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from orchestrator.journal.gaps import Gaps
from orchestrator.journal.memory import entry_records
from orchestrator.journal.room import Room
from orchestrator.journal.sql import open_database, told_where
from orchestrator.journal.tables import LedgerRow, Tables, encode
from orchestrator.journal.thinning import batch_of
from orchestrator.journal.writer import Part, Writer
from orchestrator.messages.outbox import Batch, LogRecord, ReadingRecord, Record, Sheet
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.journal import OutboxLevel

CAPACITY = 2_000_000
"""Records; some 300 MB, nine days or more of one vessel without a leader. Then old readings get
coarser."""
READING_BYTES = 200
"""Of one that waits in memory."""
ROW_FACTOR = 3
"""An entry waits as a record, and as a row that is about as long."""

logger = logging.getLogger(__name__)
_decode_record = msgspec.json.Decoder(Record).decode
_decode_document = msgspec.json.Decoder(dict[str, Any]).decode


T = TypeVar("T")


class _HandedIn(NamedTuple):
    """What one turn wrote."""

    run: str
    entries: Sequence[Entry]
    readings: Sequence[ReadingRecord]
    revision: int


class SqliteJournal:
    """Opening reads the file at once, so do it before the loop needs its time.

    Raises:
        JournalUnusable: there is none to be had; nothing was changed.
    """

    def __init__(
        self,
        path: Path,
        *,
        capacity: int = CAPACITY,
        writer: Callable[[sqlite3.Connection], Writer] = Writer,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        connection = open_database(path)
        self._room = Room(capacity, lambda: free_bytes(path.parent))
        try:
            with told_where(path):
                self._tables = Tables(connection, self._room)
        except BaseException:
            connection.close()
            raise
        self._missed = Gaps()
        self._waiters: set[asyncio.Future[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handed_in: list[_HandedIn] = []
        """By vessels whose turns came together: written down when all have acted."""
        self._writer = writer(connection)
        self._tell_of_loss: Callable[[str, str], None] | None = None
        self._writer.start(
            after_commit=self._tell, after_rollback=self._tables.reload, lost=self._lost
        )

    # ---- the ledger

    async def write(self, run: str, entries: Sequence[Entry], *, revision: int = 1) -> None:
        rows, records = _rows(run, entries), _records(run, revision, entries)
        await self._do(lambda: self._tables.append(rows, records, ()))

    def record(
        self,
        run: str,
        entries: Sequence[Entry],
        readings: Sequence[ReadingRecord] = (),
        *,
        revision: int = 1,
    ) -> None:
        taken = readings if isinstance(readings, Sheet) else [*readings]
        self._handed_in.append(_HandedIn(run, entries, taken, revision))
        if len(self._handed_in) == 1:
            self._writer.soon(self._take_in)

    def _take_in(self) -> None:
        """Have the writer commit what was handed in, all in one."""
        handed_in, self._handed_in = self._handed_in, []
        if not handed_in:
            return
        parts: list[Part] = []
        hurry, weight_bytes = False, 0
        append = self._tables.append
        if self._missed and self._writer.has_room(patient=True):
            parts.append(Part("", partial(append, (), [*map(encode, self._missed.close())], ())))
        for each in handed_in:
            try:
                rows = _rows(each.run, each.entries)
                records = _records(each.run, each.revision, each.entries)
            except (TypeError, ValueError) as error:  # the others have nothing to do with it
                logger.critical("what %s wrote is no JSON and lost", each.run, exc_info=True)
                self._lose(each.run, f"what it wrote is no JSON: {error}")
                continue
            if self._writer.has_room(patient=not rows):
                parts.append(Part(each.run, partial(append, rows, records, each.readings)))
                hurry = hurry or bool(records)
                weight_bytes += READING_BYTES * len(each.readings)
                weight_bytes += ROW_FACTOR * sum(map(len, records))
                continue
            self._missed.thin(each.readings)
            if rows:
                lost = "the disk is gone: %d ledger entries of %s lost"
                logger.critical(lost, len(rows), each.run)
                self._lose(each.run, f"the disk took nothing for too long: {len(rows)} entries")
        if parts:
            self._writer.submit(parts, hurry=hurry, weight_bytes=weight_bytes)

    def on_loss(self, tell: Callable[[str, str], None]) -> None:
        self._tell_of_loss = tell

    def _lose(self, run: str, reason: str) -> None:
        if run and self._tell_of_loss is not None:
            self._tell_of_loss(run, reason)

    def _lost(self, run: str, reason: str) -> None:
        """On the writer's thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._lose, run, reason)

    def log(self, line: LogRecord) -> None:
        self._take_in()
        record = encode(line)
        if self._writer.has_room(patient=True):
            part = Part("", lambda: self._tables.append((), [record], ()))
            self._writer.submit([part], hurry=False, weight_bytes=2 * len(record))

    async def read(self, run: str) -> Sequence[Entry]:
        rows = await self._do(lambda: self._tables.fetch("read_ledger", run))
        return tuple(
            Entry(kind=Kind(kind), process_s=at, wall_s=wall, key=key, data=_decode_document(data))
            for kind, at, wall, key, data in rows
        )

    async def runs(self) -> Sequence[str]:
        rows = await self._do(lambda: self._tables.fetch("list_runs"))
        return tuple(run for (run,) in rows)

    async def drop(self, run: str) -> None:
        await self._do(lambda: self._tables.fetch("drop_ledger", run))

    # ---- documents

    async def keep(self, name: str, document: Mapping[str, Any] | None) -> None:
        name = f"document:{name}"
        if document is None:
            await self._do(lambda: self._tables.fetch("drop_document", name))
            return
        body = encode(document).decode()
        await self._do(lambda: self._tables.fetch("keep_document", name, body))

    async def kept(self, name: str) -> Mapping[str, Any] | None:
        name = f"document:{name}"
        rows = await self._do(lambda: self._tables.fetch("kept_document", name))
        return _decode_document(rows[0][0]) if rows else None

    # ---- the outbox

    async def next_batch(self, after: int, limit: int) -> Batch | None:
        rows = await self._do(lambda: self._tables.fetch("next_records", after, limit))
        near = [row for row in rows if row[0] < rows[0][0] + limit]
        records = [(number, _decode_record(record)) for number, record in near]
        return batch_of(self._tables.outbox, records, limit)

    async def news(self, after: int) -> None:
        loop = self._loop = asyncio.get_running_loop()
        while self._tables.newest <= after:
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.add(waiter)
            if self._tables.newest > after:
                self._waiters.discard(waiter)
                return
            try:
                await waiter
            finally:
                self._waiters.discard(waiter)

    async def forget(self, ranges: Sequence[tuple[int, int]]) -> None:
        taken = tuple(ranges)
        await self._do(lambda: self._tables.forget(taken))

    def level(self) -> OutboxLevel:
        waiting = self._tables.waiting
        return OutboxLevel(
            outbox=self._tables.outbox,
            newest=self._tables.newest,
            waiting=waiting,
            capacity=self._room.capacity(waiting),
            disk_free_bytes=self._room.free_bytes,
            fault=self._writer.fault,
        )

    async def _do(self, work: Callable[[], T]) -> T:
        """Answer what the work answers, once all that was written so far is committed with it."""
        self._loop = asyncio.get_running_loop()
        self._take_in()
        return await self._writer.do(work)

    async def close(self) -> None:
        self._take_in()
        await self._writer.close()

    def _tell(self) -> None:
        """On the writer's thread, after each commit."""
        loop = self._loop
        if loop is not None and self._waiters and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)


def _rows(run: str, entries: Sequence[Entry]) -> list[LedgerRow]:
    return [
        (
            run,
            entry.kind.value,
            entry.process_s,
            entry.wall_s,
            entry.key,
            encode(entry.data).decode(),
        )
        for entry in entries
    ]


def _records(run: str, revision: int, entries: Sequence[Entry]) -> list[bytes]:
    return [encode(record) for record in entry_records(run, revision, entries)]
