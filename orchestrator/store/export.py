"""Readings on their way out, portion by portion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestrator.ports.records import ReadingRow
from orchestrator.store.connection import Connection
from orchestrator.store.encode import to_json
from orchestrator.store.named import statements

SQL = statements("readings")
EXPORT_ROWS = 5_000


def next_portion(
    connection: Connection, series: Sequence[int], after_us: int, last_us: int
) -> tuple[list[ReadingRow], int | None]:
    """Readings after a moment and up to the last, and the moment up to which they go; None at the
    end."""
    asked = [{"series": one, "after_us": after_us, "n": EXPORT_ROWS - 1} for one in series]
    ends = [connection.execute(SQL["nth_after"], one).fetchone() for one in asked]
    to_us = min((end["time_us"] for end in ends if end is not None), default=None)
    rows = connection.execute(
        SQL["export"],
        {
            "series": to_json(list(series)),
            "after_us": after_us,
            "to_us": last_us if to_us is None else min(to_us, last_us),
        },
    )
    return [_exported(row) for row in rows], to_us


def _exported(row: Sequence[Any]) -> ReadingRow:
    time_us, wall_us, *others = row
    wall_s = None if wall_us is None else wall_us / 1e6
    vessel, signal, value, attempt, revision, worker, outbox, number, calibration = others
    return ReadingRow(
        process_s=time_us / 1e6,
        wall_s=wall_s,
        vessel=vessel,
        signal=signal,
        value=value,
        attempt=attempt,
        revision=revision,
        worker=worker,
        outbox=outbox,
        number=number,
        calibration=calibration,
    )
