"""Readings stored per second by the leader's recorder, and how soon each can be seen."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter

from orchestrator.leader.record import Arrived
from orchestrator.messages import topics
from orchestrator.messages.codec import encode
from orchestrator.messages.outbox import Batch
from orchestrator.ports.link import Arrival
from orchestrator.store.sqlite import open_store
from tools.bench.figure import Figure
from tools.bench.made_readings import OUTBOX, batches, reading
from tools.bench.recorded import LIMIT_S, PER_SECOND, ages_at, stored_figure, visible_figures
from tools.bench.recording import WORKER, feed, inbox, recording_alone
from tools.bench.size import Size

HOW = "without a broker"
BARE = "sqlite3 alone"
_INSERT = "INSERT OR IGNORE INTO readings VALUES (?, ?, ?, ?)"


def measure(size: Size) -> list[Figure]:
    """Single readings and batches as fast as they are taken, then a steady stream."""
    return [_stored(each, size) for each in (1, 10, 100)] + _visible(size)


def _stored(per_message: int, size: Size) -> Figure:
    single = per_message == 1
    count = size.of(200, 20_000, 100_000) if single else size.of(200, 200_000, 1_000_000)
    times = size.of(1, 3, 5)
    taken = [asyncio.run(_record(count, per_message)) for _ in range(times)]
    burst = ceil(count / median(commits for _, commits in taken))
    return stored_figure(
        per_message,
        count / median(took_s for took_s, _ in taken),
        count / median(_bare(count, burst) for _ in range(times)),
        bare=BARE,
        how=HOW,
        note=f"commits of {burst} readings, on both sides",
    )


async def _record(count: int, per_message: int) -> tuple[float, int]:
    """Seconds and commits for so many readings."""
    payloads = [encode(batch) for batch in batches(count, per_message)]
    into = inbox()
    with TemporaryDirectory() as folder:
        async with recording_alone(await open_store(Path(folder) / "store.sqlite"), into) as kept:
            began_s = perf_counter()
            feeding = asyncio.ensure_future(feed(into, payloads, kept, per_message))
            await kept.until(count, LIMIT_S)
            took_s = perf_counter() - began_s
            await feeding
            assert into.dropped == 0
    return took_s, kept.commits


def _bare(count: int, burst: int) -> float:
    """Insert as many rows with sqlite3 alone, committing as often."""
    rows = [(n % 8, 5_000_000 * (n // 8), n, 0.5 + 1e-6 * n) for n in range(count)]
    with _bare_store() as connection:
        began_s = perf_counter()
        for first in range(0, count, burst):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_INSERT, rows[first : first + burst])
            connection.execute("COMMIT")
        return perf_counter() - began_s


def _visible(size: Size) -> list[Figure]:
    seconds = size.of(0.2, 4.0, 10.0)
    ours = asyncio.run(_steady(seconds))
    return visible_figures(ours, _bare_steady(min(seconds, 4.0)), bare=BARE, how=HOW)


async def _steady(seconds: float) -> list[float]:
    """How old each reading of a steady stream is when its commit is known."""
    into, ages = inbox(), list[float]()

    def hear(burst: Sequence[Arrived]) -> None:
        now_s = monotonic()
        for _, batch in burst:
            ages.extend(ages_at(now_s, batch))

    with TemporaryDirectory() as folder:
        async with recording_alone(await open_store(Path(folder) / "store.sqlite"), into) as kept:
            kept.hear = hear
            count = int(PER_SECOND * seconds)
            began_s = monotonic()
            for number in range(1, count + 1):
                wait_s = began_s + number / PER_SECOND - monotonic()
                if wait_s > 0.0:
                    await asyncio.sleep(wait_s)
                one = reading(monotonic(), 0.5)
                batch = Batch(outbox=OUTBOX, first=number, last=number, records=[one])
                topic = topics.outbox(WORKER)
                into.put(Arrival(topic=topic, payload=encode(batch), retained=False))
            await kept.until(count, LIMIT_S)
    return ages


def _bare_steady(seconds: float) -> list[float]:
    """A commit for each reading, in this thread."""
    ages = []
    with _bare_store() as connection:
        for number in range(int(PER_SECOND * seconds)):
            measured_s = monotonic()
            connection.execute(_INSERT, (1, round(measured_s * 1e6), number, 0.5))
            ages.append(monotonic() - measured_s)
    return ages


@contextmanager
def _bare_store() -> Iterator[sqlite3.Connection]:
    with TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "bare.sqlite", isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(
                "CREATE TABLE readings (series INTEGER, time_us INTEGER, number INTEGER, "
                "value REAL, PRIMARY KEY (series, time_us, number)) WITHOUT ROWID"
            )
            yield connection
        finally:
            connection.close()
