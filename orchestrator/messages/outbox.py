"""Readings and ledger entries on their way to the store, exactly once (SEMANTICS rule 16)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

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


class Sheet(Sequence[ReadingRecord]):
    """What a run measured at one moment; each reading becomes a record only where it is asked for,
    which in a worker is on the journal's thread and in a rehearsal nowhere."""

    __slots__ = (
        "boot",
        "calibration",
        "monotonic_s",
        "process_s",
        "revision",
        "run",
        "values",
        "wall_s",
    )

    def __init__(
        self,
        run: str,
        revision: int,
        process_s: float,
        wall_s: float | None,
        values: Sequence[tuple[str, float]],
        boot: str,
        monotonic_s: float,
        calibration: Mapping[str, str],
    ) -> None:
        self.run, self.revision = run, revision
        self.process_s, self.wall_s, self.monotonic_s = process_s, wall_s, monotonic_s
        self.values = values
        """(signal, value)"""
        self.boot, self.calibration = boot, calibration

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> ReadingRecord: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ReadingRecord]: ...
    def __getitem__(self, index: int | slice) -> ReadingRecord | Sequence[ReadingRecord]:
        if isinstance(index, slice):
            return [*self][index]
        return self._record(*self.values[index])

    def __iter__(self) -> Iterator[ReadingRecord]:
        return (self._record(signal, value) for signal, value in self.values)

    def _record(self, signal: str, value: float) -> ReadingRecord:
        return ReadingRecord(
            self.run,
            self.revision,
            signal,
            self.process_s,
            self.wall_s,
            value,
            self.boot,
            self.monotonic_s,
            self.calibration.get(signal, ""),
        )


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
    """Stands for readings that had to be thinned because the outbox was full: so many of this run,
    between these times, others of which are there."""

    run: str
    from_process_s: float
    to_process_s: float
    readings: int


class ThinnedRecord(msgspec.Struct, frozen=True, array_like=True, tag="t"):
    """At a number that has nothing any more: its reading was thinned, or the leader has it. A `gap`
    with a number of its own tells how much is missing."""


Record = ReadingRecord | EntryRecord | LogRecord | GapRecord | ThinnedRecord


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
    at_wall_s: float | None = None
    """The leader's time when it says so, where its clock is trusted."""
