"""The tables of the store in memory: the same columns as in a database, in dictionaries."""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from orchestrator.messages.outbox import EntryRecord
from orchestrator.ports.entries import QueueHold
from orchestrator.ports.maintenance import MaintenanceRun
from orchestrator.ports.records import Event
from orchestrator.ports.remarks import Note
from orchestrator.ports.routes import Delivery
from orchestrator.ports.silence import Silence
from orchestrator.ports.store import EventsCallback
from orchestrator.store.change import Put
from orchestrator.store.encode import to_json
from orchestrator.store.ranges import Ranges

Row = dict[str, Any]


@dataclass(slots=True)
class HeldOutbox:
    """What is held of one outbox."""

    outbox: str
    worker: str
    held: Ranges = field(default_factory=Ranges)
    readings: int = 0
    entries: int = 0
    doubled: int = 0


@dataclass(slots=True, order=True)
class HeldReading:
    """A reading with its place, in order of time."""

    process_s: float
    number: int
    wall_s: float | None = field(compare=False)
    value: float = field(compare=False)
    attempt: str = field(compare=False)
    revision: int = field(compare=False)
    worker: str = field(compare=False)
    outbox: str = field(compare=False)
    calibration: str = field(compare=False)


@dataclass(slots=True)
class Tables:
    """All that the store holds."""

    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=dict)
    revisions: dict[tuple[str, int], Row] = field(default_factory=dict)
    workers: dict[str, Row] = field(default_factory=dict)
    alerts: dict[int, Row] = field(default_factory=dict)
    silences: dict[int, Silence] = field(default_factory=dict)
    deliveries: dict[tuple[int, str, str], Delivery] = field(default_factory=dict)
    """(alert, route, news) →"""
    events: list[Event] = field(default_factory=list)
    outboxes: dict[str, HeldOutbox] = field(default_factory=dict)
    entries: dict[str, dict[tuple[int, str], EntryRecord]] = field(default_factory=dict)
    """Run → (number, outbox) → entry."""
    readings: dict[tuple[str, str, str], list[HeldReading]] = field(default_factory=dict)
    """(experiment, vessel, signal) → in order of time."""
    queue_hold: QueueHold | None = None
    deeds: dict[int, Row] = field(default_factory=dict)
    notes: dict[int, Note] = field(default_factory=dict)
    rehearsals: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    provenance: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Attempt → its experiment, and with what it began."""
    maintenance: dict[int, MaintenanceRun] = field(default_factory=dict)
    callbacks: list[EventsCallback] = field(default_factory=list)
    _untold: list[Event] = field(default_factory=list)

    def of(self, table: str) -> Sequence[Row]:
        """Rows in the order in which they were first heard of."""
        return tuple(self.rows.get(table, {}).values())

    def one(self, table: str, *key: Any) -> Row | None:
        return self.rows.get(table, {}).get(key)

    def add(self, table: str, key: str, row: Mapping[str, Any]) -> Row:
        """Add a row with all columns."""
        rows = self.rows.setdefault(table, {})
        added = {"serial": len(rows) + 1, **row}
        rows[(row[key],)] = added
        return added

    def put(self, put: Put) -> None:
        """Carry out what a ledger line changes."""
        rows = self.rows.setdefault(put.table, {})
        row = rows.get(tuple(put.key.values()))
        if row is None:
            row = {"serial": len(rows) + 1, **dict.fromkeys(COLUMNS[put.table]), **put.key}
            row.update(DEFAULTS.get(put.table, {}))
            rows[tuple(put.key.values())] = row
        if put.mark is not None:
            outbox, number = f"{put.mark}_outbox", f"{put.mark}_number"
            if row[outbox] == put.fields[outbox] and row[number] >= put.fields[number]:
                return
        row.update(put.fields)

    def worker(self, worker: str) -> Row:
        """What is held of a worker."""
        blank = {"epoch": 0, "seen_wall_s": 0.0, "state": None, "capabilities": None}
        blank["calibrations"] = None
        return self.workers.setdefault(worker, {"worker": worker, **blank})

    def next_epoch(self, worker: str, above: int) -> int:
        """Allot the next one."""
        row = self.worker(worker)
        row["epoch"] = max(row["epoch"], above) + 1
        return int(row["epoch"])

    def event(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        at_wall_s: float,
        experiment: str | None = None,
        vessel: str | None = None,
    ) -> Event:
        """Add to the stream of all that happened."""
        event = Event(
            event_id=len(self.events) + 1,
            kind=kind,
            at_wall_s=at_wall_s,
            experiment=experiment,
            vessel=vessel,
            data=json.loads(to_json(data)),
        )
        self.events.append(event)
        self._untold.append(event)
        return event

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Let all who listen know afterwards what happened within."""
        yield
        told, self._untold = self._untold, []
        if told:
            for callback in self.callbacks:
                callback(told)

    def measure(self, key: tuple[str, str, str], reading: HeldReading) -> None:
        insort(self.readings.setdefault(key, []), reading)


class MemoryBase:
    """What the parts of the store in memory share."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables


_PLACE = ("experiment", "attempt", "vessel")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "runs": (
        *_PLACE,
        *("worker", "reactor", "mode", "mode_reason", "mode_outbox", "mode_number"),
        *("phase", "visit", "phase_outbox", "phase_number"),
        *("began_wall_s", "ended_state", "ended_reason", "ended_wall_s"),
    ),
    "phases": (
        *_PLACE,
        *("entered_process_s", "entered_wall_s", "left_process_s", "left_wall_s", "reason"),
    ),
    "actions": (
        *_PLACE,
        *("revision", "action", "detail", "phase", "item", "nominal_s", "args"),
        *("began_process_s", "began_wall_s", "ended_process_s", "ended_wall_s"),
        *("outcome", "reason", "result"),
    ),
    "doses": (
        *_PLACE,
        *("pump", "medium", "direction", "cause", "intended_ml", "moved_ml"),
        *("began_process_s", "began_wall_s", "ended_process_s", "outcome", "reason"),
        *("resolved_ml", "resolved_by", "resolved_reason"),
    ),
    "pictures": (
        *_PLACE,
        *("key", "camera", "label", "sha256", "size_bytes", "process_s", "at_wall_s", "state"),
    ),
    "questions": (
        *_PLACE,
        *("run", "kind", "text", "choices", "asked_process_s", "asked_wall_s", "deadline_s"),
        *("answer_type", "default_answer", "answer", "answered_by", "answered_wall_s"),
        *("remind_s", "reminded", "reminded_wall_s"),
    ),
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "runs": {
        "revision": 1,
        "answer": "accepted",
        "answer_reason": "",
        "process_s": 0.0,
        "fence": 0,
    },
    "actions": {"is_item": 0},
    "questions": {"reminded": 0},
    "pictures": {"state": "waiting"},
}
