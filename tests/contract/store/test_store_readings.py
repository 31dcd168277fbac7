"""What was measured, as it is asked for."""

from __future__ import annotations

import random

import pytest

from orchestrator.ports.store import Store
from tests.support.stores import WALL, commit, reading


async def test_curves_are_as_measured_where_points_are_few(store: Store) -> None:
    await commit(store, *[reading(number * 5.0, number * 1.5) for number in range(20)])
    (curve,) = await store.curves("20270115-a", signals=["od600"], points=20)
    assert curve.resolution_s == 0
    assert curve.at_s == [number * 5.0 for number in range(20)]
    assert curve.mean == curve.maximum == [number * 1.5 for number in range(20)]
    (part,) = await store.curves("20270115-a", signals=["od600"], from_s=10, to_s=20)
    assert part.at_s == [10, 15, 20]
    (wall,) = await store.curves(
        "20270115-a", signals=["od600"], clock="wall", from_s=WALL + 10, to_s=WALL + 20
    )
    assert wall.at_s == [WALL + 10, WALL + 15, WALL + 20]
    assert await store.curves("20270115-a", signals=["od600"], from_s=1000) == []
    assert await store.curves("20270115-a", signals=[]) == []
    assert await store.curves("20270115-a", signals=["temperature.measured"]) == []


@pytest.mark.parametrize("points", [3, 37, 150, 1999])
@pytest.mark.parametrize(("from_s", "to_s"), [(None, None), (1234.5, 7777.7)])
async def test_curves_keep_every_spike_however_few_points_there_are(
    store: Store, points: int, from_s: float | None, to_s: float | None
) -> None:
    chance = random.Random(points)
    measured = [(number * 5.0, chance.gauss(0, 1)) for number in range(2000)]
    await commit(store, *[reading(at_s, value) for at_s, value in measured])
    (curve,) = await store.curves(
        "20270115-a", signals=["od600"], from_s=from_s, to_s=to_s, points=points
    )
    inside = [
        (at_s, value)
        for at_s, value in measured
        if (from_s or 0) <= at_s <= (to_s if to_s is not None else 1e9)
    ]
    assert len(curve.at_s) <= points
    assert sum(curve.count) == len(inside)
    assert (min(curve.minimum), max(curve.maximum)) == (
        min(value for _, value in inside),
        max(value for _, value in inside),
    )
    if curve.resolution_s:
        for at_s, mean, count in zip(curve.at_s, curve.mean, curve.count, strict=True):
            values = [v for t, v in inside if at_s <= t < at_s + curve.resolution_s - 1e-7]
            assert len(values) == count
            assert mean == pytest.approx(sum(values) / count)


async def test_late_readings_are_in_the_curve(store: Store) -> None:
    await commit(store, *[reading(number * 5.0, 1.0) for number in range(0, 2000, 2)])
    await commit(store, *[reading(number * 5.0, 5.0) for number in range(1999, 0, -2)], first=1001)
    (curve,) = await store.curves("20270115-a", signals=["od600"], points=20)
    assert sum(curve.count) == 2000
    assert set(curve.minimum) == {1.0}
    assert set(curve.maximum) == {5.0}


async def test_one_curve_joins_boots_outboxes_and_revisions(store: Store) -> None:
    await commit(store, *[reading(number, 1.0) for number in range(300)])
    await commit(
        store,
        *[reading(number, 2.0, boot="b2", revision=2, wall_s=None) for number in range(300, 600)],
        outbox="after the fire",
    )
    (whole,) = await store.curves("20270115-a", signals=["od600"], points=1000)
    assert whole.at_s == list(range(600))
    (rough,) = await store.curves("20270115-a", signals=["od600"], points=5)
    assert sum(rough.count) == 600
    (wall,) = await store.curves("20270115-a", signals=["od600"], clock="wall")
    assert len(wall.at_s) == 300
    (newest,) = await store.latest("20270115-a")
    assert (newest.process_s, newest.value, newest.wall_s) == (599, 2.0, None)


async def test_a_wall_clock_that_was_set_moves_only_what_comes_after(store: Store) -> None:
    await commit(store, reading(10, 1.0), reading(20, 1.0))
    await commit(store, reading(30, 1.0, wall_s=WALL + 30.2), first=3)
    await commit(store, reading(40, 1.0, wall_s=WALL + 3640), first=4)
    await commit(store, reading(25, 1.0, wall_s=WALL + 25), first=5)
    (curve,) = await store.curves("20270115-a", signals=["od600"], clock="wall")
    assert curve.at_s == pytest.approx([WALL + s for s in (10, 20, 25, 30.2, 3640)], abs=1e-5)
    (later,) = await store.curves("20270115-a", signals=["od600"], clock="wall", from_s=WALL + 3000)
    assert later.at_s == pytest.approx([WALL + 3640])


async def test_several_signals_and_vessels_are_answered_at_once(store: Store) -> None:
    second = "20270115-a.1:v2"
    await commit(
        store,
        reading(1, 1.0),
        reading(2, 2.0),
        reading(1, 30.0, signal="temperature.measured"),
        reading(1, 3.0, run=second),
        reading(1, 4.0, run="20270115-b.1:v1"),
    )
    curves = await store.curves("20270115-a", signals=["od600", "temperature.measured"])
    assert [(curve.vessel, curve.signal, curve.mean) for curve in curves] == [
        ("v1", "od600", [1.0, 2.0]),
        ("v1", "temperature.measured", [30.0]),
        ("v2", "od600", [3.0]),
    ]
    (only,) = await store.curves("20270115-a", signals=["od600"], vessels=["v2"])
    assert only.vessel == "v2"
    assert await store.signals("20270115-a") == [
        ("v1", "od600"),
        ("v1", "temperature.measured"),
        ("v2", "od600"),
    ]
    latest = await store.latest("20270115-a", vessels=["v1"])
    assert [(one.signal, one.value, one.wall_s) for one in latest] == [
        ("od600", 2.0, WALL + 2),
        ("temperature.measured", 30.0, WALL + 1),
    ]


async def test_an_export_holds_every_reading_with_its_place(store: Store) -> None:
    for first in range(1, 12_001, 3000):
        numbers = range(first, first + 3000)
        await commit(
            store, *[reading(number / 10, float(number)) for number in numbers], first=first
        )
    await commit(
        store, reading(1, 30.0, signal="temperature.measured", calibration="c"), first=20_000
    )
    portions = [rows async for rows in store.export_readings("20270115-a")]
    rows = [row for portion in portions for row in portion]
    assert max(len(portion) for portion in portions) <= 5000
    assert [row.number for row in rows] == [*range(1, 12_001), 20_000]
    oldest, last = rows[0], rows[-1]
    assert (oldest.process_s, oldest.wall_s, oldest.vessel, oldest.signal, oldest.value) == (
        0.1,
        WALL + 0.1,
        "v1",
        "od600",
        1.0,
    )
    assert (last.worker, last.outbox, last.attempt, last.calibration) == (
        "bench",
        "box",
        "20270115-a.1",
        "c",
    )
    warm = [
        row
        async for rows in store.export_readings("20270115-a", signals=["temperature.measured"])
        for row in rows
    ]
    assert len(warm) == 1
    between = [
        row.number
        async for rows in store.export_readings("20270115-a", from_s=100.0, to_s=800.0)
        for row in rows
    ]
    assert between == [*range(1000, 8001)], "both ends belong to it, over several portions"
