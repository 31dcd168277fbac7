"""A link to a broker in the same process."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import copy_context

from orchestrator.ports.link import Arrival, LinkDown, LinkRefused, Overflow, Will
from orchestrator.transport.filters import check_topic
from orchestrator.transport.inbox import Inbox
from orchestrator.transport.memory_broker import Faults, MemoryBroker
from orchestrator.transport.standing import StandingLink

__all__ = ["Faults", "MemoryBroker", "MemoryLink"]

RECONNECT_S = 0.01
RETRY_S = 1.0
TICK_S = 1e-6
IN_FLIGHT_MAX = 10_000

logger = logging.getLogger(__name__)


class MemoryLink(StandingLink):
    """Connects at once, as long as the broker runs and nobody pulled the plug."""

    def __init__(
        self, broker: MemoryBroker, *, identifier: str, user: str = "", will: Will | None = None
    ) -> None:
        super().__init__(identifier=identifier, where="the broker in memory")
        self.identifier = identifier
        self.user = user
        self.will = will
        self._broker = broker
        self._lost = asyncio.Event()
        self._attached = False
        self._plugged = asyncio.Event()
        self._plugged.set()
        self._on_the_way: deque[asyncio.TimerHandle] = deque()
        self._not_before_s = 0.0
        self._context = copy_context()
        """What arrives is the receiver's affair, whoever sent it."""

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        timeout_s: float = 10.0,
    ) -> None:
        check_topic(topic)
        if not self._connected:
            raise LinkDown(f"not connected to {self._where}") from self._failure
        async with asyncio.timeout(timeout_s):
            await asyncio.sleep(0)
        if not self._attached:
            raise LinkDown("the connection was lost")
        self._broker.take(self, topic, payload, qos=qos, retain=retain)

    @asynccontextmanager
    async def subscribe(
        self, *filters: str, limit: int = 1000, overflow: Overflow = Overflow.DROP_OLDEST
    ) -> AsyncIterator[Inbox]:
        inbox = Inbox(filters, limit=limit, overflow=overflow)
        if self._attached:
            self._broker.admit(self, inbox)
        self._inboxes.add(inbox)
        try:
            yield inbox
        finally:
            self._inboxes.remove(inbox)

    # ---- faults

    def cut(self) -> None:
        """Lose the connection as if the cable broke; the link comes back by itself."""
        self._broker.drop(self)

    def unplug(self) -> None:
        """Lose the connection until it is plugged in again."""
        self._plugged.clear()
        self.cut()

    def plug_in(self) -> None:
        """Let the link connect again."""
        self._plugged.set()

    # ---- for the broker

    def lose(self) -> None:
        self._attached = self._connected = False
        self._lost.set()
        while self._on_the_way:
            self._on_the_way.popleft().cancel()

    def receive(self, arrival: Arrival, *, delay_s: float) -> None:
        if delay_s == 0.0 and not self._on_the_way:
            self._inboxes.deliver(arrival)
            return
        if len(self._on_the_way) >= IN_FLIGHT_MAX:
            logger.warning("%s does not keep up: %s is dropped", self.identifier, arrival.topic)
            return
        loop = asyncio.get_running_loop()
        self._not_before_s = max(self._not_before_s + TICK_S, loop.time() + delay_s)
        at_s, context = self._not_before_s, self._context
        self._on_the_way.append(loop.call_at(at_s, self._arrive, arrival, context=context))

    def _arrive(self, arrival: Arrival) -> None:
        self._on_the_way.popleft()
        self._inboxes.deliver(arrival)

    async def _stay_connected(self) -> None:
        while True:
            await self._plugged.wait()
            try:
                await self._broker.wait_up()
                await self._live_once()
            except LinkDown as error:
                await self._note(error)
                await asyncio.sleep(RECONNECT_S)
            except LinkRefused as error:
                await self._note(error)
                await asyncio.sleep(RETRY_S)

    async def _live_once(self) -> None:
        self._lost.clear()
        self._broker.attach(self)
        self._attached = True
        try:
            for inbox in tuple(self._inboxes):
                self._renew(inbox)
            await self._tell(connected=True)
            await self._call_back()
            await self._lost.wait()
            raise LinkDown("the connection was lost")
        finally:
            self._broker.detach(self)
            self.lose()

    def _renew(self, inbox: Inbox) -> None:
        try:
            self._broker.admit(self, inbox)
        except LinkRefused as error:
            inbox.end(error)
