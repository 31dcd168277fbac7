"""The leader's recorder over a store in a database, fed without a broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from orchestrator.hardware.clock import SystemClock
from orchestrator.leader.pace import Pace
from orchestrator.leader.record import Arrived, Record
from orchestrator.leader.service import OUTBOX_MESSAGES_MAX
from orchestrator.messages import topics
from orchestrator.ports.link import Arrival, Link, Overflow, Subscription
from orchestrator.store.tables import SqlStore
from orchestrator.transport.inbox import Inbox
from orchestrator.transport.memory import MemoryBroker, MemoryLink

WORKER = "bench"
LIMIT_S = 10.0
AT_ONCE = 200
"""Messages that a socket may hand over before anybody else has a turn."""


class Recording:
    """Counts what is stored, and tells whoever waits for it."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.stored = 0
        self.commits = 0
        self.hear: Callable[[Sequence[Arrived]], None] = lambda _: None
        self._more = asyncio.Event()

    async def until(self, stored: int, limit_s: float) -> None:
        """Return once so many readings are committed; costs nothing meanwhile."""
        async with asyncio.timeout(limit_s):
            while self.stored < stored:
                self._more.clear()
                await self._more.wait()

    def recorded(self, burst: Sequence[Arrived]) -> None:
        """These are committed."""
        self.hear(burst)
        self.commits += 1
        self.stored += sum(len(batch.records) for _, batch in burst)
        self._more.set()


@asynccontextmanager
async def recording(
    store: SqlStore, subscription: Subscription, link: Link
) -> AsyncIterator[Recording]:
    """A recorder at work on what arrives in a subscription; acceptances leave by the link.

    It closes the store.
    """
    kept = Recording(store)
    record = Record(
        store,
        link,
        SystemClock(),
        Pace(),
        recorded=kept.recorded,
        hear=lambda worker: worker,
        refused=lambda _: None,  # its retries are in the figures
    )
    parts = (record.take_in(subscription), record.commit(), record.accept())
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        yield kept
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await store.close()
    for task in tasks:
        if not task.cancelled():
            task.result()


@asynccontextmanager
async def recording_alone(store: SqlStore, subscription: Subscription) -> AsyncIterator[Recording]:
    """The same, with nobody at the other end to hear what is accepted."""
    async with MemoryLink(MemoryBroker(), identifier="leader") as link:
        await link.wait_connected(LIMIT_S)
        async with recording(store, subscription, link) as kept:
            yield kept


def inbox() -> Inbox:
    """As the leader subscribes to outboxes."""
    limit = OUTBOX_MESSAGES_MAX
    return Inbox((topics.every_worker("outbox"),), limit=limit, overflow=Overflow.DROP_NEWEST)


async def feed(into: Inbox, payloads: Sequence[bytes], kept: Recording, per_message: int) -> None:
    """Hand messages over as a socket would, never more than the inbox has room for."""
    topic = topics.outbox(WORKER)
    room = OUTBOX_MESSAGES_MAX // 2
    for first in range(0, len(payloads), AT_ONCE):
        await kept.until((first - room) * per_message, LIMIT_S)
        for payload in payloads[first : first + AT_ONCE]:
            into.put(Arrival(topic=topic, payload=payload, retained=False))
        await asyncio.sleep(0)
