"""What a rehearsal leaves behind: means of its readings, and everything that its ledgers say."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import floor

from orchestrator.messages.outbox import ReadingRecord, Sheet
from orchestrator.model.ledger import Entry, Kind

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
    """The interval of a series that is not full yet."""

    series: Series
    at_s: float
    until_s: float
    total: float
    count: int


class Notebook:
    """The sink of a rehearsal's journal."""

    def __init__(self, *, every_s: float, row: Row | None = None) -> None:
        self.every_s = every_s
        self.entries: dict[str, list[Entry]] = {}
        """Ledgers by vessel, without ticks: they say that time passes, and nothing else."""
        self.series: dict[tuple[str, str], Series] = {}
        """By vessel and signal."""
        self.heard: Heard | None = None
        self._row = row
        self._vessels: dict[str, str] = {}
        """By run."""
        self._open: dict[str, dict[str, _Bucket]] = {}
        """By vessel and signal."""

    def __call__(
        self, run: str, entries: Sequence[Entry], readings: Sequence[ReadingRecord]
    ) -> None:
        """Take down what a run wrote."""
        vessel = self._vessels.get(run)
        if vessel is None:
            vessel = self._vessels[run] = run.rpartition(":")[2]
        if entries:
            kept = self.entries.setdefault(vessel, [])
            kept.extend(entry for entry in entries if entry.kind is not Kind.TICK)
            if self.heard is not None:
                for entry in entries:
                    self.heard(vessel, entry)
        if isinstance(readings, Sheet):
            self.take_down(vessel, readings.process_s, readings.values)
        else:
            for reading in readings:
                self.take_down(vessel, reading.process_s, ((reading.signal, reading.value),))

    def take_down(self, vessel: str, process_s: float, values: Sequence[tuple[str, float]]) -> None:
        """Add what was measured at one moment, (signal, value), to the means of its interval."""
        open_ = self._open.get(vessel)
        if open_ is None:
            open_ = self._open[vessel] = {}
        for signal, value in values:
            bucket = open_.get(signal)
            if bucket is not None and process_s < bucket.until_s:
                bucket.total += value
                bucket.count += 1
            else:
                self._turn_over(open_, vessel, signal, process_s, value)

    def _turn_over(
        self, open_: dict[str, _Bucket], vessel: str, signal: str, process_s: float, value: float
    ) -> None:
        """Begin the next interval of a signal with its first value."""
        number = floor(process_s / self.every_s)
        at_s, until_s = number * self.every_s, (number + 1) * self.every_s
        bucket = open_.get(signal)
        if bucket is None:
            series = self.series.setdefault((vessel, signal), Series())
            open_[signal] = _Bucket(series, at_s, until_s, value, 1)
            return
        self._close(vessel, signal, bucket)
        bucket.at_s, bucket.until_s, bucket.total, bucket.count = at_s, until_s, value, 1

    def close(self) -> None:
        """Take down the intervals that are not full."""
        for vessel, open_ in self._open.items():
            for signal, bucket in open_.items():
                self._close(vessel, signal, bucket)
        self._open.clear()

    def _close(self, vessel: str, signal: str, bucket: _Bucket) -> None:
        at_s, mean = bucket.at_s, bucket.total / bucket.count
        bucket.series.at_s.append(at_s)
        bucket.series.mean.append(mean)
        if self._row is not None:
            self._row(at_s, vessel, signal, mean)
