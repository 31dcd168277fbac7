"""Readings in SQLite: what is kept once, what is rolled up, and when things were measured."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.messages.outbox import Batch, ReadingRecord
from orchestrator.store.sqlite import open_store
from orchestrator.store.tables import SqlStore

WALL = 1_800_000_000.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    made = await open_store(tmp_path / "s")
    yield made
    await made.close()


def reading(process_s: float, value: float = 1.0, **more: Any) -> ReadingRecord:
    given: dict[str, Any] = {
        "run": "e.1:v",
        "revision": 1,
        "signal": "od600",
        "wall_s": WALL + process_s,
        "boot": "b1",
        "monotonic_s": process_s + 7,
    }
    return ReadingRecord(process_s=process_s, value=value, **{**given, **more})


class Outbox:
    """Numbers what it commits."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.number = 0

    async def commit(self, *records: ReadingRecord) -> None:
        first, self.number = self.number + 1, self.number + len(records)
        batch = Batch(outbox="box", first=first, last=self.number, records=list(records))
        await self.store.commit([("w", batch)], at_wall_s=WALL)


def ask(store: SqlStore, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    path = store._writer._connection.execute("PRAGMA database_list").fetchone()[2]
    connection = sqlite3.connect(path)
    rows = connection.execute(statement, parameters).fetchall()
    connection.close()
    return rows


async def test_rule_6_readings_get_their_wall_time_when_it_is_known(store: SqlStore) -> None:
    box = Outbox(store)
    await box.commit(*[reading(n, wall_s=None, monotonic_s=n + 7) for n in range(10)])
    assert await store.curves("e", signals=["od600"], clock="wall") == []
    # Trusted at last: elapsed time jumps by the hour that the outage lasted.
    await box.commit(reading(3610, wall_s=WALL, monotonic_s=17))
    (curve,) = await store.curves("e", signals=["od600"], clock="wall")
    assert curve.at_s == pytest.approx([WALL - 10 + n for n in range(11)])
    await box.commit(reading(8.5, wall_s=None, monotonic_s=15.5))
    rows = [row async for rows in store.export_readings("e") for row in rows]
    assert [row.wall_s for row in rows if row.process_s == 8.5] == [pytest.approx(WALL - 1.5)]


async def test_another_boot_says_nothing_about_this_ones_wall_time(store: SqlStore) -> None:
    box = Outbox(store)
    await box.commit(reading(1, wall_s=None), reading(5, boot="b2"))
    (curve,) = await store.curves("e", signals=["od600"], clock="wall")
    assert curve.at_s == [WALL + 5]


async def test_a_drifting_clock_stays_in_its_series_and_a_set_one_does_not(
    store: SqlStore,
) -> None:
    box = Outbox(store)
    await box.commit(*[reading(n, wall_s=WALL + n * 1.0005) for n in range(1000)])
    assert ask(store, "SELECT count(*) FROM series") == [(1,)]
    rows = [row async for rows in store.export_readings("e") for row in rows]
    assert [row.wall_s for row in rows] == pytest.approx(
        [WALL + n * 1.0005 for n in range(1000)], abs=2e-6
    )
    await box.commit(*[reading(n, wall_s=WALL + n + 3600) for n in range(1000, 1010)])
    assert ask(store, "SELECT count(*) FROM series") == [(2,)]


async def test_a_wall_clock_without_sense_does_not_fill_the_store_with_series(
    store: SqlStore,
) -> None:
    box, chance = Outbox(store), random.Random(9)
    told = [WALL + chance.uniform(-1e7, 1e7) for _ in range(500)]
    await box.commit(*[reading(n, wall_s=wall_s) for n, wall_s in enumerate(told)])
    ((series,),) = ask(store, "SELECT count(*) FROM series")
    assert series <= 16
    (curve,) = await store.curves("e", signals=["od600"], clock="wall")
    assert curve.at_s == pytest.approx(sorted(told), abs=1e-5)
    (later,) = await store.curves("e", signals=["od600"], clock="wall", from_s=WALL)
    assert later.at_s == pytest.approx([at_s for at_s in sorted(told) if at_s >= WALL], abs=1e-5)


async def test_rollups_are_what_the_readings_say_whatever_their_order(store: SqlStore) -> None:
    box = Outbox(store)
    chance = random.Random(5)
    records = [
        reading(chance.uniform(0, 3000), chance.gauss(0, 1), signal=f"s{chance.randrange(3)}")
        for _ in range(3000)
    ]
    for first in range(0, 3000, 70):
        await box.commit(*records[first : first + 70])
    for minutes in (1, 10):
        rolled = ask(
            store,
            "SELECT series, number, n, minimum, maximum, total FROM rollups WHERE minutes = ?",
            minutes,
        )
        raw = ask(
            store,
            "SELECT series, time_us / (60000000 * ?1), count(*), min(value), max(value), "
            "sum(value) FROM readings JOIN series ON series.id = series "
            "WHERE time_us < rolled_us / (60000000 * ?1) * (60000000 * ?1) GROUP BY 1, 2",
            minutes,
        )
        assert len(rolled) == len(raw) >= 12
        for one, other in zip(sorted(rolled), sorted(raw), strict=True):
            assert one == pytest.approx(other)


async def test_a_restart_goes_on_with_open_minutes_and_known_series(tmp_path: Path) -> None:
    for first in range(0, 400, 40):
        store = await open_store(tmp_path / "s")
        box = Outbox(store)
        box.number = first
        await box.commit(*[reading(n * 5.0, float(n)) for n in range(first, first + 40)])
        if first == 360:
            (curve,) = await store.curves("e", signals=["od600"], points=5)
            assert sum(curve.count) == 400
            assert sum(c * m for c, m in zip(curve.count, curve.mean, strict=True)) == sum(
                range(400)
            )
            assert ask(store, "SELECT count(*) FROM series") == [(1,)]
        await store.close()


async def test_a_reading_takes_few_bytes(store: SqlStore, tmp_path: Path) -> None:
    box = Outbox(store)
    chance = random.Random(1)
    for start in range(0, 5000, 100):
        await box.commit(
            *[
                reading(n * 5.0 + s / 8, chance.random(), signal=f"s{s}")
                for n in range(start, start + 100)
                for s in range(8)
            ]
        )
    ((pages,),) = ask(store, "PRAGMA page_count")
    ((size,),) = ask(store, "PRAGMA page_size")
    assert pages * size / 40_000 < 45
