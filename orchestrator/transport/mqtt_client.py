"""aiomqtt's client with what it leaves out.

aiomqtt joins paho to the event loop. Added here: the broker's answer to each request, the limit
that the broker sets on unanswered messages, and an end that leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

import aiomqtt
import paho.mqtt.client as paho
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from orchestrator.ports.link import Arrival, LinkDown, LinkRefused

UNANSWERED_MAX = 1000
CONNECT_TIMEOUT_S = 5.0
GOODBYE_TIMEOUT_S = 2.0
UNSUPPORTED_VERSION = 132
QUIET = logging.getLogger("axenic.transport.paho")
QUIET.setLevel(logging.CRITICAL)  # each failure reaches the caller as an exception
logger = logging.getLogger(__name__)

Answer = list[ReasonCode]


class VersionRefused(LinkRefused):
    """The broker speaks another version of MQTT."""


class NotUnderstood(LinkDown):
    """Something listens and does not answer us; it may speak another version of MQTT."""


class AnsweringClient(aiomqtt.Client):
    """Used once: opened, used until lost, closed."""

    def __init__(self, *, deliver: Callable[[Arrival], None], **settings: Any) -> None:
        super().__init__(
            timeout=CONNECT_TIMEOUT_S,
            max_inflight_messages=UNANSWERED_MAX,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            logger=QUIET,
            **settings,
        )
        self._greeted = False
        self._dialled = threading.Event()
        self._deliver = deliver
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._window = asyncio.Semaphore(UNANSWERED_MAX)
        self._loop_thread = threading.get_ident()
        self._client.connect_timeout = CONNECT_TIMEOUT_S
        self._client.on_socket_open = lambda *args: self._greet(*args)
        self._client.on_publish = lambda _, __, mid, code, ___: self._settle(mid, [code])
        self._client.on_subscribe = lambda _, __, mid, codes, ___: self._settle(mid, codes)
        self._client.on_unsubscribe = lambda _, __, mid, codes, ___: self._settle(mid, codes)
        self._client.on_message = lambda _, __, message: self._take(message)
        self._client.on_socket_register_write = lambda _, __, sock: self._watch_writable(sock)

    async def open(self) -> None:
        """Connect, or raise LinkDown or LinkRefused."""
        opening = asyncio.create_task(self._enter(), name="open connection")
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            # A thread cannot be cancelled; once it has dialled, the rest can.
            await asyncio.to_thread(self._dialled.wait, 2 * CONNECT_TIMEOUT_S)
            opening.cancel()
            await asyncio.wait((opening,))
            raise
        self._disconnected.add_done_callback(lambda _: self._fail_waiting())

    async def answer_to(self, mid: int) -> Answer:
        """Wait for the broker's answer to a packet."""
        waiting: asyncio.Future[Answer] = self._loop.create_future()
        self._answers[mid] = waiting
        try:
            return await waiting
        finally:
            self._answers.pop(mid, None)

    async def confirmed(self, code: int, mid: int | None, timeout_s: float) -> Answer:
        """Wait for the answer to what was just sent, or raise LinkDown."""
        if code != paho.MQTT_ERR_SUCCESS or mid is None:
            raise LinkDown(paho.error_string(MQTTErrorCode(code)))
        try:
            async with asyncio.timeout(timeout_s):
                return await self.answer_to(mid)
        except TimeoutError:
            raise LinkDown(f"the broker did not answer within {timeout_s} s") from None

    def require_up(self) -> None:
        """Raise LinkDown if the connection is gone."""
        if not self._is_up():
            raise LinkDown("the connection was lost")

    async def lost(self) -> str:
        """Wait for the connection's end and return the reason."""
        await asyncio.wait((self._disconnected,))
        return str(self._disconnected.exception() or "the connection was closed")

    def cut(self) -> None:
        """End the connection without a word, as a broken cable would."""
        sock = self._client.socket()
        if isinstance(sock, socket.socket):  # a TLS socket is one too
            sock.shutdown(socket.SHUT_RDWR)

    async def close(self) -> None:
        """Say goodbye if that is possible; leave no socket, task or waiting caller behind."""
        self.timeout = GOODBYE_TIMEOUT_S
        try:
            if self._is_up():
                await self.__aexit__(None, None, None)
        except aiomqtt.MqttError as error:
            logger.info("the broker did not hear our goodbye: %s", error)
        finally:
            self._client._sock_close()  # paho has no public way to drop a silent socket
            await self._end_misc_task()
            if self._disconnected.done():
                self._disconnected.exception()
            self._fail_waiting()

    # ---- below: the seams of aiomqtt

    async def _enter(self) -> None:
        try:
            await self.__aenter__()
        except MqttConnectError as error:
            raise _refusal(error) from error
        except aiomqtt.MqttError as error:
            if self._greeted:
                raise NotUnderstood(f"connected, but not accepted: {error}") from error
            raise LinkDown(str(error)) from error

    def _client_connect(self) -> None:
        try:
            super()._client_connect()
        finally:
            self._dialled.set()

    def _is_up(self) -> bool:
        return self._client.is_connected() and not self._disconnected.done()

    def _settle(self, mid: int, answer: Answer) -> None:
        waiting = self._answers.get(mid)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    def _fail_waiting(self) -> None:
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(LinkDown("the connection was lost"))

    async def _end_misc_task(self) -> None:
        if self._misc_task is not None and not self._misc_task.done():
            self._misc_task.cancel()
            await asyncio.wait((self._misc_task,))

    def _on_connect(
        self,
        client: paho.Client,
        userdata: Any,
        flags: paho.ConnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        # paho ignores how many unanswered messages the broker allows; it would cut us off.
        allowed = getattr(properties, "ReceiveMaximum", UNANSWERED_MAX)
        self._window = asyncio.Semaphore(min(allowed, UNANSWERED_MAX))
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_disconnect(
        self,
        client: paho.Client,
        userdata: Any,
        flags: paho.DisconnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        if self._connected.cancelled():
            return
        if not self._connected.done():
            self._connected.set_exception(aiomqtt.MqttError("closed before it was accepted"))
        super()._on_disconnect(client, userdata, flags, reason_code, properties)

    def _greet(self, client: paho.Client, userdata: Any, sock: Any) -> None:
        self._greeted = True
        self._on_socket_open(client, userdata, sock)

    def _take(self, message: paho.MQTTMessage) -> None:
        self._deliver(
            Arrival(
                topic=message.topic, payload=bytes(message.payload), retained=bool(message.retain)
            )
        )

    def _watch_writable(self, sock: Any) -> None:
        def watch() -> None:
            current = self._client.socket()
            if current is not None and current is sock:
                self._loop.add_writer(sock.fileno(), self._write)

        # aiomqtt always defers this, and may then watch a socket that is closed by now.
        if threading.get_ident() == self._loop_thread:
            watch()
        else:
            self._loop.call_soon_threadsafe(watch)

    def _write(self) -> None:
        try:
            self._client.loop_write()
        except OSError as error:
            if not self._disconnected.done():
                self._disconnected.set_exception(error)


def _refusal(error: MqttConnectError) -> LinkRefused:
    # paho turns the codes of 3.1.1 into those of version 5
    if isinstance(error.rc, ReasonCode) and error.rc.value == UNSUPPORTED_VERSION:
        return VersionRefused(str(error))
    return LinkRefused(str(error))
