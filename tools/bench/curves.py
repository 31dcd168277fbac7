"""A thousand points of a fortnight out of a large store."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from aiohttp import ClientSession, ClientTimeout

from orchestrator.server.serve import listening
from orchestrator.store.tables import SqlStore
from tools.bench.figure import Budget, Figure
from tools.bench.filled import PER_SERIES, fill, signals
from tools.bench.made_readings import EXPERIMENT
from tools.bench.sampling import in_turn, seconds_of
from tools.bench.served import known_experiment, made_app
from tools.bench.size import Size

POINTS = 1_000
LIMIT_S = 30.0
JUDGED_READINGS = 9_800_000
"""A smaller store proves nothing about the budget."""
_GROUPED = """SELECT min(value), max(value), sum(value), count(*) FROM readings
WHERE series = ? GROUP BY time_us / ?"""
"""What it costs without rollups."""


def measure(size: Size) -> list[Figure]:
    """Stores of one series, of four and, in full, of forty: the time should not grow with them."""
    stores = size.of((1,), (4,), (1, 4), (1, 4, 41))
    per_series = size.of(2_000, PER_SERIES, PER_SERIES)
    times = size.of(1, 15, 31)
    return [
        figure for series in stores for figure in asyncio.run(_curves(series, per_series, times))
    ]


async def _curves(series: int, per_series: int, times: int) -> list[Figure]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        store = await fill(path, series, per_series)
        try:
            await known_experiment(store)
            signal = signals(series)[0]
            store_s = await _median_s(times, partial(_ask_store, store, signal))
            http_s = await _over_http(store, signal, times)
            bare_s = await asyncio.to_thread(_bare_s, path, times)
        finally:
            await store.close()
    return _figures(series, per_series, store_s, http_s, bare_s)


def _figures(
    series: int, per_series: int, store_s: float, http_s: float, bare_s: float
) -> list[Figure]:
    count = series * per_series
    what = f"{POINTS} min-max points of {per_series / PER_SERIES * 14:.2g} days"
    quoted = "in 10 M: Pioreactor 6.4 ms but misses spikes, else 2160 ms; a prototype 1.7 ms"
    return [
        Figure(
            what=f"{what} {where} of {count / 1e6:.2g} M readings",
            ours=1e3 * took_s,
            unit="ms",
            baseline=1e3 * bare_s,
            baseline_is="GROUP BY over the readings",
            budget=Budget(text=f"≤ {most:g} ms {where} of 10 M", most=most)
            if count >= JUDGED_READINGS
            else None,
            quoted=quoted if where == "in the store" else "",
            note="" if count >= JUDGED_READINGS else f"the budget, {most:g} ms, is of 10 M: --full",
        )
        for where, took_s, most in (("in the store", store_s, 5.0), ("over HTTP", http_s, 30.0))
    ]


async def _ask_store(store: SqlStore, signal: str) -> None:
    (curve,) = await store.curves(EXPERIMENT, signals=(signal,), points=POINTS)
    assert len(curve.at_s) <= POINTS


async def _over_http(store: SqlStore, signal: str, times: int) -> float:
    limit = ClientTimeout(total=LIMIT_S)
    async with listening(made_app(store), port=0) as url, ClientSession(timeout=limit) as client:
        where = f"{url}/api/experiments/{EXPERIMENT}/curves?signal={signal}&points={POINTS}"

        async def ask() -> None:
            async with client.get(where) as response:
                response.raise_for_status()
                await response.read()

        return await _median_s(times, ask)


async def _median_s(times: int, ask: Callable[[], Awaitable[None]]) -> float:
    took = []
    for _ in range(times + 1):
        began_s = perf_counter()
        await ask()
        took.append(perf_counter() - began_s)
    return median(took[1:])


def _bare_s(path: Path, times: int) -> float:
    connection = sqlite3.connect(path)
    try:
        series, first_us, last_us = connection.execute(
            "SELECT series, min(time_us), max(time_us) FROM readings WHERE series = "
            "(SELECT min(id) FROM series)"
        ).fetchone()
        width_us = max(1, (last_us - first_us) // POINTS)
        asked = (series, width_us)
        (took_s,) = in_turn(
            min(times, 5),
            partial(seconds_of, lambda: connection.execute(_GROUPED, asked).fetchall()),
        )
        return took_s
    finally:
        connection.close()
