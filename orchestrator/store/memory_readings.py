"""Questions about what was measured, in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from math import inf

from orchestrator.ports.records import ClockName, Curve, Latest, ReadingRow
from orchestrator.store.curve import Intervals, interval_width_us, measured_curve
from orchestrator.store.memory_tables import HeldReading, MemoryBase

EXPORT_ROWS = 5_000


class MemoryReadings(MemoryBase):
    """`ports.store.Readings`."""

    async def signals(self, experiment: str) -> Sequence[tuple[str, str]]:
        return [(vessel, signal) for vessel, signal, _ in self._curves_of(experiment)]

    async def latest(self, experiment: str, vessels: Collection[str] = ()) -> Sequence[Latest]:
        return [
            Latest(
                vessel=vessel,
                signal=signal,
                process_s=readings[-1].process_s,
                wall_s=readings[-1].wall_s,
                value=readings[-1].value,
            )
            for vessel, signal, readings in self._curves_of(experiment, vessels)
        ]

    async def curves(
        self,
        experiment: str,
        *,
        signals: Collection[str],
        vessels: Collection[str] = (),
        clock: ClockName = "process",
        from_s: float | None = None,
        to_s: float | None = None,
        points: int = 1000,
    ) -> Sequence[Curve]:
        if not signals:
            return []
        curves = []
        for vessel, signal, readings in self._curves_of(experiment, vessels, signals):
            rows = _within(readings, clock, from_s, to_s)
            if rows:
                curves.append(_curve(vessel, signal, clock, rows, max(2, points)))
        return curves

    async def export_readings(
        self,
        experiment: str,
        *,
        vessels: Collection[str] = (),
        signals: Collection[str] = (),
        from_s: float | None = None,
        to_s: float | None = None,
    ) -> AsyncIterator[Sequence[ReadingRow]]:
        first_s, last_s = -inf if from_s is None else from_s, inf if to_s is None else to_s
        for vessel, signal, every in self._curves_of(experiment, vessels, signals):
            readings = [each for each in every if first_s <= each.process_s <= last_s]
            for at in range(0, len(readings), EXPORT_ROWS):
                yield [_exported(vessel, signal, one) for one in readings[at : at + EXPORT_ROWS]]

    def _curves_of(
        self, experiment: str, vessels: Collection[str] = (), signals: Collection[str] = ()
    ) -> Iterator[tuple[str, str, list[HeldReading]]]:
        for (owner, vessel, signal), readings in sorted(self._tables.readings.items()):
            wanted = (not vessels or vessel in vessels) and (not signals or signal in signals)
            if owner == experiment and wanted:
                yield vessel, signal, readings


def _within(
    readings: Sequence[HeldReading], clock: ClockName, from_s: float | None, to_s: float | None
) -> list[tuple[int, float]]:
    """(time_us, value), oldest first."""
    rows = []
    for reading in readings:
        at_s = reading.process_s if clock == "process" else reading.wall_s
        if at_s is None or (from_s is not None and at_s < from_s):
            continue
        if to_s is None or at_s <= to_s:
            rows.append((round(at_s * 1e6), reading.value))
    return sorted(rows, key=lambda row: row[0])


def _curve(
    vessel: str, signal: str, clock: ClockName, rows: Sequence[tuple[int, float]], points: int
) -> Curve:
    if len(rows) <= points:
        return measured_curve(vessel, signal, clock, rows)
    intervals = Intervals(interval_width_us(rows[0][0], rows[-1][0], points))
    width_us = intervals.width_us
    intervals.add((at_us // width_us, 1, value, value, value) for at_us, value in rows)
    return intervals.curve(vessel, signal, clock)


def _exported(vessel: str, signal: str, reading: HeldReading) -> ReadingRow:
    return ReadingRow(
        process_s=reading.process_s,
        wall_s=reading.wall_s,
        vessel=vessel,
        signal=signal,
        value=reading.value,
        attempt=reading.attempt,
        revision=reading.revision,
        worker=reading.worker,
        outbox=reading.outbox,
        number=reading.number,
        calibration=reading.calibration,
    )
