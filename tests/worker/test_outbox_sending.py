"""SEMANTICS rule 16: what was measured reaches the store, once, whoever was away meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest

from orchestrator.journal.memory import MemoryJournal
from orchestrator.messages import topics
from orchestrator.messages.codec import decode, encode
from orchestrator.messages.outbox import Accepted, Batch, ReadingRecord, ThinnedRecord
from orchestrator.ports.link import LinkDown
from orchestrator.transport.memory import Faults, MemoryBroker, MemoryLink
from orchestrator.worker import outbox as outbox_module
from orchestrator.worker.outbox import Outbox

WORKER, RUN = "w1", "1.1:a"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "RESEND_S", 0.05)
    monkeypatch.setattr(outbox_module, "RESEND_S_MAX", 0.1)


class Store:
    """A leader's recorder: keeps records by number, accepts what it has."""

    def __init__(self, link: MemoryLink) -> None:
        self.link = link
        self.kept: dict[int, object] = {}
        self.seen = 0

    async def run(self) -> None:
        async with self.link, self.link.subscribe(topics.outbox(WORKER)) as arrivals:
            async for arrival in arrivals:
                batch = decode(arrival.payload, Batch)
                self.seen += len(batch.records)
                for number, record in enumerate(batch.records, start=batch.first):
                    kept = self.kept.setdefault(number, record)
                    assert kept != ThinnedRecord(), "nothing was thinned"
                    assert record in (kept, ThinnedRecord()), "it is the same, or had been accepted"
                accepted = Accepted(outbox=batch.outbox, ranges=[(batch.first, batch.last)])
                try:
                    await self.link.publish(topics.outbox_accepted(WORKER), encode(accepted))
                except LinkDown:
                    continue


@asynccontextmanager
async def sending(broker: MemoryBroker, journal: MemoryJournal) -> AsyncIterator[Outbox]:
    link = MemoryLink(broker, identifier=WORKER)
    outbox = Outbox(WORKER, link, journal)

    async def listen() -> None:
        async with link.subscribe(topics.outbox_accepted(WORKER)) as arrivals:
            async for arrival in arrivals:
                await outbox.accept(decode(arrival.payload, Accepted))

    async def greet() -> None:
        outbox.again()

    link.on_connect(greet)
    async with link:
        tasks = [asyncio.create_task(outbox.run()), asyncio.create_task(listen())]
        try:
            yield outbox
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


@asynccontextmanager
async def recording(store: Store) -> AsyncIterator[Store]:
    task = asyncio.create_task(store.run())
    try:
        yield store
    finally:
        task.cancel()
        await asyncio.wait((task,))


def measure(journal: MemoryJournal, first: int, last: int) -> None:
    for number in range(first, last + 1):
        reading = ReadingRecord(RUN, 1, "od600", float(number), None, float(number))
        journal.record(RUN, [], [reading])


async def until_empty(journal: MemoryJournal) -> None:
    async with asyncio.timeout(10.0):
        while journal.level().waiting:
            await asyncio.sleep(0.01)


async def test_rule_16_days_without_a_leader_are_caught_up_with() -> None:
    broker, journal = MemoryBroker(), MemoryJournal()
    store = Store(MemoryLink(broker, identifier="leader"))
    async with sending(broker, journal):
        measure(journal, 1, 20_000)
        await asyncio.sleep(0.3)
        assert journal.level().waiting == 20_000
        async with recording(store):
            await until_empty(journal)
            measure(journal, 20_001, 20_010)
            await until_empty(journal)
    assert sorted(store.kept) == [*range(1, 20_011)]


async def test_rule_16_a_broker_that_was_away_is_caught_up_with() -> None:
    broker, journal = MemoryBroker(), MemoryJournal()
    store = Store(MemoryLink(broker, identifier="leader"))
    async with sending(broker, journal), recording(store):
        measure(journal, 1, 100)
        await until_empty(journal)
        broker.stop(forget=True)
        measure(journal, 101, 3000)
        await asyncio.sleep(0.1)
        assert journal.level().waiting == 2900
        broker.start()
        await until_empty(journal)
    assert sorted(store.kept) == [*range(1, 3001)]


@pytest.mark.parametrize("seed", range(5))
async def test_rule_16_lost_and_doubled_messages_lose_and_double_nothing(seed: int) -> None:
    faults = Faults(lost=0.2, unconfirmed=0.2, doubled=0.2)
    broker = MemoryBroker(faults=faults, random=Random(seed))
    journal = MemoryJournal()
    store = Store(MemoryLink(broker, identifier="leader"))
    async with sending(broker, journal), recording(store):
        for first in range(1, 2000, 100):
            measure(journal, first, first + 99)
            await asyncio.sleep(0)
        await until_empty(journal)
    assert sorted(store.kept) == [*range(1, 2001)]


async def test_rule_16_nothing_is_forgotten_on_behalf_of_another_outbox() -> None:
    journal = MemoryJournal()
    outbox = Outbox(WORKER, MemoryLink(MemoryBroker(), identifier=WORKER), journal)
    measure(journal, 1, 5)
    await outbox.accept(Accepted(outbox="somebody else's", ranges=[(1, 5)]))
    assert journal.level().waiting == 5


async def test_rule_16_news_do_not_keep_what_was_not_accepted_from_being_sent_again() -> None:
    """A leader whose disk was full accepts again: by then as many batches as may be are in flight,
    and new readings come more often than it is looked whether something has to be sent again."""
    broker, journal = MemoryBroker(), MemoryJournal()
    deaf = MemoryLink(broker, identifier="deaf leader")
    number = 0
    async with sending(broker, journal), deaf:
        for number in range(1, 8):
            measure(journal, number, number)
            await asyncio.sleep(0.02)
        async with recording(Store(MemoryLink(broker, identifier="leader"))) as store:
            async with asyncio.timeout(5.0):
                while 1 not in store.kept:
                    number += 1
                    measure(journal, number, number)
                    await asyncio.sleep(0.02)
            await until_empty(journal)
    assert sorted(store.kept) == list(range(1, number + 1))


class SlowJournal(MemoryJournal):
    """Its disk takes a while to read what is to be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def next_batch(self, after: int, limit: int) -> Batch | None:
        self.reading.set()
        await self.go_on.wait()
        return await super().next_batch(after, limit)


async def test_rule_16_a_leader_that_comes_while_the_disk_is_read_misses_nothing() -> None:
    """The first batch went to nobody. While the second is read from a slow disk, a leader says that
    it is there: sending begins with the oldest, not with the batch that was on its way."""
    broker, journal = MemoryBroker(), SlowJournal()
    async with sending(broker, journal) as outbox:
        measure(journal, 1, 3)
        while outbox._sent < 3:
            await asyncio.sleep(0.001)
        journal.go_on.clear()
        journal.reading.clear()
        measure(journal, 4, 4)
        await journal.reading.wait()
        async with recording(Store(MemoryLink(broker, identifier="leader"))) as store:
            while not store.link.connected:
                await asyncio.sleep(0.001)
            outbox.again()
            journal.go_on.set()
            await asyncio.sleep(0.02)
            assert min(store.kept, default=0) == 1, "the oldest comes first"
            await until_empty(journal)
    assert sorted(store.kept) == [1, 2, 3, 4]


async def test_rule_6_the_leaders_time_counts_for_what_was_sent_once_only() -> None:
    """Of a batch that was sent again nobody knows which time was answered."""
    broker, journal, heard = MemoryBroker(), MemoryJournal(), list[tuple[float, float]]()
    link = MemoryLink(broker, identifier=WORKER)
    outbox = Outbox(WORKER, link, journal, lambda wall_s, since_s: heard.append((wall_s, since_s)))
    loop = asyncio.get_running_loop()

    async def accept(first: int, last: int, at_wall_s: float | None) -> None:
        box = journal.level().outbox
        accepted = Accepted(outbox=box, ranges=[(first, last)], at_wall_s=at_wall_s)
        await outbox.accept(accepted)

    async with link:
        running = asyncio.create_task(outbox.run())
        before_s = loop.time()
        measure(journal, 1, 5)
        await asyncio.sleep(0.05)
        sent_s = loop.time()
        await accept(1, 5, 1.8e9)
        measure(journal, 6, 9)
        await asyncio.sleep(0.05)
        outbox.again()
        await asyncio.sleep(0.05)
        await accept(6, 9, 1.8e9 + 1.0)
        measure(journal, 10, 10)
        await asyncio.sleep(0.05)
        await accept(10, 10, None)
        running.cancel()
        await asyncio.wait((running,))
    [(wall_s, since_s)] = heard
    assert wall_s == 1.8e9
    assert before_s <= since_s <= sent_s
