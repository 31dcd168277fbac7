"""The link over MQTT: one connection after another, with the same subscriptions on each."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from types import TracebackType
from typing import Self

from orchestrator.ports.link import LinkDown, LinkRefused, OnConnect, Overflow, Will
from orchestrator.transport.backoff import Backoff
from orchestrator.transport.broker_url import BrokerUrl
from orchestrator.transport.inbox import Inbox, Inboxes
from orchestrator.transport.mqtt_connection import CONNECT_TIMEOUT_S, Connection, VersionRefused

ANSWER_TIMEOUT_S = 10.0
CALLBACK_TIMEOUT_S = 30.0
SESSION_EXPIRY_S = 600

logger = logging.getLogger(__name__)


class MqttLink:
    """A link to the broker at a URL; the identifier is the same at each connect.

    On MQTT 5 the broker keeps the session for `session_expiry_s`, so that what is published in a
    short outage still arrives; subscribe right after entering, and nothing of that is missed.
    """

    def __init__(
        self,
        url: str,
        *,
        identifier: str,
        will: Will | None = None,
        backoff: Backoff | None = None,
        random: Random | None = None,
        session_expiry_s: int = SESSION_EXPIRY_S,
    ) -> None:
        self._url = BrokerUrl.parse(url)
        self._identifier = identifier
        self._will = will
        self._backoff = backoff or Backoff()
        self._random = random or Random()
        self._session_expiry_s = session_expiry_s
        self._version = self._url.version or "5"
        self._tls: ssl.SSLContext | None = None
        self._inboxes = Inboxes()
        self._callbacks: list[OnConnect] = []
        self._connection: Connection | None = None
        self._news = asyncio.Condition()
        self._connected = False
        self._failure: Exception | None = None
        self._task: asyncio.Task[None] | None = None

    # ---- the port

    async def __aenter__(self) -> Self:
        self._tls = await asyncio.to_thread(self._url.tls_context)
        self._task = asyncio.create_task(self._stay_connected(), name=f"link {self._identifier}")
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
        if not self._task.cancelled() and (crash := self._task.exception()) and error is None:
            raise crash

    @property
    def connected(self) -> bool:
        return self._connected

    async def wait_connected(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s), self._news:
                await self._news.wait_for(lambda: self._connected or self._turned_away())
        except TimeoutError:
            reason = self._failure or "no answer"
            raise LinkDown(f"no broker at {self._url.text()}: {reason}") from self._failure
        if not self._connected:
            raise LinkRefused(f"{self._url.text()} turned us away: {self._failure}")

    def on_connect(self, callback: OnConnect) -> None:
        self._callbacks.append(callback)

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        timeout_s: float = 10.0,
    ) -> None:
        if self._connection is None or not self._connected:
            raise LinkDown(f"not connected to {self._url.text()}") from self._failure
        await self._connection.send(topic, payload, qos=qos, retain=retain, timeout_s=timeout_s)

    @asynccontextmanager
    async def subscribe(
        self, *filters: str, limit: int = 1000, overflow: Overflow = Overflow.DROP_OLDEST
    ) -> AsyncIterator[Inbox]:
        inbox = Inbox(filters, limit=limit, overflow=overflow)
        self._inboxes.add(inbox)
        try:
            if self._connection is not None:
                await self._request_now(self._connection, inbox)
            yield inbox
        finally:
            unwanted = self._inboxes.remove(inbox)
            if unwanted and self._connection is not None:
                await self._withdraw(self._connection, unwanted)

    def cut(self) -> None:
        """Lose the connection as if the cable broke; the link comes back by itself."""
        if self._connection is not None:
            self._connection.cut()

    # ---- staying connected

    async def _stay_connected(self) -> None:
        delays_s = self._backoff.delays_s(self._random)
        loop = asyncio.get_running_loop()
        while True:
            started_s = loop.time()
            try:
                await self._live_once()
            except VersionRefused as error:
                if self._version == "5" and self._url.version is None:
                    self._version = "3.1.1"
                    continue
                await self._note(error)
            except (LinkDown, LinkRefused) as error:
                await self._note(error)
            if loop.time() - started_s > self._backoff.limit_s:
                delays_s = self._backoff.delays_s(self._random)
            await asyncio.sleep(next(delays_s))

    async def _live_once(self) -> None:
        """Connect, serve until the connection ends, and raise why it did."""
        connection = Connection(
            self._url,
            version=self._version,
            identifier=self._identifier,
            will=self._will,
            session_expiry_s=self._session_expiry_s,
            tls=self._tls,
            deliver=self._inboxes.deliver,
        )
        try:
            await _open(connection)
            self._connection = connection
            for inbox in tuple(self._inboxes):
                await self._renew(connection, inbox)
            await self._tell(connected=True)
            await self._call_back()
            raise LinkDown(await connection.lost())
        finally:
            self._connection = None
            self._connected = False
            await connection.close()

    async def _renew(self, connection: Connection, inbox: Inbox) -> None:
        try:
            await connection.request(inbox.filters, timeout_s=ANSWER_TIMEOUT_S)
        except LinkRefused as error:
            inbox.end(error)

    async def _request_now(self, connection: Connection, inbox: Inbox) -> None:
        try:
            await connection.request(inbox.filters, timeout_s=ANSWER_TIMEOUT_S)
        except LinkDown as error:
            logger.info("will subscribe at the next connect: %s", error)

    async def _withdraw(self, connection: Connection, filters: tuple[str, ...]) -> None:
        try:
            await connection.withdraw(filters, timeout_s=ANSWER_TIMEOUT_S)
        except LinkDown as error:
            logger.info("could not unsubscribe: %s", error)

    async def _call_back(self) -> None:
        for callback in tuple(self._callbacks):
            try:
                async with asyncio.timeout(CALLBACK_TIMEOUT_S):
                    await callback()
            except (LinkDown, TimeoutError) as error:
                logger.warning("%s, link %s: not all was said", error, self._identifier)
            except LinkRefused as error:
                logger.error("link %s: %s", self._identifier, error)

    # ---- telling those who wait

    async def _note(self, error: Exception) -> None:
        if str(error) != str(self._failure):
            logger.warning("link %s, %s: %s", self._identifier, self._url.text(), error)
        self._failure = error
        await self._tell(connected=False)

    async def _tell(self, *, connected: bool) -> None:
        if connected:
            self._failure = None
            logger.info("link %s is up", self._identifier)
        async with self._news:
            self._connected = connected
            self._news.notify_all()

    def _turned_away(self) -> bool:
        return isinstance(self._failure, LinkRefused)


async def _open(connection: Connection) -> None:
    """Open the connection; if cancelled, first let go of the thread that is connecting."""
    attempt = asyncio.create_task(connection.open(), name="open connection")
    try:
        await asyncio.shield(attempt)
    except asyncio.CancelledError:
        await asyncio.wait((attempt,), timeout=2 * CONNECT_TIMEOUT_S)
        if attempt.done() and not attempt.cancelled():
            attempt.exception()
        raise
