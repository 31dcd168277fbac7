"""Starting, ending and restarting the broker's process."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from orchestrator.cli.wiring import broker_users
from orchestrator.messages import topics
from orchestrator.ports.link import LinkRefused
from orchestrator.transport import mosquitto
from orchestrator.transport.broker import Broker, start_broker
from orchestrator.transport.mosquitto import acl_file, find_mosquitto
from orchestrator.transport.mqtt import MqttLink
from orchestrator.transport.process import BrokerError
from orchestrator.transport.readable import OTHERS, checked_readable
from orchestrator.transport.users import CREDENTIALS, User

SOON_S = 10.0
LEADER = User(name="leader", reads=("axenic/v1/#",), writes=("axenic/v1/#",))
WORKERS = tuple(
    User(name=name, reads=topics.worker_may_read(name), writes=topics.worker_may_write(name))
    for name in ("w1", "w2")
)
USERS = (LEADER, *WORKERS)
KINDS = [pytest.param("mosquitto", marks=pytest.mark.broker), "embedded"]

pytestmark = pytest.mark.processes


def link(broker: Broker, user: str) -> MqttLink:
    return MqttLink(broker.url_for(user), identifier=user)


def port_of(broker: Broker) -> int:
    return int(broker.url.partition("?")[0].rsplit(":", 1)[1])


@pytest.mark.parametrize("kind", KINDS)
async def test_a_broker_works_below_a_folder_that_only_we_may_enter(
    kind: str, tmp_path: Path
) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    async with start_broker(kind, private / "data", 0, USERS) as broker:
        assert broker.kind == kind
        async with link(broker, "leader") as leader:
            await leader.wait_connected(SOON_S)


@pytest.mark.parametrize("kind", KINDS)
async def test_users_and_passwords_are_the_same_after_a_restart(kind: str, tmp_path: Path) -> None:
    async with start_broker(kind, tmp_path, 0, USERS) as first:
        port = port_of(first)
    async with start_broker(kind, tmp_path, port, USERS) as second:
        assert second.url_for("w1") == first.url_for("w1")
        async with link(first, "w1") as worker:
            await worker.wait_connected(SOON_S)
    assert stat.S_IMODE((tmp_path / CREDENTIALS).stat().st_mode) == 0o600
    assert set(second.users) == {"leader", "w1", "w2"}
    assert second.users["w1"] not in repr(second)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_wrong_password_is_refused(kind: str, tmp_path: Path) -> None:
    async with start_broker(kind, tmp_path, 0, USERS) as broker:
        wrong = broker.url_for("leader").replace(broker.users["leader"], broker.users["w1"])
        async with MqttLink(wrong, identifier="leader") as impostor:
            with pytest.raises(LinkRefused):
                await impostor.wait_connected(SOON_S)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_worker_writes_only_its_own_part_and_reads_its_orders(
    kind: str, tmp_path: Path
) -> None:
    async with (
        start_broker(kind, tmp_path, 0, USERS) as broker,
        link(broker, "leader") as leader,
        link(broker, "w1") as w1,
    ):
        await leader.wait_connected(SOON_S)
        await w1.wait_connected(SOON_S)
        async with (
            leader.subscribe("axenic/v1/#") as heard,
            w1.subscribe(topics.plan("w1"), topics.command("w1")) as orders,
        ):
            forbidden = (
                topics.plan("w1"),
                topics.command("w1"),
                topics.outbox_accepted("w1"),
                topics.state("w2"),
                topics.outbox("w2"),
            )
            for topic in forbidden:
                try:
                    await w1.publish(topic, b"evil")
                except LinkRefused:
                    assert kind == "mosquitto"  # 3.1.1 has no words for it
            allowed = (
                topics.state("w1"),
                topics.plan_accepted("w1"),
                topics.command_result("w1", "7"),
                topics.live("w1", "r", "stirring", "measured"),
                topics.outbox("w1"),
            )
            for topic in allowed:
                await w1.publish(topic, b"good")
            assert [(await heard.__anext__()).topic for _ in allowed] == list(allowed)
            await leader.publish(topics.plan("w2"), b"not yours")
            await leader.publish(topics.plan("w1"), b"yours")
            assert (await asyncio.wait_for(orders.__anext__(), SOON_S)).payload == b"yours"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_port_in_use_is_one_clear_error(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.transport.process.PORT_FREE_TIMEOUT_S", 0.2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=f"port {port} .* in use: .* choose another port"):
            async with start_broker(kind, tmp_path, port, USERS):
                pass


@pytest.mark.parametrize("kind", KINDS)
async def test_the_process_is_gone_after_the_context(kind: str, tmp_path: Path) -> None:
    async with start_broker(kind, tmp_path, 0, USERS) as broker:
        assert broker.child is not None
        assert psutil.pid_exists(broker.child.pid)
    assert not psutil.pid_exists(broker.child.pid)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_process_that_does_not_end_when_asked_is_killed(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.transport.process.TERMINATE_TIMEOUT_S", 0.2)
    async with start_broker(kind, tmp_path, 0, USERS) as broker:
        assert broker.child is not None
        os.kill(broker.child.pid, signal.SIGSTOP)
    assert not psutil.pid_exists(broker.child.pid)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_broker_ends_when_its_parent_is_killed(
    kind: str, tmp_path: Path, checkout: Path
) -> None:
    script = f"""
        import asyncio, pathlib
        from orchestrator.transport.broker import start_broker
        async def main():
            async with start_broker({kind!r}, pathlib.Path({str(tmp_path)!r}), 0) as broker:
                print(broker.child.pid, flush=True)
                await asyncio.sleep(60)
        asyncio.run(main())
    """
    parent = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", textwrap.dedent(script)], cwd=checkout, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        assert psutil.Process(pid).is_running()
        parent.kill()
    async with asyncio.timeout(SOON_S):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_broker_that_dies_is_started_again_and_links_come_back(
    kind: str, tmp_path: Path
) -> None:
    async with (
        start_broker(kind, tmp_path, 0, USERS) as broker,
        link(broker, "leader") as leader,
        leader.subscribe("axenic/v1/#") as heard,
    ):
        await leader.wait_connected(SOON_S)
        assert broker.child is not None
        first = broker.child.pid
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(SOON_S):
            while leader.connected:
                await asyncio.sleep(0.01)
        await leader.wait_connected(SOON_S)
        await leader.publish(topics.plan("w1"), b"plan")
        assert (await asyncio.wait_for(heard.__anext__(), SOON_S)).payload == b"plan"
        async with asyncio.timeout(SOON_S):
            while broker.child.starts < 2:  # it is counted once it was seen to answer
                await asyncio.sleep(0.01)
        assert (broker.child.starts, broker.child.pid != first) == (2, True)


@pytest.mark.broker
async def test_mosquitto_keeps_retained_messages_over_a_restart(tmp_path: Path) -> None:
    async with (
        start_broker("mosquitto", tmp_path, 0, USERS) as broker,
        link(broker, "leader") as leader,
    ):
        await leader.wait_connected(SOON_S)
        await leader.publish(topics.plan("w1"), b"plan", retain=True)
    async with (
        start_broker("mosquitto", tmp_path, 0, USERS) as broker,
        link(broker, "w1") as worker,
        worker.subscribe(topics.plan("w1")) as plans,
    ):
        kept = await asyncio.wait_for(plans.__anext__(), SOON_S)
        assert (kept.payload, kept.retained) == (b"plan", True)


@pytest.mark.broker
@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops its rights")
async def test_mosquitto_started_by_root_does_not_stay_root(tmp_path: Path) -> None:
    async with start_broker("mosquitto", tmp_path, 0, USERS) as broker:
        assert broker.child is not None
        assert psutil.Process(broker.child.pid).username() == mosquitto.unprivileged_user()
    assert (tmp_path / CREDENTIALS).stat().st_uid == 0


@pytest.mark.broker
def test_mosquitto_is_found_where_debian_hides_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_mosquitto() is not None


@pytest.mark.parametrize(("found", "kind"), [(True, "mosquitto"), (False, "embedded")])
async def test_auto_takes_mosquitto_where_there_is_one(
    found: bool, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = find_mosquitto()
    if found and program is None:
        pytest.skip("needs Mosquitto")
    monkeypatch.setattr(
        "orchestrator.transport.broker.find_mosquitto", lambda: program if found else None
    )
    async with start_broker("auto", tmp_path, 0, USERS) as broker:
        assert broker.kind == kind


async def test_mosquitto_that_is_missing_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.transport.broker.find_mosquitto", lambda: None)
    with pytest.raises(BrokerError, match="not installed: install it, or use the embedded"):
        async with start_broker("mosquitto", tmp_path, 0):
            pass


async def test_a_broker_given_by_url_is_used_as_it_is(tmp_path: Path) -> None:
    url = "mqtts://me:secret@broker.example:8883"
    async with start_broker(url, tmp_path / "data", 0, USERS) as broker:
        assert (broker.kind, broker.child, broker.url_for("leader")) == ("url", None, url)
    assert not (tmp_path / "data").exists()


async def test_a_broker_that_is_no_url_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"broker 'mosquito': .* or one of auto, mosquitto"):
        async with start_broker("mosquito", tmp_path, 0):
            pass


@pytest.mark.parametrize("kind", KINDS)
async def test_workers_read_what_the_owner_opened_and_other_machines_write_it(
    kind: str, tmp_path: Path
) -> None:
    async with (
        start_broker(kind, tmp_path, 0, broker_users(["w1"], ["lab/#"])) as broker,
        link(broker, "w1") as worker,
        link(broker, OTHERS) as other,
    ):
        await worker.wait_connected(SOON_S)
        await other.wait_connected(SOON_S)
        async with worker.subscribe("lab/door") as arrivals:
            await other.publish("lab/door", b"open")
            arrival = await asyncio.wait_for(anext(aiter(arrivals)), SOON_S)
        assert (arrival.topic, arrival.payload) == ("lab/door", b"open")
        await asserts_closed(kind, other, topics.plan("w1"))


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_but_our_own_is_read_unless_it_was_opened(kind: str, tmp_path: Path) -> None:
    users = broker_users(["w1"])
    assert {user.name for user in users} == {"leader", "w1"}
    other = User(name=OTHERS, writes=("lab/#",))
    async with (
        start_broker(kind, tmp_path, 0, [*users, other]) as broker,
        link(broker, "w1") as worker,
        link(broker, OTHERS) as machine,
    ):
        await worker.wait_connected(SOON_S)
        await machine.wait_connected(SOON_S)
        await asserts_closed(kind, worker, "lab/door", machine)


async def asserts_closed(
    kind: str, reader: MqttLink, topic: str, writer: MqttLink | None = None
) -> None:
    """The embedded broker refuses; Mosquitto takes the subscription and never delivers."""
    if kind == "embedded":
        with pytest.raises(LinkRefused, match=topic):
            async with reader.subscribe(topic):
                pass
        return
    async with reader.subscribe(topic) as arrivals:
        if writer is not None:
            await writer.publish(topic, b"open")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(aiter(arrivals)), 1.0)


@pytest.mark.parametrize("bad", ["#", "+/x", "axenic/#", "axenic", "$SYS/#", "lab/a#", "", "a\nb"])
def test_filters_that_open_too_much_or_are_none_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"filter|would open|characters"):
        checked_readable([bad])


def test_rights_are_written_as_mosquitto_reads_them() -> None:
    user = User(name="w1", reads=("a/#",), writes=("b", "c/+"))
    assert acl_file((user,)) == "user w1\ntopic read a/#\ntopic write b\ntopic write c/+\n"


async def test_a_data_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BrokerError, match="cannot keep the broker's passwords"):
        async with start_broker("embedded", tmp_path / "file" / "data", 0, USERS):
            pass
