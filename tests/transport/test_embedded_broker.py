"""Where the embedded broker must not behave as amqtt does out of the box."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest

from orchestrator.ports.link import Arrival
from orchestrator.transport.broker import Broker, start_broker
from orchestrator.transport.broker_url import BrokerUrl
from orchestrator.transport.embedded import serve_embedded
from orchestrator.transport.mqtt import MqttLink
from orchestrator.transport.process import BrokerError, free_port
from orchestrator.transport.users import User, read_credentials

SOON_S = 10.0
QUIET_S = 0.3
USERS = (
    User(name="leader", reads=("#",), writes=("#",)),
    User(name="w1", reads=("w1/#",), writes=("w1/#",)),
)


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    async with start_broker("embedded", tmp_path / "data", 0, USERS) as running:
        yield running


def plain_client(
    broker: Broker, user: str, *, password: str | None = None, clean: bool = True
) -> aiomqtt.Client:
    """A client that shows all it is sent, asked for or not."""
    url = BrokerUrl.parse(broker.url_for(user))
    return aiomqtt.Client(
        url.host,
        url.port,
        username=user,
        password=password or url.password,
        identifier="the same for all",
        clean_session=clean,
        timeout=SOON_S,
    )


async def all_that_comes(client: aiomqtt.Client) -> list[str]:
    topics: list[str] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(QUIET_S):
            async for message in client.messages:
                topics.append(str(message.topic))
    return topics


async def test_a_client_that_connects_gets_no_retained_message_it_did_not_ask_for(
    broker: Broker,
) -> None:
    async with MqttLink(broker.url_for("leader"), identifier="leader") as leader:
        await leader.wait_connected(SOON_S)
        async with leader.subscribe("#"):  # amqtt goes through everybody's filters
            await leader.publish("w1/plan", b"plan", retain=True)
            await leader.publish("w2/plan", b"secret", retain=True)
            for clean in (True, False, False):
                async with plain_client(broker, "w1", clean=clean) as worker:
                    assert await all_that_comes(worker) == []


async def test_a_broad_subscription_is_refused_and_brings_nothing(broker: Broker) -> None:
    async with MqttLink(broker.url_for("leader"), identifier="leader") as leader:
        await leader.wait_connected(SOON_S)
        await leader.publish("w2/plan", b"secret", retain=True)
        async with plain_client(broker, "w1") as worker:
            (answer,) = await worker.subscribe("#")
            assert getattr(answer, "is_failure", None) is True
            await leader.publish("w2/plan", b"secret", retain=True)
            assert await all_that_comes(worker) == []


async def test_a_failed_login_does_not_touch_the_session_of_that_name(broker: Broker) -> None:
    async with plain_client(broker, "w1", clean=False) as worker:
        with pytest.raises(aiomqtt.MqttError):
            async with plain_client(broker, "leader", password="wrong", clean=False):
                pass
        (answer,) = await worker.subscribe("#")
        assert getattr(answer, "is_failure", None) is True
        await worker.subscribe("w1/#")
        await worker.publish("w1/state", b"still here", qos=1)
        assert await all_that_comes(worker) == ["w1/state"]


async def test_a_client_of_version_5_is_told_at_once_and_falls_back(broker: Broker) -> None:
    url = broker.url_for("leader").partition("?")[0]
    async with MqttLink(url, identifier="leader") as leader, asyncio.timeout(2.0):
        await leader.wait_connected(2.0)
        async with leader.subscribe("a") as arrivals:
            await leader.publish("a", b"1")
            assert (await arrivals.__anext__()).payload == b"1"


async def test_a_silent_client_is_given_up_and_its_will_said(broker: Broker) -> None:
    async with (
        MqttLink(broker.url_for("leader"), identifier="leader") as leader,
        leader.subscribe("w1/state") as states,
    ):
        await leader.wait_connected(SOON_S)
        url = BrokerUrl.parse(broker.url_for("w1"))
        assert url.password is not None
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(connect_packet("w1", url.password, keepalive_s=1))
        await reader.readexactly(4)
        lost = Arrival(topic="w1/state", payload=b"lost", retained=False)
        assert await asyncio.wait_for(states.__anext__(), SOON_S) == lost
        writer.close()
        await writer.wait_closed()


def connect_packet(user: str, password: str, *, keepalive_s: int) -> bytes:
    """A 3.1.1 CONNECT with a will for w1/state."""

    def text(value: str) -> bytes:
        return len(value.encode()).to_bytes(2, "big") + value.encode()

    flags = 0b11000110  # user, password, will, clean session
    body = text("MQTT") + bytes((4, flags)) + keepalive_s.to_bytes(2, "big")
    body += text("raw") + text("w1/state") + text("lost") + text(user) + text(password)
    assert len(body) < 128
    return bytes((0x10, len(body))) + body


@pytest.mark.parametrize("noise", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff\xff"])
async def test_who_does_not_speak_mqtt_is_hung_up_on(broker: Broker, noise: bytes) -> None:
    url = BrokerUrl.parse(broker.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(noise)
    writer.write_eof()
    assert await asyncio.wait_for(reader.read(), SOON_S) == b""
    writer.close()
    await writer.wait_closed()
    async with MqttLink(broker.url_for("leader"), identifier="leader") as leader:
        await leader.wait_connected(SOON_S)


async def test_messages_reach_everybody_while_subscriptions_come_and_go(broker: Broker) -> None:
    async with (
        MqttLink(broker.url_for("leader"), identifier="leader") as leader,
        MqttLink(broker.url_for("w1"), identifier="w1") as worker,
    ):
        await leader.wait_connected(SOON_S)
        await worker.wait_connected(SOON_S)
        stack = contextlib.AsyncExitStack()
        await stack.enter_async_context(worker.subscribe("w1/log"))
        heard = await stack.enter_async_context(leader.subscribe("w1/#"))

        async def come_and_go() -> None:
            for i in range(100):
                async with worker.subscribe(f"w1/{i}"):
                    pass

        async def talk() -> None:
            for i in range(300):
                await worker.publish("w1/log", str(i).encode())

        await asyncio.gather(come_and_go(), talk())
        got = [int((await asyncio.wait_for(heard.__anext__(), SOON_S)).payload) for _ in range(300)]
        assert got == list(range(300))
        await stack.aclose()


async def test_it_serves_in_the_foreground_until_cancelled(tmp_path: Path) -> None:
    port, ready = free_port(), asyncio.Event()
    serving = asyncio.create_task(serve_embedded(port, tmp_path, USERS, ready=ready))
    await asyncio.wait_for(ready.wait(), SOON_S)
    password = read_credentials(tmp_path)["leader"]
    url = f"mqtt://leader:{password}@127.0.0.1:{port}?version=3.1.1"
    async with MqttLink(url, identifier="leader") as leader:
        await leader.wait_connected(SOON_S)
        with pytest.raises(BrokerError, match=f"port {port}"):
            await serve_embedded(port, tmp_path)
    serving.cancel()
    await asyncio.wait((serving,), timeout=SOON_S)
    assert serving.cancelled()


async def test_without_users_it_does_not_serve_and_says_why(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="no users are known"):
        await serve_embedded(free_port(), tmp_path)
