"""What every link promises, whatever carries the messages."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import pytest

from orchestrator.ports.link import (
    Arrival,
    Link,
    LinkDown,
    LinkRefused,
    Overflow,
    Subscription,
    Will,
)
from orchestrator.transport.backoff import Backoff
from orchestrator.transport.broker import Broker, start_broker
from orchestrator.transport.memory import MemoryBroker, MemoryLink
from orchestrator.transport.mqtt import MqttLink
from orchestrator.transport.users import User

SOON_S = 10.0
QUIET_S = 0.2
LEADER = User(name="leader", reads=("#",), writes=("#",))
WORKER = User(name="w1", reads=("ax/w1/plan", "ax/+/seen/#"), writes=("ax/w1/state", "ax/w1/log"))
USERS = (LEADER, WORKER)


class BreakableLink(Link, Protocol):
    def cut(self) -> None: ...


class World(Protocol):
    """A broker that can be killed, and links to it."""

    answers_refused_publish: bool
    answers_refused_subscribe: bool

    def link(
        self, user: str, *, identifier: str | None = None, will: Will | None = None
    ) -> BreakableLink: ...

    async def kill_broker(self) -> None: ...

    async def start_broker(self) -> None: ...


class MemoryWorld:
    answers_refused_publish = True
    answers_refused_subscribe = True

    def __init__(self) -> None:
        self._broker = MemoryBroker(users={user.name: user for user in USERS})

    def link(
        self, user: str, *, identifier: str | None = None, will: Will | None = None
    ) -> BreakableLink:
        return MemoryLink(self._broker, identifier=identifier or user, user=user, will=will)

    async def kill_broker(self) -> None:
        self._broker.stop(forget=True)

    async def start_broker(self) -> None:
        self._broker.start()


class MqttWorld:
    def __init__(self, kind: str, data_dir: Path) -> None:
        self.answers_refused_publish = kind == "mosquitto"  # needs MQTT 5
        self.answers_refused_subscribe = kind == "embedded"  # Mosquitto only withholds
        self._kind = kind
        self._data_dir = data_dir
        self._port = 0
        self._broker: Broker | None = None
        self._running = AsyncExitStack()

    def link(
        self, user: str, *, identifier: str | None = None, will: Will | None = None
    ) -> BreakableLink:
        assert self._broker is not None
        known = user in self._broker.users
        url = self._broker.url_for(user) if known else self._broker.url
        return MqttLink(
            url,
            identifier=identifier or user,
            will=will,
            backoff=Backoff(first_s=0.02, limit_s=0.2),
        )

    async def kill_broker(self) -> None:
        assert self._broker is not None and self._broker.child is not None
        os.kill(self._broker.child.pid, signal.SIGKILL)
        await self._running.aclose()

    async def start_broker(self) -> None:
        self._broker = await self._running.enter_async_context(
            start_broker(self._kind, self._data_dir, self._port, USERS)
        )
        self._port = int(self._broker.url.partition("?")[0].rsplit(":", 1)[1])

    async def close(self) -> None:
        await self._running.aclose()


@pytest.fixture(
    params=["memory", pytest.param("mosquitto", marks=pytest.mark.broker), "embedded"],
)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
    else:
        mqtt = MqttWorld(request.param, tmp_path / "data")
        await mqtt.start_broker()
        yield mqtt
        await mqtt.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left


async def soon(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not condition():
            await asyncio.sleep(0.005)


async def take(arrivals: Subscription) -> Arrival:
    return await asyncio.wait_for(arrivals.__anext__(), SOON_S)


async def test_a_message_reaches_who_subscribed(world: World) -> None:
    async with world.link("leader") as leader, world.link("w1") as worker:
        await leader.wait_connected(SOON_S)
        await worker.wait_connected(SOON_S)
        async with leader.subscribe("ax/+/state") as states:
            await worker.publish("ax/w1/state", b"ready")
            assert await take(states) == Arrival(
                topic="ax/w1/state", payload=b"ready", retained=False
            )


async def test_what_one_sender_says_arrives_in_order(world: World) -> None:
    async with world.link("leader") as leader, world.link("w1") as worker:
        await leader.wait_connected(SOON_S)
        await worker.wait_connected(SOON_S)
        async with leader.subscribe("ax/#") as arrivals:
            said = [str(i).encode() for i in range(200)]
            await asyncio.gather(*(worker.publish("ax/w1/log", one) for one in said))
            assert [(await take(arrivals)).payload for _ in said] == said


async def test_a_subscription_gets_what_its_filters_select(world: World) -> None:
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        async with leader.subscribe("a/+/x", "b/#") as chosen:
            for topic in ("a/1/y", "a/1/x", "c", "b/1/2", "b", "a/x", "end/x", "b/last"):
                await leader.publish(topic, b"")
            got = [(await take(chosen)).topic for _ in range(4)]
            assert got == ["a/1/x", "b/1/2", "b", "b/last"]


async def test_two_subscriptions_of_one_link_both_get_their_message(world: World) -> None:
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        async with leader.subscribe("a") as one, leader.subscribe("b") as other:
            await leader.publish("b", b"2")
            await leader.publish("a", b"1")
            assert (await take(one)).payload == b"1"
            assert (await take(other)).payload == b"2"


async def test_a_retained_message_waits_for_who_comes_later(world: World) -> None:
    async with world.link("leader") as leader, world.link("w1") as worker:
        await leader.wait_connected(SOON_S)
        await leader.publish("ax/w1/plan", b"old", retain=True)
        await leader.publish("ax/w1/plan", b"plan", retain=True)
        await worker.wait_connected(SOON_S)
        async with worker.subscribe("ax/w1/plan") as plans:
            assert await take(plans) == Arrival(topic="ax/w1/plan", payload=b"plan", retained=True)


async def test_an_empty_retained_message_clears_the_place(world: World) -> None:
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        await leader.publish("ax/w1/plan", b"plan", retain=True)
        await leader.publish("ax/w1/plan", b"", retain=True)
        async with leader.subscribe("ax/w1/plan") as plans:
            await leader.publish("ax/w1/plan", b"live")
            assert (await take(plans)).payload == b"live"


async def test_leaving_a_subscription_ends_it_and_spares_its_neighbour(world: World) -> None:
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        async with leader.subscribe("a") as stays:
            async with leader.subscribe("a", "b"):
                await leader.publish("a", b"1")
            await leader.publish("a", b"2")
            assert [(await take(stays)).payload for _ in range(2)] == [b"1", b"2"]


async def test_publishing_while_disconnected_raises_at_once(world: World) -> None:
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        await world.kill_broker()
        await soon(lambda: not leader.connected)
        async with asyncio.timeout(0.5):
            with pytest.raises(LinkDown):
                await leader.publish("a", b"")
        with pytest.raises(LinkDown):
            await leader.wait_connected(0.05)


async def test_a_message_with_nobody_left_to_take_it_raises_and_never_hangs(world: World) -> None:
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        pending = [asyncio.create_task(leader.publish("a", b"x")) for _ in range(50)]
        await world.kill_broker()
        async with asyncio.timeout(SOON_S):
            ends = await asyncio.gather(*pending, return_exceptions=True)
        assert all(end is None or isinstance(end, LinkDown) for end in ends)


async def test_the_will_is_said_when_a_link_breaks(world: World) -> None:
    will = Will(topic="ax/w1/state", payload=b"lost", retain=True)
    async with world.link("leader") as leader, world.link("w1", will=will) as worker:
        await leader.wait_connected(SOON_S)
        async with leader.subscribe("ax/w1/state") as states:
            await worker.wait_connected(SOON_S)
            await worker.publish("ax/w1/state", b"ready", retain=True)
            assert (await take(states)).payload == b"ready"
            worker.cut()
            assert (await take(states)).payload == b"lost"
        async with leader.subscribe("ax/w1/state") as states:
            assert await take(states) == Arrival(
                topic="ax/w1/state", payload=b"lost", retained=True
            )


async def test_a_goodbye_leaves_no_will(world: World) -> None:
    will = Will(topic="ax/w1/state", payload=b"lost")
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        async with leader.subscribe("ax/#") as states:
            async with world.link("w1", will=will) as worker:
                await worker.wait_connected(SOON_S)
                await worker.publish("ax/w1/state", b"stopped")
            await asyncio.sleep(QUIET_S)
            await leader.publish("ax/end", b"")
            assert [(await take(states)).payload for _ in range(2)] == [b"stopped", b""]


async def test_a_will_on_a_forbidden_topic_is_never_said(world: World) -> None:
    will = Will(topic="ax/w2/plan", payload=b"evil")
    async with world.link("leader") as leader, world.link("w1", will=will) as worker:
        await leader.wait_connected(SOON_S)
        async with leader.subscribe("ax/#") as arrivals:
            # a broker may turn such a client away altogether
            try:
                await worker.wait_connected(1.0)
                worker.cut()
            except (LinkDown, LinkRefused):
                assert not worker.connected
            await asyncio.sleep(QUIET_S)
            await leader.publish("ax/end", b"")
            assert (await take(arrivals)).topic == "ax/end"


async def test_a_broken_link_comes_back_with_its_subscriptions(world: World) -> None:
    async with world.link("leader") as leader, world.link("w1") as worker:
        connects = 0

        async def greet() -> None:
            nonlocal connects
            connects += 1
            await worker.publish("ax/w1/state", f"ready {connects}".encode(), retain=True)

        worker.on_connect(greet)
        await leader.wait_connected(SOON_S)
        await worker.wait_connected(SOON_S)
        async with (
            leader.subscribe("ax/w1/state") as states,
            worker.subscribe("ax/w1/plan") as plans,
        ):
            assert (await take(states)).payload == b"ready 1"
            worker.cut()
            while (await take(states)).payload != b"ready 2":
                pass
            await leader.publish("ax/w1/plan", b"plan")
            assert (await take(plans)).payload == b"plan"


async def test_links_find_a_broker_that_was_killed_and_started_again(world: World) -> None:
    async with world.link("leader") as leader, world.link("w1") as worker:

        async def publish_plan() -> None:
            await leader.publish("ax/w1/plan", b"plan", retain=True)

        leader.on_connect(publish_plan)
        async with worker.subscribe("ax/w1/plan") as plans:
            assert (await take(plans)).payload == b"plan"
            await world.kill_broker()
            await soon(lambda: not leader.connected and not worker.connected)
            await world.start_broker()
            await leader.wait_connected(SOON_S)
            await worker.wait_connected(SOON_S)
            assert (await take(plans)).payload == b"plan"
            await leader.publish("ax/w1/plan", b"next")
            while (await take(plans)).payload != b"next":
                pass


async def test_a_subscription_made_while_disconnected_works_once_connected(world: World) -> None:
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        await world.kill_broker()
        await soon(lambda: not leader.connected)
        async with leader.subscribe("a") as arrivals:
            await world.start_broker()
            await leader.wait_connected(SOON_S)
            await leader.publish("a", b"1")
            assert (await take(arrivals)).payload == b"1"


async def test_subscriptions_are_renewed_before_the_callbacks_are_called(world: World) -> None:
    async with world.link("leader") as leader:

        async def talk_to_myself() -> None:
            await leader.publish("a", b"1")

        leader.on_connect(talk_to_myself)
        async with leader.subscribe("a") as arrivals:
            assert (await take(arrivals)).payload == b"1"


@pytest.mark.parametrize(
    ("overflow", "kept"),
    [(Overflow.DROP_OLDEST, [b"3", b"4"]), (Overflow.DROP_NEWEST, [b"0", b"1"])],
)
async def test_a_full_subscription_drops_as_agreed_and_counts(
    world: World, overflow: Overflow, kept: list[bytes]
) -> None:
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        async with (
            leader.subscribe("a", limit=2, overflow=overflow) as small,
            leader.subscribe("a") as large,
        ):
            for i in range(5):
                await leader.publish("a", str(i).encode())
            for _ in range(5):
                await take(large)
            assert small.dropped == 3
            assert large.dropped == 0
            assert [(await take(small)).payload for _ in range(2)] == kept


async def test_nobody_hears_what_a_user_may_not_say(world: World) -> None:
    async with world.link("leader") as leader, world.link("w1") as worker:
        await leader.wait_connected(SOON_S)
        await worker.wait_connected(SOON_S)
        async with leader.subscribe("ax/#") as arrivals:
            if world.answers_refused_publish:
                with pytest.raises(LinkRefused, match="ax/w1/plan"):
                    await worker.publish("ax/w1/plan", b"evil")
            else:
                await worker.publish("ax/w1/plan", b"evil")
            await worker.publish("ax/w2/state", b"evil", qos=0)
            await worker.publish("ax/w1/state", b"ready")
            assert (await take(arrivals)).payload == b"ready"


async def test_a_user_hears_only_what_it_may(world: World) -> None:
    async with world.link("leader") as leader, world.link("w1") as worker:
        await leader.wait_connected(SOON_S)
        await worker.wait_connected(SOON_S)
        await leader.publish("ax/w2/plan", b"secret", retain=True)
        if world.answers_refused_subscribe:
            with pytest.raises(LinkRefused, match="#"):
                async with worker.subscribe("#"):
                    pass
            return
        async with worker.subscribe("#") as arrivals:
            await leader.publish("ax/w2/plan", b"secret")
            await leader.publish("ax/w1/plan", b"mine")
            assert (await take(arrivals)).payload == b"mine"


async def test_a_stranger_is_turned_away_and_told_so(world: World) -> None:
    async with world.link("stranger") as stranger:
        with pytest.raises(LinkRefused):
            await stranger.wait_connected(SOON_S)
        assert not stranger.connected


async def test_a_second_link_of_the_same_name_replaces_the_first(world: World) -> None:
    async with world.link("w1") as first:
        await first.wait_connected(SOON_S)
        async with world.link("w1") as second:
            await second.wait_connected(SOON_S)
            await second.publish("ax/w1/state", b"me")


async def test_iterating_ends_when_the_link_is_closed(world: World) -> None:
    leader = world.link("leader")
    async with leader:
        await leader.wait_connected(SOON_S)
        subscription = leader.subscribe("a")
        arrivals = await subscription.__aenter__()
        await leader.publish("a", b"last")
        await asyncio.sleep(QUIET_S)
    assert [arrival.payload async for arrival in arrivals] == [b"last"]
    await subscription.__aexit__(None, None, None)


async def test_closing_before_connecting_leaves_nothing_behind(world: World) -> None:
    async with world.link("leader") as leader:
        assert not leader.connected
    assert not leader.connected


async def test_a_crash_in_a_callback_is_not_lost(world: World) -> None:
    async def crash() -> None:
        raise ZeroDivisionError

    link = world.link("leader")
    link.on_connect(crash)
    with pytest.raises(ZeroDivisionError):
        async with link:
            await link.wait_connected(SOON_S)
            await soon(lambda: not link.connected)


@pytest.mark.parametrize("bad", ["", "a/#/b", "a#", "+a/b"])
async def test_what_is_no_filter_is_refused_on_the_spot(world: World, bad: str) -> None:
    async with world.link("leader") as leader:
        with pytest.raises(ValueError, match="filter"):
            async with leader.subscribe(bad):
                pass


@pytest.mark.parametrize("bad", ["", "a/+", "#"])
async def test_what_is_no_topic_is_refused_on_the_spot(world: World, bad: str) -> None:
    async with world.link("leader") as leader:
        await leader.wait_connected(SOON_S)
        with pytest.raises(ValueError, match="topic"):
            await leader.publish(bad, b"")
