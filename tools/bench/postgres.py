"""Readings stored per second by the leader's recorder in PostgreSQL, beside COPY alone."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from math import ceil
from statistics import median
from time import perf_counter

import psycopg

from orchestrator.messages.codec import encode
from orchestrator.store.postgres import open_store
from orchestrator.store.postgres.copy import COPY_READINGS, packed
from tools.bench.figure import Figure
from tools.bench.made_readings import batches
from tools.bench.postgres_server import empty_database, find_postgres, postgres_serving
from tools.bench.recorded import LIMIT_S, stored_figure
from tools.bench.recording import feed, inbox, recording_alone
from tools.bench.size import Size

HOW = "in PostgreSQL, without a broker"
BARE = "psycopg's COPY alone"
_TABLE = b"""
CREATE SCHEMA bare;
SET search_path = bare;
CREATE TABLE readings (series BIGINT, time_us BIGINT, number BIGINT, value DOUBLE PRECISION,
                       wall_shift_us BIGINT, PRIMARY KEY (series, time_us, number))
"""


def measure(size: Size) -> list[Figure]:
    """Single readings, tens and hundreds as fast as they are taken."""
    if find_postgres() is None:
        return []
    with postgres_serving() as url:
        return [_stored(each, size, url) for each in (1, 10, 100)]


def _stored(per_message: int, size: Size, url: str) -> Figure:
    single = per_message == 1
    count = size.of(200, 20_000, 50_000) if single else size.of(200, 100_000, 500_000)
    ours: list[tuple[float, int]] = []
    bare_s: list[float] = []
    for _ in range(size.of(1, 3, 5)):
        with empty_database(url) as here:
            ours.append(asyncio.run(_record(count, per_message, here)))
            bare_s.append(_bare(count, ceil(count / ours[-1][1]), here))
    burst = ceil(count / median(commits for _, commits in ours))
    figure = stored_figure(
        per_message,
        count / median(took_s for took_s, _ in ours),
        count / median(bare_s),
        bare=BARE,
        how=HOW,
        note=f"commits of {burst} readings, on both sides",
    )
    return replace(figure, budget=None, quoted="a prototype's asyncpg COPY 571 k/s")


async def _record(count: int, per_message: int, url: str) -> tuple[float, int]:
    """Seconds and commits for so many readings."""
    payloads = [encode(batch) for batch in batches(count, per_message)]
    into = inbox()
    async with recording_alone(await open_store(url), into) as kept:
        began_s = perf_counter()
        feeding = asyncio.ensure_future(feed(into, payloads, kept, per_message))
        await kept.until(count, LIMIT_S)
        took_s = perf_counter() - began_s
        await feeding
        assert into.dropped == 0
    return took_s, kept.commits


def _bare(count: int, burst: int, url: str) -> float:
    """Copy as many rows in binary form, committing as often."""
    rows = [(n % 8, 5_000_000 * (n // 8), n, 0.5 + 1e-6 * n, 0) for n in range(count)]
    with closing(psycopg.connect(url)) as connection:
        connection.execute(_TABLE)
        connection.commit()
        began_s = perf_counter()
        for first in range(0, count, burst):
            with connection.cursor() as cursor, cursor.copy(COPY_READINGS) as copy:
                copy.write(packed(rows[first : first + burst]))
            connection.commit()
        return perf_counter() - began_s
