"""Where arrivals wait for whoever subscribed to them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Self

from orchestrator.ports.link import Arrival, Overflow
from orchestrator.transport.filters import check_filter, matches


class Inbox:
    """A bounded queue of arrivals; fills without waiting, is read as an async iterator."""

    def __init__(self, filters: tuple[str, ...], *, limit: int, overflow: Overflow) -> None:
        if not filters or limit < 1:
            raise ValueError("a subscription needs a filter and room for a message")
        for topic_filter in filters:
            check_filter(topic_filter)
        self.filters = filters
        self._limit = limit
        self._overflow = overflow
        self._waiting: deque[Arrival] = deque()
        self._changed = asyncio.Event()
        self._ended: BaseException | None = None
        self._dropped = 0

    @property
    def dropped(self) -> int:
        return self._dropped

    def wants(self, topic: str) -> bool:
        return any(matches(one, topic) for one in self.filters)

    def put(self, arrival: Arrival) -> None:
        """Add an arrival, giving up one if there is no room."""
        if len(self._waiting) >= self._limit:
            self._dropped += 1
            if self._overflow is Overflow.DROP_NEWEST:
                return
            self._waiting.popleft()
        self._waiting.append(arrival)
        self._changed.set()

    def end(self, reason: BaseException | None = None) -> None:
        """Let the reader take what waits, then stop it, or raise the (first) reason there."""
        self._ended = self._ended or reason or StopAsyncIteration()
        self._changed.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Arrival:
        while not self._waiting:
            if self._ended is not None:
                raise self._ended
            self._changed.clear()
            await self._changed.wait()
        return self._waiting.popleft()


class Inboxes:
    """All subscriptions of one link."""

    def __init__(self) -> None:
        self._inboxes: list[Inbox] = []

    def add(self, inbox: Inbox) -> None:
        self._inboxes.append(inbox)

    def remove(self, inbox: Inbox) -> tuple[str, ...]:
        """End a subscription; return the filters that nobody wants any more."""
        self._inboxes.remove(inbox)
        inbox.end()
        still_wanted = self.filters()
        return tuple(one for one in inbox.filters if one not in still_wanted)

    def filters(self) -> frozenset[str]:
        return frozenset(one for inbox in self._inboxes for one in inbox.filters)

    def deliver(self, arrival: Arrival) -> None:
        for inbox in self._inboxes:
            if inbox.wants(arrival.topic):
                inbox.put(arrival)

    def end(self, reason: BaseException | None = None) -> None:
        for inbox in self._inboxes:
            inbox.end(reason)

    def __iter__(self) -> Iterator[Inbox]:
        return iter(self._inboxes)
