"""Store what workers send, and only then accept it (SEMANTICS rule 16)."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Sequence

from orchestrator.leader.pace import Pace
from orchestrator.messages import topics
from orchestrator.messages.codec import BadMessage, decode, encode
from orchestrator.messages.outbox import Accepted, Batch
from orchestrator.ports.clock import Clock
from orchestrator.ports.link import Link, LinkDown, LinkRefused, Subscription
from orchestrator.ports.store import Store, StoreBusy, StoreFull, StoreUnusable

log = logging.getLogger(__name__)

Arrived = tuple[str, Batch]
"""worker, batch"""
WAITING_MAX = 2_000
"""Messages between the link and the store; beyond, the link drops what workers will send again."""

BUSY = 8
"""After a burst of so many messages the next is gathered for a moment; else nothing waits."""


class Record:
    """Takes batches in, commits them together, answers each worker."""

    def __init__(
        self,
        store: Store,
        link: Link,
        clock: Clock,
        pace: Pace,
        recorded: Callable[[Sequence[Arrived]], None],
        hear: Callable[[str], object],
        refused: Callable[[Exception], None],
    ) -> None:
        """`recorded` hears of what was committed, `hear` of whom anything came from, `refused` of
        why the store took nothing."""
        self._store = store
        self._link = link
        self._clock = clock
        self._pace = pace
        self._recorded = recorded
        self._hear = hear
        self._refused = refused
        self._waiting: deque[Arrived] = deque()
        self._some = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._to_accept: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        self._some_to_accept = asyncio.Event()
        self._retry_s = pace.retry_s
        self.malformed = 0
        """Messages on an outbox topic that could not be understood or kept."""

    async def take_in(self, subscription: Subscription) -> None:
        """Read what arrives, until the link is closed."""
        async for arrival in subscription:
            worker = topics.worker_of(arrival.topic)
            self._hear(worker)
            try:
                batch = _checked(decode(arrival.payload, Batch))
            except BadMessage as error:
                self._reject(worker, str(error))
                continue
            self._waiting.append((worker, batch))
            self._some.set()
            if len(self._waiting) >= WAITING_MAX:
                self._room.clear()
                await self._room.wait()

    async def commit(self) -> None:
        """Store what waits, burst by burst, until cancelled."""
        burst: Sequence[Arrived] = ()
        while True:
            await self._some.wait()
            if BUSY <= len(burst) < WAITING_MAX:
                await asyncio.sleep(self._pace.gather_s)
            burst = tuple(self._waiting)
            self._waiting.clear()
            self._some.clear()
            self._room.set()
            await self._keep(burst)

    async def accept(self) -> None:
        """Tell workers what was stored, until cancelled."""
        while True:
            await self._some_to_accept.wait()
            self._some_to_accept.clear()
            ranges, self._to_accept = self._to_accept, defaultdict(list)
            await asyncio.gather(
                *(self._tell(worker, outbox, held) for (worker, outbox), held in ranges.items())
            )

    async def _keep(self, burst: Sequence[Arrived]) -> None:
        try:
            accepted = await self._store.commit(burst, at_wall_s=self._clock.now().wall_s)
        except (StoreFull, StoreBusy) as error:
            self._refused(error)
            log.error(
                "%d batches were not stored, workers will send them again: %s", len(burst), error
            )
            await asyncio.sleep(self._retry_s)
            self._retry_s = min(2 * self._retry_s, self._pace.retry_s_max)
            return
        except StoreUnusable:
            raise
        except Exception as error:
            await self._keep_one_by_one(burst, error)
            return
        self._retry_s = self._pace.retry_s
        self._recorded(burst)
        self._note(burst, accepted)

    async def _keep_one_by_one(self, burst: Sequence[Arrived], error: Exception) -> None:
        """One batch that cannot be kept must not hold up the others."""
        if len(burst) > 1:
            for one in burst:
                await self._keep((one,))
            return
        ((worker, batch),) = burst
        log.error("batch %d of %s", batch.first, batch.outbox, exc_info=error)
        self._reject(worker, f"{batch.outbox} {batch.first}-{batch.last} cannot be kept: {error!r}")

    def _note(self, burst: Sequence[Arrived], accepted: Sequence[Accepted]) -> None:
        for (worker, _), one in zip(burst, accepted, strict=True):
            self._to_accept[worker, one.outbox].extend(one.ranges)
        self._some_to_accept.set()

    async def _tell(self, worker: str, outbox: str, ranges: Sequence[tuple[int, int]]) -> None:
        now = self._clock.now()
        at_wall_s = now.wall_s if now.trusted else None
        message = Accepted(outbox=outbox, ranges=merged(ranges), at_wall_s=at_wall_s)
        try:
            await self._link.publish(topics.outbox_accepted(worker), encode(message))
        except LinkDown:
            log.info("%s sends again what it does not know to be accepted", worker)
        except LinkRefused as error:
            log.error("the broker refuses the acceptance for %s: %s", worker, error)

    def _reject(self, worker: str, why: str) -> None:
        self.malformed += 1
        log.warning("a batch of %s was not stored (%d so far): %s", worker, self.malformed, why)


def _checked(batch: Batch) -> Batch:
    if batch.first < 1 or batch.last - batch.first + 1 != len(batch.records) or not batch.records:
        raise BadMessage(f"{batch.first} to {batch.last} are not {len(batch.records)} records")
    return batch


def merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges that meet become one."""
    whole: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if whole and first <= whole[-1][1] + 1:
            whole[-1] = whole[-1][0], max(last, whole[-1][1])
        else:
            whole.append((first, last))
    return whole
