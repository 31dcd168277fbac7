"""amqtt's broker with its gaps closed.

As it comes (0.12) it hands every client that connects all retained messages whatever its rights,
lets an unauthenticated client change the name of a living session, says any will on any topic,
loses a message if somebody subscribes while it is passed on, hangs on a client of MQTT 5, and
blocks for 0.17 s at each login.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

from amqtt.adapters import ReaderAdapter, StreamWriterAdapter, WriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action, BaseContext
from amqtt.errors import AMQTTError
from amqtt.mqtt.connack import NOT_AUTHORIZED, ConnackPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session
from amqtt.utils import gen_client_id

from orchestrator.transport.amqtt_greeting import Greeted, GreetingError, read_greeting
from orchestrator.transport.filters import matches
from orchestrator.transport.users import password_fits, read_access

IN_FLIGHT_MAX = 5000
KEEPALIVE_GRACE = 1.5
HERE = f"{__name__}."

logger = logging.getLogger(__name__)


def configuration(port: int, access: Path) -> dict[str, Any]:
    """Return what amqtt wants to know: loopback only, our users, nothing else loaded."""
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {
            f"{HERE}Passwords": {"access": str(access)},
            f"{HERE}Rights": {"access": str(access)},
        },
    }


class Passwords(BaseAuthPlugin):  # type: ignore[misc]
    """Lets in whoever knows the password."""

    @dataclass
    class Config:
        access: str

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        _, self._hashes = read_access(Path(self.config.access))

    async def authenticate(self, *, session: Session) -> bool:
        hashed = self._hashes.get(session.username or "")
        return hashed is not None and password_fits(session.password or "", hashed)


class Rights(BaseTopicPlugin):  # type: ignore[misc]
    """Lets each user read and write what it may."""

    @dataclass
    class Config:
        access: str

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)
        self._users, _ = read_access(Path(self.config.access))

    async def topic_filtering(
        self,
        *,
        session: Session | None = None,
        topic: str | None = None,
        action: Action | None = None,
    ) -> bool:
        user = self._users.get((session.username if session else None) or "")
        if user is None or not topic:
            return False
        return user.may_write(topic) if action is Action.PUBLISH else user.may_read(topic)


class Handler(BrokerProtocolHandler):  # type: ignore[misc]
    """Takes a client that stays silent for too long as gone."""

    def handle_read_timeout(self) -> None:
        if self._reader_task is not None:
            self._reader_task.cancel()


class EmbeddedBroker(Broker):  # type: ignore[misc]
    """Each session is a clean one: nothing here outlives a connection but retained messages."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._sending: set[asyncio.Future[Any]] = set()
        self._in_flight: Counter[str] = Counter()

    async def shutdown(self) -> None:
        for task in tuple(self._sending):
            task.cancel()
        await super().shutdown()

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        try:
            greeting = await read_greeting(reader)
        except GreetingError as error:
            logger.info("a connection was not taken: %s", error)
            writer.write(error.answer)
            writer.close()
            return
        greeted = Greeted(greeting, reader)
        await self._client_connected(listener_name, greeted, StreamWriterAdapter(writer))

    async def _initialize_client_session(
        self, reader: ReaderAdapter, writer: WriterAdapter, remote_address: str, remote_port: int
    ) -> tuple[BrokerProtocolHandler, Session]:
        handler, session = await Handler.init_from_connect(reader, writer, self.plugins_manager)
        if not await self._authenticate(session, self.listeners_config["default"]):
            await ConnackPacket.build(0, NOT_AUTHORIZED).to_stream(writer)
            await writer.close()
            raise AMQTTError(
                f"{session.username} at {remote_address}:{remote_port} was turned away"
            )
        session.client_id = session.client_id or gen_client_id()
        session.clean_session = True
        session.keep_alive = ceil(session.keep_alive * KEEPALIVE_GRACE)
        session.parent = 0
        if session.will_flag and not await self._may(session, session.will_topic, Action.PUBLISH):
            session.will_flag = False
        await self._take_over(session.client_id)
        return handler, session

    async def _take_over(self, client_id: str | None) -> None:
        """End an earlier connection of the same client, will and all."""
        old_session, old_handler = self._sessions.get(client_id or "", (None, None))
        if old_session is None or old_handler is None or client_id is None:
            return
        if old_session.transitions.is_connected():
            await old_handler.handle_connection_closed()
            await old_handler.stop()
        await self._delete_session(client_id)

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        """Send what is kept under a filter, if this session subscribed to it and may read it.

        amqtt calls this for all filters of all clients at each connect, too.
        """
        topic_filter, qos = subscription
        subscribers = self._subscriptions.get(topic_filter, [])
        if not any(one is session for one, _ in subscribers):
            return
        for topic, kept in tuple(self._retained_messages.items()):
            if matches(topic_filter, topic) and await self._may(session, topic, Action.RECEIVE):
                self._pass(session, topic, kept.data, min(qos, kept.qos or 0), retain=True)

    async def _run_broadcast(self, _: Any) -> None:
        """Pass one message on; subscriptions may come and go meanwhile."""
        message = await self._broadcast_queue.get()
        topic, data = message["topic"], message["data"]
        receivers = [
            (session, qos)
            for topic_filter, subscribers in self._subscriptions.items()
            if matches(topic_filter, topic)
            for session, qos in subscribers
            if session.transitions.is_connected()
        ]
        for session, qos in receivers:
            if await self._may(session, topic, Action.RECEIVE):
                self._pass(session, topic, data, min(qos, message.get("qos", qos)), retain=False)

    def _pass(
        self, session: Session, topic: str, data: bytes | bytearray, qos: int, *, retain: bool
    ) -> None:
        handler, client = self._get_handler(session), session.client_id
        if handler is None or client is None or not session.transitions.is_connected():
            return
        if self._in_flight[client] >= IN_FLIGHT_MAX:
            logger.warning("%s does not keep up: %s is not sent", client, topic)
            return
        task = asyncio.ensure_future(handler.mqtt_publish(topic, data, qos, retain=retain))
        self._in_flight[client] += 1
        self._sending.add(task)
        task.add_done_callback(partial(self._passed, client))

    def _passed(self, client: str, task: asyncio.Future[Any]) -> None:
        self._sending.discard(task)
        self._in_flight[client] -= 1
        if not self._in_flight[client]:
            del self._in_flight[client]
        if not task.cancelled() and (error := task.exception()):
            logger.info("%s did not get a message: %r", client, error)

    async def _may(self, session: Session, topic: str | None, action: Action) -> bool:
        return topic is not None and await self._topic_filtering(session, topic, action)
