"""Readings and ledger entries on their way to the store, exactly once (SEMANTICS rule 16)."""

from __future__ import annotations

from typing import Any

import msgspec


class ReadingRecord(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    """One reading; array-like, since these are nearly all there is."""

    run: str
    """`<attempt>:<vessel>`."""
    revision: int
    signal: str
    process_s: float
    wall_s: float | None
    value: float
    boot: str = ""
    monotonic_s: float = 0.0
    calibration: str = ""


class EntryRecord(msgspec.Struct, frozen=True, array_like=True, tag="e"):
    """One line of a run's ledger."""

    run: str
    revision: int
    kind: str
    process_s: float
    wall_s: float | None
    key: str | None
    data: dict[str, Any]


class LogRecord(msgspec.Struct, frozen=True, array_like=True, tag="l"):
    """A line of the worker's own log that people should see."""

    wall_s: float | None
    level: str
    text: str


class GapRecord(msgspec.Struct, frozen=True, array_like=True, tag="g"):
    """Stands for readings that had to be thinned because the outbox was full."""

    run: str
    from_process_s: float
    to_process_s: float
    readings: int


Record = ReadingRecord | EntryRecord | LogRecord | GapRecord


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Contiguous: the record at index n has the number `from` + n; `to` is the last one's."""

    outbox: str
    first: int = msgspec.field(name="from")
    last: int = msgspec.field(name="to")
    records: list[Record]


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """On `outbox/accepted`: committed, both ends included."""

    outbox: str
    ranges: list[tuple[int, int]]
