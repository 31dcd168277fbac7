"""What the store had no room for when it was heard: it is heard again once there is some."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from orchestrator.ports.link import Arrival
from orchestrator.ports.store import StoreBusy, StoreFull

log = logging.getLogger(__name__)
Hear: TypeAlias = Callable[[Arrival], Awaitable[None]]


class Unkept:
    """The newest of each topic; whoever said it will not say it again by itself."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Hear, Arrival]] = {}
        self._one_at_a_time: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def hear(self, hear: Hear, arrival: Arrival) -> None:
        """Take in what somebody says now."""
        async with self._one_at_a_time[arrival.topic]:
            self._waiting.pop(arrival.topic, None)
            try:
                await hear(arrival)
            except (StoreFull, StoreBusy) as error:
                log.error("%s is kept later: %s", arrival.topic, error)
                self._waiting[arrival.topic] = (hear, arrival)

    async def hear_again(self) -> None:
        """Take in what waits.

        Raises:
            StoreFull, StoreBusy: it goes on waiting.
        """
        for topic in [*self._waiting]:
            async with self._one_at_a_time[topic]:
                waits = self._waiting.get(topic)
                if waits is not None:
                    hear, arrival = waits
                    await hear(arrival)
                    del self._waiting[topic]
