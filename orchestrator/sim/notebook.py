"""What a rehearsal leaves behind: means of its readings, and everything that its ledgers say."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import floor

from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Entry

Row = Callable[[float, str, str, float], None]
"""Takes (time_s, vessel, signal, value)."""
Heard = Callable[[str, Entry], None]
"""Takes (vessel, entry) as soon as it is written."""


@dataclass(slots=True)
class Series:
    """One signal of one vessel: means over intervals of equal width, by the start of each."""

    at_s: array[float] = field(default_factory=lambda: array("d"))
    mean: array[float] = field(default_factory=lambda: array("d"))


@dataclass(slots=True)
class _Bucket:
    number: int
    total: float
    count: int


class Notebook:
    """The sink of a rehearsal's journal."""

    def __init__(self, *, every_s: float, row: Row | None = None) -> None:
        self.every_s = every_s
        self.entries: dict[str, list[Entry]] = {}
        """Ledgers by vessel."""
        self.series: dict[tuple[str, str], Series] = {}
        """By vessel and signal."""
        self.heard: Heard | None = None
        self._row = row
        self._open: dict[tuple[str, str], _Bucket] = {}

    def __call__(
        self, run: str, entries: Sequence[Entry], readings: Sequence[ReadingRecord]
    ) -> None:
        """Take down what a run wrote."""
        vessel = run.rpartition(":")[2]
        if entries:
            self.entries.setdefault(vessel, []).extend(entries)
            if self.heard is not None:
                for entry in entries:
                    self.heard(vessel, entry)
        for reading in readings:
            self.measured(vessel, reading.signal, reading.process_s, reading.value)

    def measured(self, vessel: str, signal: str, process_s: float, value: float) -> None:
        """Add a value to the mean of its interval."""
        number = floor(process_s / self.every_s)
        name = (vessel, signal)
        bucket = self._open.get(name)
        if bucket is None:
            self._open[name] = _Bucket(number, value, 1)
        elif bucket.number == number:
            bucket.total += value
            bucket.count += 1
        else:
            self._close(name, bucket)
            bucket.number, bucket.total, bucket.count = number, value, 1

    def close(self) -> None:
        """Take down the intervals that are not full."""
        for name, bucket in self._open.items():
            self._close(name, bucket)
        self._open.clear()

    def _close(self, name: tuple[str, str], bucket: _Bucket) -> None:
        vessel, signal = name
        at_s, mean = bucket.number * self.every_s, bucket.total / bucket.count
        series = self.series.setdefault(name, Series())
        series.at_s.append(at_s)
        series.mean.append(mean)
        if self._row is not None:
            self._row(at_s, vessel, signal, mean)
