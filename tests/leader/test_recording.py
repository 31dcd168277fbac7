"""Stored once, and accepted only then."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any, NoReturn

import pytest

from orchestrator.messages import topics
from orchestrator.messages.codec import encode
from orchestrator.messages.outbox import Batch
from orchestrator.ports.office import (
    LiveReadings,
)
from orchestrator.ports.store import StoreFull, StoreUnusable
from orchestrator.store.memory import MemoryStore
from orchestrator.transport.memory import Faults
from tests.support.leader_room import Room, soon
from tests.support.played_worker import WALL, entry, reading


async def test_rule_16_what_is_accepted_is_stored(room: Room) -> None:
    worker = await room.worker("bench")
    _, run = await room.begin(worker)
    for number in range(200):
        await worker.send(reading(run, number * 5.0, number))
    await soon(lambda: len(worker.accepted) == 201)
    held = await room.store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 201)]
    assert held.readings == 200


async def test_rule_16_each_record_is_stored_once_over_a_broker_that_doubles_and_loses(
    room: Room,
) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    await soon(lambda: worker.accepted == {1})
    room.broker.faults = Faults(lost=0.1, unconfirmed=0.1, doubled=0.3, delay_s_max=0.01)
    batches = [worker.batch(*[reading(run, n * 50.0 + k, n) for k in range(10)]) for n in range(50)]
    chance = Random(4)

    async def send_until_accepted() -> None:
        while True:
            due = [
                one for one in batches if not set(range(one.first, one.last + 1)) <= worker.accepted
            ]
            if not due:
                return
            chance.shuffle(due)
            for one in due:
                try:
                    await worker.link.publish(topics.outbox(worker.name), encode(one))
                except Exception as error:
                    assert "LinkDown" in type(error).__name__
            await asyncio.sleep(0.02)

    async with asyncio.timeout(20):
        await send_until_accepted()
    room.broker.faults = Faults()
    held = await room.store.outbox("box")
    assert held is not None
    assert list(held.ranges) == [(1, 501)]
    assert (held.readings, held.entries) == (500, 1)
    rows = [r async for rows in room.store.export_readings(experiment) for r in rows]
    assert len(rows) == 500
    assert len({row.number for row in rows}) == 500


async def test_a_leader_that_died_between_commit_and_acceptance_takes_nothing_twice(
    room: Room,
) -> None:
    worker = await room.worker("bench")
    _, run = await room.begin(worker)
    await soon(lambda: worker.accepted == {1})
    sent = worker.batch(reading(run, 5.0), entry(run, "alert", 5.0, text="warm"))
    await room.store.commit([("bench", sent)], at_wall_s=WALL)
    assert worker.accepted == {1}
    async with room.leading():
        await worker.link.publish(topics.outbox("bench"), encode(sent))
        await soon(lambda: worker.accepted == {1, 2, 3})
    held = await room.store.outbox("box")
    assert held is not None
    assert (held.readings, held.entries) == (1, 2)
    assert len((await room.store.alerts()).items) == 1


async def test_nothing_is_accepted_while_the_store_is_full(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = await room.worker("bench")
    _, run = await room.begin(worker)
    await soon(lambda: worker.accepted == {1})
    real, failures = room.store.commit, [StoreFull("no room")] * 2

    async def commit(*args: Any, **kwargs: Any) -> Any:
        if failures:
            raise failures.pop()
        return await real(*args, **kwargs)

    monkeypatch.setattr(room.store, "commit", commit)
    sent = worker.batch(reading(run, 5.0))
    await worker.link.publish(topics.outbox("bench"), encode(sent))
    await soon(lambda: len(failures) == 1)
    await asyncio.sleep(0.05)
    assert worker.accepted == {1}
    await worker.link.publish(topics.outbox("bench"), encode(sent))
    await soon(lambda: not failures)
    await worker.link.publish(topics.outbox("bench"), encode(sent))
    await soon(lambda: worker.accepted == {1, 2})


async def test_one_malformed_batch_holds_up_nobody(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker = await room.worker("bench")
    _, run = await room.begin(worker)
    real = room.store.commit

    async def commit(batches: Sequence[tuple[str, Batch]], **kwargs: Any) -> Any:
        if any(batch.outbox == "poison" for _, batch in batches):
            raise OverflowError("too large")
        return await real(batches, **kwargs)

    monkeypatch.setattr(room.store, "commit", commit)
    poison = Batch(outbox="poison", first=1, last=1, records=[reading(run, 1.0)])
    short = Batch(outbox="box", first=1, last=9, records=[reading(run, 1.0)])
    for payload in (b"{nonsense", encode(short), encode(poison)):
        await worker.link.publish(topics.outbox("bench"), payload)
    await worker.send(reading(run, 5.0))
    await soon(lambda: worker.accepted == {1, 2})
    assert "1 to 9 are not 1 records" in caplog.text
    assert "poison 1-1 cannot be kept" in caplog.text


async def test_a_leader_whose_store_was_taken_by_another_ends_and_says_just_that(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is a batch that cannot be kept, and no group of errors goes out."""
    worker = await room.worker("bench")
    displaced = Room(room.broker, MemoryStore(), room.clock, room.stack, leaders=room.leaders)
    asked: list[Any] = []

    async def commit(batches: Sequence[tuple[str, Batch]], **_: Any) -> NoReturn:
        asked.append(batches)
        raise StoreUnusable("the database is in use by another leader")

    monkeypatch.setattr(displaced.store, "commit", commit)
    with pytest.raises(StoreUnusable, match="in use by another leader"):
        async with displaced.leading():
            await worker.send(reading("e.1:v1", 5.0))
            await soon(lambda: asked)


async def test_a_leader_that_lost_its_place_orders_nothing_more_and_ends_though_it_writes_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = await room.worker("bench")
    displaced = Room(room.broker, MemoryStore(), room.clock, room.stack, leaders=room.leaders)
    lost: list[str] = []

    async def hold_place() -> None:
        if lost:
            raise StoreUnusable("the database is in use by another leader")

    def leaders() -> int:
        return sum(task.get_name() == "leader" for task in asyncio.all_tasks())

    monkeypatch.setattr(displaced.store, "hold_place", hold_place)
    with pytest.raises(StoreUnusable, match="in use by another leader"):
        async with displaced.leading() as leader:
            await leader._dispatch.publish("bench")
            await soon(lambda: worker.plans)
            lost.append("its place")
            before = len(worker.plans)
            with pytest.raises(StoreUnusable):
                await leader._dispatch.publish("bench")
            await soon(lambda: leaders() == 1)
            assert len(worker.plans) == before


async def test_a_thousand_batches_are_stored_in_a_moment(room: Room) -> None:
    worker = await room.worker("bench")
    _, run = await room.begin(worker)
    for number in range(1000):
        await worker.send(*[reading(run, number + k / 10) for k in range(10)])
    await soon(lambda: len(worker.accepted) == 10_001, within_s=20)


async def test_live_values_are_the_newest_a_few_times_a_second(room: Room) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    heard: list[LiveReadings] = []
    room.leader.on_readings(heard.extend)
    for number in range(100):
        await worker.send(
            reading(run, number, number), reading(run, number, 30.0, "temperature.measured")
        )
    await soon(lambda: heard and heard[-1].process_s == 99)
    assert heard[-1].values == {"od600": 99, "temperature.measured": 30.0}
    assert (heard[-1].experiment, heard[-1].vessel) == (experiment, "v1")
    assert [one.process_s for one in heard] == sorted(one.process_s for one in heard)
    await worker.send(reading(run, 50, 1.0))
    await soon(lambda: len(worker.accepted) == 202)
    await asyncio.sleep(0.05)
    assert heard[-1].process_s == 99
