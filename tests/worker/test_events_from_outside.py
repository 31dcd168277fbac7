"""Buttons, webhooks and topics on a worker: over a link, once each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from orchestrator.model.ledger import Kind
from orchestrator.transport.memory import MemoryBroker, MemoryLink
from orchestrator.transport.users import User
from orchestrator.worker.listen import BURST, Allowance
from orchestrator.worker.report import last_will
from orchestrator.worker.service import Worker
from tests.support.hurried_clock import HurriedClock
from tests.support.played_leader import PlayedLeader, until
from tests.support.worker_rig import ATTEMPT, SOURCE, VESSEL, World, order, phase, slice_of, step

HERE = {"attempt": ATTEMPT, "vessel": VESSEL}
TELL = step("note", text=[["variable", "trigger.name"], ": ", ["variable", "trigger.value"]])
STARTS = [
    {"kind": "event", "event": "button", "name": "rinse"},
    {"kind": "event", "event": "webhook", "name": "door", "payload": {"equals": "open"}},
    {
        "kind": "event",
        "event": "topic",
        "name": "lab/ph",
        "payload": {"type": "number", "path": "ph"},
    },
    {"kind": "event", "event": "topic", "name": "lab/gas", "payload": {"retained": True}},
]
WAITING = slice_of(
    phase("open", until={"when": ["compare", ["signal", "od600"], ">", 99.0]}),
    rules=[
        {"item": "told", "starts": STARTS, "steps": [TELL], "source": SOURCE, "mode": "queued"},
    ],
)


@dataclass
class Room:
    broker: MemoryBroker
    leader: PlayedLeader
    worker: Worker
    other: MemoryLink
    """Another machine on the same broker."""

    def notes(self) -> list[str]:
        return [entry.data["text"] for entry in self.leader.entries("note")]

    async def say(self, topic: str, payload: str, *, retain: bool = False) -> None:
        await self.other.publish(topic, payload.encode(), retain=retain)

    async def press(self, id_: str, event: str = "button", **more: str) -> tuple[str, str]:
        args = {"event": event, "name": "rinse", "id": id_, **more}
        said = await self.leader.command("event", args=args, **HERE)
        return said.outcome, said.reason


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    world, broker = World(), MemoryBroker()
    world.clock = HurriedClock()
    leader = PlayedLeader(broker, world.clock)
    link = MemoryLink(broker, identifier="w1", will=last_will("w1"))
    other = MemoryLink(broker, identifier="other")
    async with leader.listening(), other, world.working(link=link) as worker:
        await until(lambda: bool(leader.states))
        await other.wait_connected(5)
        yield Room(broker, leader, worker, other)


async def listening(room: Room, retained: str = "") -> None:
    """The run began, and the worker's subscriptions with it."""
    if retained:
        await room.say("lab/gas", retained, retain=True)
    await room.leader.order(order(WAITING))

    def heard() -> bool:
        return "lab/ph: 1" in room.notes()

    while not heard():
        await room.say("lab/ph", '{"ph": 1}')
        await asyncio.sleep(0.1)


async def test_rule_17_a_button_is_a_command_and_one_id_is_one_press(room: Room) -> None:
    await room.leader.order(order(WAITING))
    assert await room.press("p1") == ("done", "")
    assert await room.press("p1") == ("done", "")
    assert await room.press("p2") == ("done", "")
    await until(lambda: room.notes() == ["rinse: anna"] * 2)


async def test_what_nothing_starts_on_is_refused_with_the_reason(room: Room) -> None:
    await room.leader.order(order(WAITING))
    outcome, reason = await room.press("p1", name="other")
    assert (outcome, reason) == ("refused", "no rule of a starts on the button other")
    assert (await room.press("p2", event="topic"))[0] == "refused"
    assert (await room.press("p3", event="webhook", name="door", payload="shut"))[0] == "refused"
    assert (await room.press("p4", event="webhook", name="door", payload="x" * 5000))[0] == (
        "refused"
    )
    assert await room.press("p5", event="webhook", name="door", payload="open") == ("done", "")
    await until(lambda: room.notes() == ["door: open"])


async def test_a_topic_that_may_not_be_read_is_an_alert_that_says_what_to_do() -> None:
    world = World()
    world.clock = HurriedClock()
    ours = User(name="w1", reads=("axenic/#",), writes=("axenic/#",))
    broker = MemoryBroker(users={"w1": ours, "leader": User(name="leader", reads=("#",))})
    link = MemoryLink(broker, identifier="w1", user="w1", will=last_will("w1"))
    async with world.working(link=link) as worker:
        answer = await world.take(worker, order(WAITING))
        assert answer.accepted, answer
        for _ in range(100):
            alerts = await world.entries(Kind.ALERT)
            if len(alerts) >= 2:
                break
            await asyncio.sleep(0.01)
    said = {
        topic: text
        for text in (e.data["text"] for e in alerts)
        for topic in ("lab/ph", "lab/gas")
        if topic in text
    }
    assert set(said) == {"lab/ph", "lab/gas"}
    assert "--readable-topics 'lab/ph'" in said["lab/ph"]


async def test_a_message_of_another_machine_starts_a_rule(room: Room) -> None:
    await listening(room)
    await room.say("lab/ph", '{"ph": 7.5}')
    await room.say("lab/ph", "rubbish")
    await room.say("lab/other", "7")
    await until(lambda: "lab/ph: 7.5" in room.notes())
    assert set(room.notes()) == {"lab/ph: 1", "lab/ph: 7.5"}


async def test_what_the_broker_had_kept_counts_where_it_is_asked_for_and_once(room: Room) -> None:
    await listening(room, retained="open")
    await until(lambda: "lab/gas: open" in room.notes())
    room.broker.stop()
    room.broker.start()
    await until(lambda: room.other.connected)
    await room.say("lab/gas", "shut")
    await until(lambda: "lab/gas: shut" in room.notes())
    assert room.notes().count("lab/gas: open") == 1


async def test_a_number_of_another_machine_is_a_signal_within_its_range(room: Room) -> None:
    settings = {"a_topic": "lab/air", "a_value": "data.rh", "a_minimum": 0.0, "a_maximum": 100.0}
    external = {"external": {"settings": settings}}
    for_ever = {"when": ["compare", ["signal", "od600"], ">", 99.0]}
    below = ["compare", ["signal", "external.a"], "<", 20.0]
    dry = {
        "item": "dry",
        "starts": [{"kind": "when", "when": {"when": below}}],
        "steps": [step("note", text=["dry: ", ["signal", "external.a"]])],
        "source": SOURCE,
    }
    open_ = phase("open", until=for_ever)
    await room.say("lab/air", '{"data": {"rh": 5}}', retain=True)
    await room.leader.order(order(slice_of(open_, jobs=external, rules=[dry])))

    def values() -> list[float]:
        return [each.value for each in room.leader.readings("external.a")]

    while not values():
        await room.say("lab/air", '{"data": {"rh": 41.5}}')
        await asyncio.sleep(0.1)
    assert set(values()) == {41.5}
    for wrong in ("rubbish", '{"data": {"rh": 141}}', '{"data": {}}', '{"data": {"rh": true}}'):
        await room.say("lab/air", wrong)
    await room.say("lab/air", '{"data": {"rh": 12}}')
    await until(lambda: "dry: 12" in room.notes())
    rejected = [each.value for each in room.leader.readings("external.rejected")]
    assert rejected == [1.0, 2.0, 3.0, 4.0]
    [told] = [each.data["text"] for each in room.leader.entries("alert")]
    assert told == "lab/air, as external.a, brought nothing to be taken: 'rubbish' is no JSON"
    assert {41.5, 12.0} == set(values())


async def test_a_flood_is_bounded_and_told_of_once() -> None:
    allowance = Allowance(0.0)
    taken = [allowance.spend(0.0) for _ in range(BURST + 5)]
    assert taken == [True] * BURST + [False] * 5
    flood = Allowance(0.0)
    told = 0
    for number in range(1000):
        flood.spend(number / 100.0)
        told += flood.news
    assert told == 1
    assert flood.spend(1000.0)
