"""What the link over MQTT does beyond the contract: sessions, limits, silence, TLS."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest

from orchestrator.ports.link import LinkDown
from orchestrator.transport import mosquitto
from orchestrator.transport.backoff import Backoff
from orchestrator.transport.broker import Broker, start_broker
from orchestrator.transport.broker_url import BrokerUrl
from orchestrator.transport.mqtt import MqttLink
from orchestrator.transport.process import free_port
from orchestrator.transport.users import User

SOON_S = 10.0
PUBLISH = 3
USERS = (User(name="leader", reads=("#",), writes=("#",)),)

pytestmark = [pytest.mark.broker, pytest.mark.processes]


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    async with start_broker("mosquitto", tmp_path / "data", 0, USERS) as running:
        yield running


def link(broker: Broker, identifier: str = "leader") -> MqttLink:
    return MqttLink(
        broker.url_for("leader"),
        identifier=identifier,
        backoff=Backoff(first_s=0.02, limit_s=0.2),
    )


async def test_what_is_published_in_a_short_absence_still_arrives(broker: Broker) -> None:
    async with link(broker, "other") as other:
        await other.wait_connected(SOON_S)
        async with link(broker) as leader:
            await leader.wait_connected(SOON_S)
            entered = leader.subscribe("a")
            await entered.__aenter__()
        await other.publish("a", b"meanwhile")  # the link is gone, its session is not
        async with link(broker) as leader, leader.subscribe("a") as arrivals:
            arrival = await asyncio.wait_for(arrivals.__anext__(), SOON_S)
            assert (arrival.payload, arrival.retained) == (b"meanwhile", False)
        await entered.__aexit__(None, None, None)


async def test_a_filter_left_while_disconnected_is_withdrawn_at_the_next_connect(
    broker: Broker,
) -> None:
    stays = contextlib.AsyncExitStack()
    async with link(broker, "other") as other:
        await other.wait_connected(SOON_S)
        async with link(broker) as leader:
            await leader.wait_connected(SOON_S)
            await stays.enter_async_context(leader.subscribe("b"))
            async with leader.subscribe("a"):
                leader.cut()
                while leader.connected:
                    await asyncio.sleep(0)
            await leader.wait_connected(SOON_S)
        await other.publish("a", b"")
        await other.publish("b", b"")
    await stays.aclose()
    assert await waiting_in_session(broker, "leader") == ["b"]


async def waiting_in_session(broker: Broker, identifier: str) -> list[str]:
    """Topics of the messages that the broker keeps for a client."""
    url = BrokerUrl.parse(broker.url_for("leader"))
    topics: list[str] = []
    async with aiomqtt.Client(
        url.host,
        url.port,
        username=url.user,
        password=url.password,
        identifier=identifier,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=False,
    ) as client:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                async for message in client.messages:
                    topics.append(str(message.topic))
    return topics


async def test_a_frozen_broker_makes_publishing_fail_in_time_and_closing_brief(
    broker: Broker,
) -> None:
    assert broker.child is not None
    loop = asyncio.get_running_loop()
    async with link(broker) as leader:
        await leader.wait_connected(SOON_S)
        os.kill(broker.child.pid, signal.SIGSTOP)
        started_s = loop.time()
        with pytest.raises(LinkDown, match=r"within 0\.2 s"):
            await leader.publish("a", b"", timeout_s=0.2)
        assert loop.time() - started_s < 1.0
        started_s = loop.time()
    assert loop.time() - started_s < 4.0
    os.kill(broker.child.pid, signal.SIGCONT)


async def test_closing_while_the_broker_does_not_accept_is_brief() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        async with MqttLink(f"mqtt://127.0.0.1:{port}", identifier="a") as link_to_nobody:
            with pytest.raises(LinkDown, match="no answer"):
                await link_to_nobody.wait_connected(0.1)
            started_s = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - started_s < 1.0


async def test_without_a_broker_the_reason_is_told() -> None:
    async with MqttLink(f"mqtt://127.0.0.1:{free_port()}", identifier="a") as alone:
        with pytest.raises(LinkDown, match="refused"):
            await alone.wait_connected(0.5)


async def test_no_more_messages_are_unanswered_than_the_broker_allows() -> None:
    unanswered, most = 0, 0

    async def allow_three(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A broker of version 5 that takes its time to answer."""
        nonlocal unanswered, most
        await packet(reader)
        writer.write(b"\x20\x06\x00\x00\x03\x21\x00\x03")  # receive maximum: 3
        answers: set[asyncio.TimerHandle] = set()

        def answer(identifier: bytes) -> None:
            nonlocal unanswered
            unanswered -= 1
            writer.write(b"\x40\x02" + identifier)

        while (sent := await packet(reader))[0] >> 4 == PUBLISH:
            unanswered += 1
            most = max(most, unanswered)
            loop = asyncio.get_running_loop()
            answers.add(loop.call_later(0.002, answer, sent[4:6]))
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(allow_three, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with MqttLink(f"mqtt://127.0.0.1:{port}", identifier="a") as eager:
            await eager.wait_connected(SOON_S)
            await asyncio.gather(*(eager.publish("a", b"") for _ in range(50)))
    assert most == 3


async def packet(reader: asyncio.StreamReader) -> bytes:
    """One short packet: its first byte and its body."""
    first, length = await reader.readexactly(2)
    return bytes((first,)) + await reader.readexactly(length)


async def test_mqtts_trusts_the_named_authority_and_nobody_else(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    tls = (f"certfile {certificate}", f"keyfile {key}", "allow_anonymous true")
    async with own_mosquitto(tmp_path, *tls) as port:
        url = f"mqtts://localhost:{port}"
        async with MqttLink(f"{url}?ca={certificate}", identifier="a") as trusting:
            await trusting.wait_connected(SOON_S)
            async with trusting.subscribe("a") as arrivals:
                await trusting.publish("a", b"x" * 100_000)
                arrival = await asyncio.wait_for(arrivals.__anext__(), SOON_S)
                assert len(arrival.payload) == 100_000
        async with MqttLink(url, identifier="a") as wary:
            with pytest.raises(LinkDown, match="certificate verify failed"):
                await wary.wait_connected(1.0)


@contextlib.asynccontextmanager
async def own_mosquitto(tmp_path: Path, *lines: str) -> AsyncIterator[int]:
    """Mosquitto with a configuration of the test's own; yields its port."""
    program, port = mosquitto.find_mosquitto(), free_port()
    assert program is not None
    configuration = tmp_path / "own.conf"
    first = (f"listener {port} 127.0.0.1", "user root")
    configuration.write_text("\n".join((*first, *lines, "")))
    process = await asyncio.create_subprocess_exec(
        program, "-c", str(configuration), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), SOON_S)


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost and its key."""
    openssl = shutil.which("openssl")
    assert openssl is not None, "the TLS test needs openssl"
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    command = [openssl, *new, *subject, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=SOON_S)
    return certificate, key
