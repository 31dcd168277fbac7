"""What a leader's store holds of a worker, asked of the file itself."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from tests.support.cluster import Cluster

SENSORS = {
    "od_reading.raw": "photodiode",
    "temperature.measured": "thermometer",
    "stirring.measured": "tachometer",
}
"""Signals that stand for one sample of a sensor each."""


def canonical(data: object) -> str:
    """The same text for the same data."""
    return json.dumps(data, sort_keys=True)


class Held:
    """Of one worker's outbox."""

    def __init__(self, store: sqlite3.Connection, worker: str) -> None:
        self._store = store
        (self._serial,) = store.execute(
            "SELECT serial FROM outboxes WHERE worker = ?", (worker,)
        ).fetchone()

    def ranges(self) -> list[tuple[int, int]]:
        """Numbers that were accepted, in order."""
        return self._all(
            "SELECT first, last FROM outbox_ranges WHERE outbox = :serial ORDER BY first"
        )

    def numbers(self) -> list[int]:
        """Of everything: readings, ledger entries and log lines."""
        found = self._all(
            """
            SELECT number FROM readings JOIN series ON series.id = readings.series
              WHERE series.outbox = :serial
            UNION ALL SELECT number FROM entries WHERE outbox = :serial
            ORDER BY number
            """
        )
        return [number for (number,) in found]

    def readings(self, signal: str) -> int:
        """How many of a signal."""
        [(count,)] = self._all(
            "SELECT count(*) FROM readings JOIN series ON series.id = readings.series"
            " WHERE series.outbox = :serial AND series.signal = :signal",
            signal=signal,
        )
        return int(count)

    def ledger(self) -> list[tuple[str, float, str | None, str]]:
        """The copy of the worker's ledger: kind, process seconds, key and data of each entry."""
        found = self._all(
            "SELECT kind, process_s, key, data FROM entries"
            " WHERE outbox = :serial AND kind NOT IN ('log', 'gap') ORDER BY number"
        )
        return [(*most, canonical(json.loads(data))) for *most, data in found]

    def _all(self, statement: str, **more: Any) -> list[Any]:
        return self._store.execute(statement, {"serial": self._serial, **more}).fetchall()


@contextlib.contextmanager
def held(cluster: Cluster, worker: str) -> Iterator[Held]:
    """Look into a cluster's store."""
    with contextlib.closing(cluster.store()) as store:
        yield Held(store, worker)
