"""Keep what arrived, exactly once, and fold it into the tables that people look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.messages.outbox import (
    Accepted,
    Batch,
    EntryRecord,
    GapRecord,
    LogRecord,
    ReadingRecord,
)
from orchestrator.ports.records import NewAlert
from orchestrator.ports.store import is_imported
from orchestrator.store.alert import add_alert, resolve_alerts
from orchestrator.store.change import Change, Line, Over, Put, Told
from orchestrator.store.connection import ReadingRow
from orchestrator.store.encode import to_json
from orchestrator.store.fold import fold_entry, fold_gap, fold_log
from orchestrator.store.named import statements
from orchestrator.store.put import put_statement
from orchestrator.store.ranges import Range, Ranges
from orchestrator.store.run_name import RunName
from orchestrator.store.series import SeriesBook
from orchestrator.store.writer import Transaction

SQL = statements("recording")
ADVANCE_RUN = statements("experiments")["advance_run"]


@dataclass(slots=True)
class _Outbox:
    """What one transaction adds to one outbox."""

    serial: int
    name: str
    worker: str
    held: Ranges
    changed: list[Range] = field(default_factory=list)
    readings: int = 0
    entries: int = 0
    doubled: int = 0


@dataclass(slots=True)
class _Burst:
    """What one transaction keeps."""

    at_wall_s: float
    rows: list[ReadingRow] = field(default_factory=list)
    outboxes: dict[str, _Outbox] = field(default_factory=dict)
    reached_s: dict[str, float] = field(default_factory=dict)
    """Run → process time of its newest entry."""


class Recorder:
    """Remembers between transactions which numbers are held, and which series there are."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[int, Ranges]] = {}
        self._series = SeriesBook()

    def forget(self) -> None:
        """A transaction did not come about: look everything up again."""
        self._held.clear()
        self._series.forget()

    def commit(
        self, transaction: Transaction, batches: Sequence[tuple[str, Batch]], at_wall_s: float
    ) -> list[Accepted]:
        """Keep what is new in the batches."""
        burst = _Burst(at_wall_s)
        for worker, batch in batches:
            self._take(transaction, burst, worker, batch)
        transaction.connection.add_readings(burst.rows)
        self._series.roll_up(transaction.connection)
        for run, process_s in burst.reached_s.items():
            transaction.execute(ADVANCE_RUN, {"run": run, "process_s": process_s})
        for outbox in burst.outboxes.values():
            _keep_ranges(transaction, outbox)
        return [
            Accepted(outbox=batch.outbox, ranges=[(batch.first, batch.last)])
            for _, batch in batches
        ]

    def _take(self, transaction: Transaction, burst: _Burst, worker: str, batch: Batch) -> None:
        if batch.last - batch.first + 1 != len(batch.records):
            raise ValueError(f"{batch.first} to {batch.last} are not {len(batch.records)} records")
        outbox = burst.outboxes.get(batch.outbox)
        if outbox is None:
            outbox = burst.outboxes[batch.outbox] = self._open(transaction, worker, batch.outbox)
        outbox.doubled += len(batch.records)
        for first, last in outbox.held.missing(batch.first, batch.last):
            outbox.doubled -= last - first + 1
            self._keep(transaction, burst, outbox, batch, range(first, last + 1))
        outbox.changed.append(outbox.held.add(batch.first, batch.last))

    def _keep(
        self,
        transaction: Transaction,
        burst: _Burst,
        outbox: _Outbox,
        batch: Batch,
        numbers: range,
    ) -> None:
        rows, before = burst.rows, len(burst.rows)
        connection, serial, row = transaction.connection, outbox.serial, self._series.row
        for number in numbers:
            record = batch.records[number - batch.first]
            if type(record) is ReadingRecord:
                rows.append(row(connection, serial, number, record))
            elif type(record) is EntryRecord:
                _keep_entry(transaction, burst, outbox, number, record)
            elif type(record) is LogRecord:
                at = burst.at_wall_s if record.wall_s is None else record.wall_s
                _carry_out(transaction, fold_log(outbox.worker, record), at)
            elif type(record) is GapRecord:
                _carry_out(transaction, fold_gap(record), burst.at_wall_s)
        outbox.readings += len(rows) - before

    def _open(self, transaction: Transaction, worker: str, name: str) -> _Outbox:
        known = self._held.get(name)
        if known is None:
            found = transaction.execute(SQL["add_outbox"], {"outbox": name, "worker": worker})
            serial = int(found.fetchall()[0]["serial"])
            held = transaction.execute(SQL["ranges"], {"serial": serial})
            known = self._held[name] = serial, Ranges((first, last) for first, last in held)
        return _Outbox(known[0], name, worker, known[1])


def _keep_entry(
    transaction: Transaction, burst: _Burst, outbox: _Outbox, number: int, entry: EntryRecord
) -> None:
    transaction.execute(SQL["add_entry"], _entry_row(outbox.serial, number, entry))
    outbox.entries += 1
    burst.reached_s[entry.run] = max(burst.reached_s.get(entry.run, 0.0), entry.process_s)
    at_wall_s = burst.at_wall_s if entry.wall_s is None else entry.wall_s
    line = Line(
        entry=entry,
        outbox=outbox.name,
        number=number,
        name=RunName.parse(entry.run),
        at_wall_s=at_wall_s,
    )
    for change in changes_of(line, outbox.worker):
        _carry_out(transaction, change, at_wall_s)


def changes_of(line: Line, worker: str) -> list[Change]:
    """All that an entry changes; one that cannot be understood is kept as it is, and told of."""
    try:
        changes = list(fold_entry(line))
        if is_imported(line.outbox):
            return [each for each in changes if not isinstance(each, NewAlert)]
        return changes
    except (KeyError, TypeError, ValueError) as error:
        text = (
            f"entry {line.number} of {line.entry.run} ({line.entry.kind}) makes no sense: {error!r}"
        )
        data: Mapping[str, object] = {"worker": worker, "level": "error", "text": text}
        name = line.name
        return [Told(kind="log", data=data, experiment=name.experiment, vessel=name.vessel)]


def _carry_out(transaction: Transaction, change: Change, at_wall_s: float) -> None:
    if isinstance(change, Put):
        transaction.execute(*put_statement(change))
    elif isinstance(change, NewAlert):
        add_alert(transaction, change)
    elif isinstance(change, Over):
        resolve_alerts(transaction, change.identity, at_wall_s)
    else:
        transaction.event(
            change.kind,
            change.data,
            at_wall_s=at_wall_s,
            experiment=change.experiment,
            vessel=change.vessel,
        )


def _entry_row(outbox: int, number: int, entry: EntryRecord) -> dict[str, object]:
    return {
        "outbox": outbox,
        "number": number,
        "run": entry.run,
        "revision": entry.revision,
        "kind": entry.kind,
        "process_s": entry.process_s,
        "wall_s": entry.wall_s,
        "key": entry.key,
        "data": to_json(entry.data),
    }


def _keep_ranges(transaction: Transaction, outbox: _Outbox) -> None:
    """Write the intervals that grew."""
    serial = outbox.serial
    low = min(first for first, _ in outbox.changed)
    high = max(last for _, last in outbox.changed)
    transaction.execute(SQL["drop_ranges"], {"serial": serial, "first": low, "last": high})
    for first, last in outbox.held.within(low, high):
        transaction.execute(SQL["add_range"], {"serial": serial, "first": first, "last": last})
    transaction.execute(
        SQL["count"],
        {
            "serial": outbox.serial,
            "readings": outbox.readings,
            "entries": outbox.entries,
            "doubled": outbox.doubled,
        },
    )
