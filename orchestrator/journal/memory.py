"""A journal in plain lists: for rehearsals, which need it fast, and for tests."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias
from uuid import uuid4

from orchestrator.journal.thinning import PORTION, Thinning, batch_of
from orchestrator.messages.outbox import Batch, EntryRecord, LogRecord, ReadingRecord, Record
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.journal import OutboxLevel

Sink: TypeAlias = Callable[[str, Sequence[Entry], Sequence[ReadingRecord]], None]


class MemoryJournal:
    """Durable for as long as the object lives.

    With a `sink` everything is handed to it at once, and nothing waits in the outbox.
    """

    def __init__(
        self,
        sink: Sink | None = None,
        *,
        capacity: int = 2_000_000,
        outbox: str | None = None,
    ) -> None:
        self._sink = sink
        self._capacity = capacity
        self._outbox = outbox or uuid4().hex
        self._ledgers: dict[str, list[Entry]] = {}
        self._documents: dict[str, Mapping[str, Any]] = {}
        self._waiting: deque[tuple[int, Record]] = deque()
        self._newest = 0
        self._thinning = Thinning()
        self._grown = asyncio.Event()

    async def write(self, run: str, entries: Sequence[Entry], *, revision: int = 1) -> None:
        self.record(run, entries, revision=revision)

    def record(
        self,
        run: str,
        entries: Sequence[Entry],
        readings: Sequence[ReadingRecord] = (),
        *,
        revision: int = 1,
    ) -> None:
        if entries:
            ledger = self._ledgers.setdefault(run, [])
            for entry in entries:
                _append(ledger, entry)
        if self._sink is not None:
            self._sink(run, entries, readings)
            return
        self._send(entry_records(run, revision, entries))
        if readings:
            self._send(readings)
            self._make_room()

    def log(self, line: LogRecord) -> None:
        if self._sink is None:
            self._send([line])

    def on_loss(self, tell: Callable[[str, str], None]) -> None:
        """Memory keeps everything."""

    async def read(self, run: str) -> Sequence[Entry]:
        return tuple(self._ledgers.get(run, ()))

    async def runs(self) -> Sequence[str]:
        return tuple(self._ledgers)

    async def drop(self, run: str) -> None:
        self._ledgers.pop(run, None)

    async def keep(self, name: str, document: Mapping[str, Any] | None) -> None:
        if document is None:
            self._documents.pop(name, None)
        else:
            self._documents[name] = document

    async def kept(self, name: str) -> Mapping[str, Any] | None:
        return self._documents.get(name)

    async def next_batch(self, after: int, limit: int) -> Batch | None:
        later = (one for one in self._waiting if one[0] > after)
        return batch_of(self._outbox, [*islice(later, limit)], limit)

    async def news(self, after: int) -> None:
        while self._newest <= after:
            self._grown.clear()
            await self._grown.wait()

    async def forget(self, ranges: Sequence[tuple[int, int]]) -> None:
        self._waiting = deque(
            one for one in self._waiting if not any(a <= one[0] <= b for a, b in ranges)
        )
        if len(self._waiting) < self._capacity // 2:
            self._thinning.begin()

    def level(self) -> OutboxLevel:
        return OutboxLevel(
            outbox=self._outbox,
            newest=self._newest,
            waiting=len(self._waiting),
            capacity=self._capacity,
        )

    async def close(self) -> None:
        """Nothing waits to be written."""

    def copy(self) -> MemoryJournal:
        """As a process that begins now would find it, were the writer of this one killed."""
        copied = MemoryJournal(self._sink, capacity=self._capacity, outbox=self._outbox)
        copied._ledgers = {run: [*entries] for run, entries in self._ledgers.items()}
        copied._documents = dict(self._documents)
        copied._waiting = self._waiting.copy()
        copied._newest = self._newest
        return copied

    def _make_room(self) -> None:
        """Thin old readings where too much waits; one portion, or so."""
        looked_at, thinning = 0, self._thinning
        while looked_at < PORTION and thinning.wanted(len(self._waiting), self._capacity):
            until = thinning.until(self._newest, len(self._waiting))
            old = (one for one in self._waiting if thinning.after < one[0] <= until)
            portion = [*islice(old, PORTION)]
            readings = [(at, one) for at, one in portion if isinstance(one, ReadingRecord)]
            reached = portion[-1][0] if len(portion) == PORTION else None
            numbers, gaps = thinning.thin(readings, reached, len(self._waiting))
            going = {*numbers}
            self._waiting = deque(one for one in self._waiting if one[0] not in going)
            self._send(gaps)
            looked_at += len(portion)

    def _send(self, records: Iterable[Record]) -> None:
        for record in records:
            self._newest += 1
            self._waiting.append((self._newest, record))
        self._grown.set()


def entry_records(run: str, revision: int, entries: Sequence[Entry]) -> list[EntryRecord]:
    """Entries as they go into the outbox; ticks do not."""
    return [
        EntryRecord(
            run=run,
            revision=revision,
            kind=entry.kind.value,
            process_s=entry.process_s,
            wall_s=entry.wall_s,
            key=entry.key,
            data=dict(entry.data),
        )
        for entry in entries
        if entry.kind is not Kind.TICK
    ]


def _append(ledger: list[Entry], entry: Entry) -> None:
    """Append, dropping the tick before if this is one: it is among the last few entries or none."""
    if entry.kind is Kind.TICK:
        for index in range(len(ledger) - 1, -1, -1):
            if ledger[index].kind is Kind.TICK:
                del ledger[index]
                break
    ledger.append(entry)
