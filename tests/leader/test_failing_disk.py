"""A leader outlives a disk that fails, tells people past it, and accepts only what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from orchestrator.messages import topics
from orchestrator.messages.codec import encode
from orchestrator.model.experiment import State
from orchestrator.ports.records import NewAlert
from orchestrator.ports.routes import Route, Routed, at_least
from orchestrator.store.sqlite import open_store
from orchestrator.store.tables import SqlStore
from orchestrator.transport.memory import MemoryBroker
from tests.support import leader_room
from tests.support.failing_disk import TROUBLES, FailingDisk
from tests.support.leader_room import PLAIN, QUICK, PlayedNotifier, Room, StillClock, soon
from tests.support.played_worker import WALL, reading


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    """With a store on a disk; what refuses nothing for 0.3 s is well again."""
    monkeypatch.setattr(leader_room, "QUICK", replace(QUICK, refusing_s=0.3))
    store = await open_store(tmp_path / "s")
    async with AsyncExitStack() as stack:
        room = Room(MemoryBroker(random=Random(2)), store, StillClock(), stack)
        async with room.leading():
            yield room
            await stack.aclose()
    await store.close()


def disk_of(room: Room) -> FailingDisk:
    assert isinstance(room.store, SqlStore)
    return FailingDisk(room.store)


@pytest.mark.parametrize("name", ["full", "fsync", "readonly", "corrupt"])
async def test_rule_16_nothing_is_accepted_while_the_disk_fails_and_all_once_afterwards(
    room: Room, name: str
) -> None:
    worker = await room.worker("bench")
    experiment, run = await room.begin(worker)
    await soon(lambda: worker.accepted == {1})
    disk = disk_of(room)
    disk.fails_by = name
    sent = [worker.batch(reading(run, 5.0 * n, n)) for n in range(20)]

    async def send() -> None:
        for each in sent:
            await worker.link.publish(topics.outbox("bench"), encode(each))

    await send()
    await soon(lambda: room.notifier.sent)
    await send()
    await soon(lambda: disk.refused >= 3)
    assert worker.accepted == {1}
    assert room.leader._record.malformed == 0
    assert TROUBLES[name][1] in room.leader.store_trouble
    [told] = room.notifier.sent
    assert (told.severity, told.title) == ("critical", "Axenic critical: the store")
    assert TROUBLES[name][1] in told.body
    disk.fails_by = ""
    await send()
    await soon(lambda: worker.accepted == set(range(1, 22)))
    await soon(lambda: room.leader.store_trouble == "")
    [standing] = (await room.store.alerts(open_only=True)).items
    assert (standing.source, standing.severity) == ("disk", "critical")
    assert "could not be written from" in standing.text
    assert TROUBLES[name][1] in standing.text
    rows = [row async for rows in room.store.export_readings(experiment) for row in rows]
    assert [row.number for row in rows] == list(range(2, 22))


async def test_the_queue_goes_on_once_the_disk_is_well(room: Room) -> None:
    disk = disk_of(room)
    experiment = await room.submit(bindings={"v1": "bench"})
    disk.fails_by = "fsync"
    worker = await room.worker("bench")
    await soon(lambda: disk.refused >= 5)
    assert not worker.plans
    disk.fails_by = ""
    await room.until(experiment, State.RUNNING)
    await soon(lambda: worker.plans)


async def test_each_route_that_wants_it_is_told_once_and_again_where_it_did_not_go_out(
    room: Room,
) -> None:
    """Not the routes of single users, nor those for what is less grave."""
    ada, trifles, chief = PlayedNotifier(), PlayedNotifier(), PlayedNotifier()
    chief.failures = 2
    room.routes = [
        Routed(route=Route(name="ada", to=(), users=frozenset({"ada"})), notifier=ada),
        Routed(
            route=Route(name="trifles", to=(), severities=frozenset({"info"})), notifier=trifles
        ),
        Routed(route=Route(name="chief", to=(), severities=at_least("critical")), notifier=chief),
    ]
    async with room.leading() as leader:
        disk = disk_of(room)
        disk.fails_by = "fsync"
        await room.worker("bench")
        await soon(lambda: chief.sent)
        await asyncio.sleep(0.2)
        assert len(chief.sent) == 1
        assert not ada.sent and not trifles.sent
        disk.fails_by = ""
        await soon(lambda: leader.store_trouble == "")


async def test_what_went_out_while_it_could_not_be_written_down_is_told_once(room: Room) -> None:
    disk = disk_of(room)
    sends = room.notifier.send

    async def send(notification: object) -> None:
        disk.fails_by = "fsync"  # between the message and the note that it went out
        await sends(notification)  # type: ignore[arg-type]

    room.notifier.send = send  # type: ignore[method-assign]
    warm = NewAlert(text="warm", severity="warning", source="test", at_wall_s=WALL)
    await room.store.raise_alert(warm)
    await soon(lambda: disk.refused >= 4)
    assert [each.body for each in room.notifier.sent if each.body == "warm"] == ["warm"]
    room.notifier.send = sends  # type: ignore[method-assign]
    disk.fails_by = ""

    async def is_settled() -> bool:
        return [one.delivery for one in (await room.store.alerts()).items][-1] == "sent"

    await soon(is_settled)
    assert [each.body for each in room.notifier.sent if each.body == "warm"] == ["warm"]
    assert PLAIN.name == "phone"
