"""Batches, exactly once."""

from __future__ import annotations

import random

import pytest

from orchestrator.messages.outbox import (
    Batch,
    Record,
    ThinnedRecord,
)
from orchestrator.ports.store import Store
from tests.support.stores import KEY, RUN, WALL, batch, commit, entry, reading


async def test_rule_16_doubled_and_reordered_batches_are_kept_once(store: Store) -> None:
    records: list[Record] = [reading(number * 5.0, number / 10) for number in range(400)]
    records[10:10] = [entry("alert", 50.0, text="warm", severity="warning")]
    records[200:200] = [entry("dose_began", 990, "d1", pump="feed_pump", volume_ml=1.0)]
    batches = []
    chance = random.Random(16)
    for _ in range(60):
        first = chance.randrange(len(records))
        last = min(len(records), first + chance.randrange(1, 40))
        batches.append(batch(first + 1, records[first:last]))
    batches += [batch(at + 1, records[at : at + 25]) for at in range(0, len(records), 25)]
    chance.shuffle(batches)
    for at in range(0, len(batches), 7):
        await store.commit(batches[at : at + 7], at_wall_s=WALL)
    held = await store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 402)]
    assert (held.readings, held.entries) == (400, 2)
    assert held.doubled == sum(len(one.records) for _, one in batches) - 402
    rows = [row async for rows in store.export_readings("20270115-a") for row in rows]
    assert [row.value for row in rows] == [number / 10 for number in range(400)]
    assert len((await store.alerts()).items) == 1
    (curve,) = await store.curves("20270115-a", signals=["od600"], points=10)
    assert sum(curve.count) == 400


async def test_a_commit_answers_with_what_is_held(store: Store) -> None:
    answers = await store.commit(
        [batch(5, [reading(1, 1), reading(2, 2)]), batch(1, [reading(3, 3)], "second")],
        at_wall_s=WALL,
    )
    assert [(answer.outbox, answer.ranges) for answer in answers] == [
        ("box", [(5, 6)]),
        ("second", [(1, 1)]),
    ]
    assert [held.outbox for held in await store.outboxes()] == ["box", "second"]
    assert await store.outbox("nowhere") is None


async def test_holes_in_an_outbox_stay_visible_until_they_are_filled(store: Store) -> None:
    for first in (1, 7, 4, 10):
        await commit(store, reading(first, 1.0), reading(first + 1, 1.0), first=first)
    held = await store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 2), (4, 5), (7, 8), (10, 11)]
    await commit(store, *[reading(number, 1.0) for number in range(2, 9)], first=2)
    held = await store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 8), (10, 11)]
    assert (held.readings, held.doubled) == (10, 5)


async def test_rule_16_a_number_whose_reading_was_thinned_is_held_and_stands_for_nothing(
    store: Store,
) -> None:
    """What came before stays; so does what a number was first taken for."""
    await commit(store, reading(0.0, 1.0))
    await commit(store, ThinnedRecord(), ThinnedRecord(), reading(10.0, 2.0))
    held = await store.outbox("box")
    assert held is not None
    assert (list(held.ranges), held.readings, held.entries) == ([(1, 3)], 2, 0)
    rows = [row async for rows in store.export_readings("20270115-a") for row in rows]
    assert [row.value for row in rows] == [1.0, 2.0]


async def test_a_batch_that_contradicts_itself_is_refused_whole(store: Store) -> None:
    wrong = Batch(outbox="box", first=1, last=3, records=[reading(1, 1.0)])
    with pytest.raises(ValueError, match="1 to 3"):
        await store.commit([batch(9, [reading(1, 1.0)]), ("bench", wrong)], at_wall_s=WALL)
    assert await store.signals("20270115-a") == []
    await commit(store, reading(1, 1.0), first=9)
    assert await store.signals("20270115-a") == [("v1", "od600")]


async def test_an_entry_that_makes_no_sense_is_kept_and_told_of(store: Store) -> None:
    await commit(
        store,
        entry("phase_entered", 1.0, visit="many"),
        entry("action_ended", 2.0, KEY, outcome="splendid"),
        entry("a kind of tomorrow", 3.0, anything=[1]),
        entry("dose_ended", 4.0, "d1", volume_ml=2.0, outcome="done", pump={"odd": 1}),
    )
    assert [line.kind for line in await store.ledger(RUN)] == [
        "phase_entered",
        "action_ended",
        "a kind of tomorrow",
        "dose_ended",
    ]
    logs = [event for event in await store.events_after(0) if event.kind == "log"]
    assert ["makes no sense" in event.data["text"] for event in logs] == [True, True]
    assert (await store.actions("20270115-a")).items == []
    assert len((await store.doses("20270115-a")).items) == 1


async def test_a_ledger_is_read_in_portions(store: Store) -> None:
    await commit(store, *[entry("tick", number) for number in range(5)], reading(3, 3.0))
    first = await store.ledger(RUN, limit=3)
    rest = await store.ledger(RUN, after=first[-1].number, limit=3)
    assert [line.process_s for line in [*first, *rest]] == [0, 1, 2, 3, 4]
    assert await store.ledger("elsewhere") == []


async def test_kinds_that_nobody_asks_for_are_left_out_of_a_ledger(store: Store) -> None:
    lines = [entry("tick" if number % 2 else "note", number) for number in range(6)]
    await commit(store, *lines)
    noted = await store.ledger(RUN, limit=2, without={"tick"})
    assert [line.process_s for line in noted] == [0, 2]
    rest = await store.ledger(RUN, after=noted[-1].number, without={"tick"})
    assert [line.process_s for line in rest] == [4]
    assert await store.ledger(RUN, without={"tick", "note"}) == []
