"""The link over MQTT: one connection after another, with the same subscriptions on each."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Self

from orchestrator.ports.link import LinkDown, LinkRefused, Overflow, Will
from orchestrator.transport.backoff import Backoff
from orchestrator.transport.broker_url import BrokerUrl
from orchestrator.transport.filters import check_topic
from orchestrator.transport.inbox import Inbox
from orchestrator.transport.mqtt_client import NotUnderstood, VersionRefused
from orchestrator.transport.mqtt_connection import Connection
from orchestrator.transport.standing import StandingLink

ANSWER_TIMEOUT_S = 10.0
SESSION_EXPIRY_S = 600

logger = logging.getLogger(__name__)


class MqttLink(StandingLink):
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
        super().__init__(identifier=identifier, where=self._url.text())
        self._will = will
        self._backoff = backoff or Backoff()
        self._random = random or Random()
        self._session_expiry_s = session_expiry_s
        self._version = self._url.version or "5"
        self._proven = False
        self._tls: ssl.SSLContext | None = None
        self._connection: Connection | None = None
        self._unwanted: set[str] = set()

    async def __aenter__(self) -> Self:
        self._tls = await asyncio.to_thread(self._url.tls_context)
        return await super().__aenter__()

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
        if self._connection is None or not self._connected:
            raise LinkDown(f"not connected to {self._where}") from self._failure
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
            self._unwanted |= set(self._inboxes.remove(inbox))
            if self._connection is not None:
                await self._withdraw(self._connection)

    def cut(self) -> None:
        """Lose the connection as if the cable broke; the link comes back by itself."""
        if self._connection is not None:
            self._connection.cut()

    async def _stay_connected(self) -> None:
        delays_s = self._backoff.delays_s(self._random)
        loop = asyncio.get_running_loop()
        while True:
            started_s = loop.time()
            try:
                await self._live_once()
            except (VersionRefused, NotUnderstood) as error:
                switched = self._try_another_version()
                await self._note(LinkDown(str(error)) if switched else error)
            except (LinkDown, LinkRefused) as error:
                await self._note(error)
            if loop.time() - started_s > self._backoff.limit_s:
                delays_s = self._backoff.delays_s(self._random)
            await asyncio.sleep(next(delays_s))

    def _try_another_version(self) -> bool:
        if self._url.version is not None or self._proven:
            return False
        self._version = "3.1.1" if self._version == "5" else "5"
        return True

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
            await connection.open()
            self._connection = connection
            self._proven = True
            await self._renew(connection)
            await self._tell(connected=True)
            await self._call_back()
            raise LinkDown(await connection.lost())
        finally:
            self._connection = None
            self._connected = False
            await connection.close()

    async def _renew(self, connection: Connection) -> None:
        await self._withdraw(connection)
        for inbox in tuple(self._inboxes):
            try:
                await connection.request(inbox.filters, timeout_s=ANSWER_TIMEOUT_S)
            except LinkRefused as error:
                inbox.end(error)

    async def _request_now(self, connection: Connection, inbox: Inbox) -> None:
        try:
            await connection.request(inbox.filters, timeout_s=ANSWER_TIMEOUT_S)
        except LinkDown as error:
            logger.info("will subscribe at the next connect: %s", error)

    async def _withdraw(self, connection: Connection) -> None:
        """Unsubscribe from what nobody wants any more, now or at the next connect."""
        unwanted = self._unwanted - self._inboxes.filters()
        if unwanted:
            try:
                await connection.withdraw(sorted(unwanted), timeout_s=ANSWER_TIMEOUT_S)
            except LinkDown as error:
                logger.info("will unsubscribe at the next connect: %s", error)
                return
        self._unwanted.clear()
