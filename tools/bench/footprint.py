"""Bytes that a stored reading takes, rollups included."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.bench.figure import Budget, Figure
from tools.bench.filled import fill, signals
from tools.bench.made_readings import readings
from tools.bench.size import Size


def measure(size: Size) -> list[Figure]:
    """The file of a closed store, empty tables taken off."""
    series, per_series = size.of((2, 1_000), (8, 31_250), (8, 125_000))
    count = series * per_series
    with TemporaryDirectory() as made:
        folder = Path(made)
        empty, full = folder / "empty.sqlite", folder / "full.sqlite"
        asyncio.run(_fill_and_close(empty, 1, 0))
        asyncio.run(_fill_and_close(full, series, per_series))
        ours = (_bytes(full) - _bytes(empty)) / count
        bare = _bare_bytes(folder / "bare.sqlite", series, count) / count
    return [
        Figure(
            what="bytes per stored reading, rollups and numbers included",
            ours=ours,
            unit="B",
            baseline=bare,
            baseline_is="(series, time, value) without rollups",
            budget=Budget(text="≤ 45", most=45.0),
            quoted="Pioreactor 118; a prototype 33",
        )
    ]


async def _fill_and_close(path: Path, series: int, per_series: int) -> None:
    store = await fill(path, series, per_series)
    await store.close()


def _bytes(path: Path) -> int:
    """Everything that belongs to a store, a log that was left behind too."""
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))


def _bare_bytes(path: Path, series: int, count: int) -> int:
    numbers = {name: number for number, name in enumerate(signals(series))}
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE readings (series INTEGER, time_us INTEGER, value REAL, "
        "PRIMARY KEY (series, time_us)) WITHOUT ROWID"
    )
    connection.executemany(
        "INSERT INTO readings VALUES (?, ?, ?)",
        (
            (numbers[each.signal], round(1e6 * each.process_s), each.value)
            for each in readings(count, tuple(numbers))
        ),
    )
    connection.commit()
    connection.close()
    return path.stat().st_size
