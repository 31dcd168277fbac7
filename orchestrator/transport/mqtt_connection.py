"""One connection to an MQTT broker, from its greeting to its end."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Any

import aiomqtt
import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from orchestrator.ports.link import Arrival, LinkDown, LinkRefused, Will
from orchestrator.transport.broker_url import BrokerUrl
from orchestrator.transport.mqtt_client import AnsweringClient

KEEPALIVE_S = 15


class Connection(AnsweringClient):
    """What a link asks of a broker; used once."""

    def __init__(
        self,
        url: BrokerUrl,
        *,
        version: str,
        identifier: str,
        will: Will | None,
        session_expiry_s: int,
        tls: ssl.SSLContext | None,
        deliver: Callable[[Arrival], None],
    ) -> None:
        five = version == "5"
        super().__init__(
            hostname=url.host,
            port=url.port,
            username=url.user,
            password=url.password,
            identifier=identifier,
            protocol=aiomqtt.ProtocolVersion.V5 if five else aiomqtt.ProtocolVersion.V311,
            # A session of 3.1.1 never expires: unclaimed, it would fill the broker for ever.
            clean_session=None if five else True,
            clean_start=False if five else paho.MQTT_CLEAN_START_FIRST_ONLY,
            properties=_session_properties(session_expiry_s) if five else None,
            will=None if will is None else _will(will),
            keepalive=KEEPALIVE_S,
            tls_context=tls,
            deliver=deliver,
        )
        self._five = five

    async def send(
        self, topic: str, payload: bytes, *, qos: int, retain: bool, timeout_s: float
    ) -> None:
        """Return once the broker has the message, or raise LinkDown or LinkRefused."""
        try:
            async with asyncio.timeout(timeout_s), self._window:
                self.require_up()
                info = self._client.publish(topic, payload, qos, retain)
                if info.rc != paho.MQTT_ERR_SUCCESS:
                    raise LinkDown(paho.error_string(info.rc))
                if qos == 0 and info.is_published():
                    return
                answer = await self.answer_to(info.mid)
        except TimeoutError:
            raise LinkDown(f"the broker did not take {topic} within {timeout_s} s") from None
        if any(code.is_failure for code in answer):
            raise LinkRefused(f"the broker does not let us publish to {topic}: {answer[0]}")

    async def request(self, filters: Sequence[str], *, timeout_s: float) -> None:
        """Subscribe, or raise LinkDown or LinkRefused."""
        self.require_up()
        wanted: list[Any] = [(one, SubscribeOptions(qos=1) if self._five else 1) for one in filters]
        code, mid = self._client.subscribe(wanted)
        answer = await self.confirmed(code, mid, timeout_s)
        refused = [one for one, code in zip(filters, answer, strict=False) if code.is_failure]
        if refused:
            raise LinkRefused(f"the broker does not let us subscribe to {', '.join(refused)}")

    async def withdraw(self, filters: Sequence[str], *, timeout_s: float) -> None:
        """Unsubscribe, or raise LinkDown."""
        self.require_up()
        code, mid = self._client.unsubscribe(list(filters))
        await self.confirmed(code, mid, timeout_s)


def _session_properties(session_expiry_s: int) -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = min(session_expiry_s, 2**32 - 1)
    return properties


def _will(will: Will) -> aiomqtt.Will:
    return aiomqtt.Will(will.topic, will.payload, will.qos, will.retain)
