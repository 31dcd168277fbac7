"""How the broker in memory breaks on request; what it promises is in the contract suite."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from orchestrator.ports.link import LinkDown, Will
from orchestrator.transport.memory import Faults, MemoryBroker, MemoryLink


async def received(faults: Faults, seed: int, messages: int = 100) -> tuple[list[int], int]:
    """Send numbers through the faults; return what arrived and how often the sender was told."""
    broker = MemoryBroker(faults=faults, random=Random(seed))
    failures = 0
    async with MemoryLink(broker, identifier="a") as link:
        await link.wait_connected(1.0)
        async with link.subscribe("n") as arrivals:
            for i in range(messages):
                try:
                    await link.publish("n", str(i).encode())
                except LinkDown:
                    failures += 1
            await asyncio.sleep(2 * faults.delay_s_max)
    return [int(arrival.payload) async for arrival in arrivals], failures


async def test_lost_messages_are_told_to_their_sender() -> None:
    got, failures = await received(Faults(lost=0.3), seed=1)
    assert 0 < failures < 100
    assert len(got) == 100 - failures


async def test_an_unconfirmed_message_arrives_all_the_same() -> None:
    got, failures = await received(Faults(unconfirmed=0.3), seed=1)
    assert failures > 0
    assert got == list(range(100))


async def test_a_doubled_message_arrives_twice() -> None:
    got, failures = await received(Faults(doubled=0.3), seed=1)
    assert failures == 0
    assert len(got) > 100
    assert sorted(set(got)) == list(range(100))


async def test_delayed_messages_keep_their_order() -> None:
    got, _ = await received(Faults(delay_s_max=0.02), seed=1)
    assert got == list(range(100))


async def test_the_same_seed_breaks_the_same_messages() -> None:
    faults = Faults(lost=0.2, doubled=0.2)
    assert await received(faults, seed=7) == await received(faults, seed=7)
    assert await received(faults, seed=7) != await received(faults, seed=8)


async def test_an_unplugged_link_stays_away_until_it_is_plugged_in() -> None:
    broker = MemoryBroker()
    will = Will(topic="w", payload=b"lost")
    async with MemoryLink(broker, identifier="a", will=will) as link:
        await link.wait_connected(1.0)
        link.unplug()
        assert broker.retained["w"] == b"lost"
        with pytest.raises(LinkDown):
            await link.wait_connected(0.05)
        link.plug_in()
        await link.wait_connected(1.0)


async def test_what_was_on_its_way_is_lost_with_the_connection() -> None:
    broker = MemoryBroker(faults=Faults(delay_s_max=0.05))
    async with MemoryLink(broker, identifier="a") as link:
        await link.wait_connected(1.0)
        async with link.subscribe("n") as arrivals:
            await link.publish("n", b"1")
            link.cut()
            await link.wait_connected(1.0)
            await asyncio.sleep(0.1)
    assert [arrival async for arrival in arrivals] == []


async def test_a_stopped_broker_says_no_wills_and_keeps_what_was_retained() -> None:
    broker = MemoryBroker()
    will = Will(topic="w", payload=b"lost")
    async with MemoryLink(broker, identifier="a", will=will) as link:
        await link.wait_connected(1.0)
        await link.publish("kept", b"1", retain=True)
        broker.stop()
        assert not link.connected
        broker.start()
        await link.wait_connected(1.0)
        assert broker.retained == {"kept": b"1"}
