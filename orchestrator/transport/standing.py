"""What every link shares: one task that keeps it connected, and those who wait for that."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from orchestrator.ports.link import LinkDown, LinkRefused, OnConnect
from orchestrator.transport.inbox import Inboxes

CALLBACK_TIMEOUT_S = 30.0

logger = logging.getLogger(__name__)


class StandingLink(ABC):
    """A link that stands between entering and leaving, whatever happens to its connections."""

    def __init__(self, *, identifier: str, where: str) -> None:
        self._identifier = identifier
        self._where = where
        self._inboxes = Inboxes()
        self._callbacks: list[OnConnect] = []
        self._connected = False
        self._failure: Exception | None = None
        self._crash: Exception | None = None
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def _stay_connected(self) -> None:
        """Connect, and connect again, until cancelled."""

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name=f"link {self._identifier}")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait((self._task,))
        self._inboxes.end()
        if self._crash is not None and error is None:
            raise self._crash

    @property
    def connected(self) -> bool:
        """Whether a message published now has somebody to take it."""
        return self._connected

    async def wait_connected(self, timeout_s: float) -> None:
        """Return once connected; raise LinkDown after the time, LinkRefused if turned away."""
        try:
            async with asyncio.timeout(timeout_s), self._news:
                await self._news.wait_for(lambda: self._connected or self._is_hopeless())
        except TimeoutError:
            reason = self._failure or "no answer"
            raise LinkDown(f"no broker at {self._where}: {reason}") from self._failure
        if self._crash is not None:
            raise self._crash
        if not self._connected:
            raise LinkRefused(f"{self._where} turned us away: {self._failure}")

    def on_connect(self, callback: OnConnect) -> None:
        """Call back after each connect from now on, once subscriptions are renewed."""
        self._callbacks.append(callback)

    async def _run(self) -> None:
        """Stay connected; a mistake in our own code reaches everybody who uses the link."""
        try:
            await self._stay_connected()
        except Exception as error:
            self._crash = error
            self._inboxes.end(error)
            await self._tell(connected=False)

    async def _call_back(self) -> None:
        for callback in tuple(self._callbacks):
            try:
                async with asyncio.timeout(CALLBACK_TIMEOUT_S):
                    await callback()
            except (LinkDown, TimeoutError) as error:
                logger.warning("link %s was lost while it was greeted: %r", self._identifier, error)
            except LinkRefused as error:
                logger.error("link %s: %s", self._identifier, error)

    async def _note(self, failure: Exception) -> None:
        """Remember and say why there is no connection, once for each reason."""
        if str(failure) != str(self._failure):
            logger.warning("link %s, %s: %s", self._identifier, self._where, failure)
        self._failure = failure
        await self._tell(connected=False)

    async def _tell(self, *, connected: bool) -> None:
        if connected:
            self._failure = None
            logger.info("link %s, %s: connected", self._identifier, self._where)
        async with self._news:
            self._connected = connected
            self._news.notify_all()

    def _is_hopeless(self) -> bool:
        return self._crash is not None or isinstance(self._failure, LinkRefused)
