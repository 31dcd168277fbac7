"""Batches from outboxes, exactly once, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from orchestrator.messages.outbox import (
    Accepted,
    Batch,
    EntryRecord,
    GapRecord,
    LogRecord,
    ReadingRecord,
    Record,
)
from orchestrator.ports.records import LedgerLine, NewAlert, OutboxRecord
from orchestrator.store.change import Change, Line, Over, Put
from orchestrator.store.fold import fold_gap, fold_log
from orchestrator.store.memory_attention import add_alert, resolve_alerts
from orchestrator.store.memory_tables import HeldOutbox, HeldReading, MemoryBase
from orchestrator.store.record import changes_of
from orchestrator.store.run_name import RunName


class MemoryRecording(MemoryBase):
    """`ports.store.Recording`."""

    async def commit(
        self, batches: Sequence[tuple[str, Batch]], *, at_wall_s: float
    ) -> Sequence[Accepted]:
        for _, batch in batches:
            if batch.last - batch.first + 1 != len(batch.records):
                raise ValueError(f"{batch.first} to {batch.last} are not {len(batch.records)}")
        with self._tables.telling():
            for worker, batch in batches:
                self._take(worker, batch, at_wall_s)
        return [
            Accepted(outbox=batch.outbox, ranges=[(batch.first, batch.last)])
            for _, batch in batches
        ]

    async def outbox(self, outbox: str) -> OutboxRecord | None:
        held = self._tables.outboxes.get(outbox)
        return None if held is None else _record_of(held)

    async def outboxes(self) -> Sequence[OutboxRecord]:
        return [_record_of(held) for held in self._tables.outboxes.values()]

    async def ledger(
        self, run: str, *, after: int = 0, limit: int = 1000, without: Collection[str] = ()
    ) -> Sequence[LedgerLine]:
        entries = self._tables.entries.get(run, {})
        places = sorted(
            place
            for place, entry in entries.items()
            if place[0] > after and entry.kind not in without
        )[:limit]
        return [_line_of(place[0], entries[place]) for place in places]

    def _take(self, worker: str, batch: Batch, at_wall_s: float) -> None:
        held = self._tables.outboxes.setdefault(batch.outbox, HeldOutbox(batch.outbox, worker))
        held.worker = worker
        held.doubled += len(batch.records)
        for first, last in held.held.missing(batch.first, batch.last):
            held.doubled -= last - first + 1
            for number in range(first, last + 1):
                self._keep(held, number, batch.records[number - batch.first], at_wall_s)
        held.held.add(batch.first, batch.last)

    def _keep(self, held: HeldOutbox, number: int, record: Record, at_wall_s: float) -> None:
        if isinstance(record, ReadingRecord):
            self._keep_reading(held, number, record)
        elif isinstance(record, EntryRecord):
            self._keep_entry(held, number, record, at_wall_s)
        elif isinstance(record, LogRecord):
            self._carry_out(fold_log(held.worker, record), record.wall_s or at_wall_s)
        elif isinstance(record, GapRecord):
            self._carry_out(fold_gap(record), at_wall_s)

    def _keep_reading(self, held: HeldOutbox, number: int, record: ReadingRecord) -> None:
        held.readings += 1
        name = RunName.parse(record.run)
        reading = HeldReading(
            process_s=record.process_s,
            number=number,
            wall_s=record.wall_s,
            value=record.value,
            attempt=name.attempt,
            revision=record.revision,
            worker=held.worker,
            outbox=held.outbox,
            calibration=record.calibration,
        )
        self._tables.measure((name.experiment, name.vessel, record.signal), reading)

    def _keep_entry(
        self, held: HeldOutbox, number: int, entry: EntryRecord, at_wall_s: float
    ) -> None:
        held.entries += 1
        self._tables.entries.setdefault(entry.run, {})[number, held.outbox] = entry
        happened_wall_s = at_wall_s if entry.wall_s is None else entry.wall_s
        line = Line(
            entry=entry,
            outbox=held.outbox,
            number=number,
            name=RunName.parse(entry.run),
            at_wall_s=happened_wall_s,
        )
        for change in changes_of(line, held.worker):
            self._carry_out(change, happened_wall_s)
        run = self._tables.one("runs", entry.run)
        if run is not None:
            run["process_s"] = max(run["process_s"], entry.process_s)

    def _carry_out(self, change: Change, at_wall_s: float) -> None:
        if isinstance(change, Put):
            self._tables.put(change)
        elif isinstance(change, NewAlert):
            add_alert(self._tables, change)
        elif isinstance(change, Over):
            resolve_alerts(self._tables, change.identity, at_wall_s)
        else:
            self._tables.event(
                change.kind,
                change.data,
                at_wall_s=at_wall_s,
                experiment=change.experiment,
                vessel=change.vessel,
            )


def _record_of(held: HeldOutbox) -> OutboxRecord:
    return OutboxRecord(
        outbox=held.outbox,
        worker=held.worker,
        ranges=list(held.held),
        readings=held.readings,
        entries=held.entries,
        doubled=held.doubled,
    )


def _line_of(number: int, entry: EntryRecord) -> LedgerLine:
    return LedgerLine(
        number=number,
        run=entry.run,
        revision=entry.revision,
        kind=entry.kind,
        process_s=entry.process_s,
        wall_s=entry.wall_s,
        key=entry.key,
        data=entry.data,
    )
