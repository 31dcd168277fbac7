"""Server-sent events: without loss, without doubling, without waiting for anybody."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp import web

from orchestrator.ports.office import LiveReadings
from orchestrator.ports.records import Event
from orchestrator.ports.store import Store
from orchestrator.server.api import stream
from orchestrator.server.serve import listening
from orchestrator.server.stream import broadcast, subscriber
from orchestrator.server.stream.broadcast import BROADCAST
from orchestrator.server.stream.frames import event_payload
from orchestrator.store.memory import MemoryStore
from orchestrator.store.sqlite import open_store
from tests.server.conftest import Client
from tests.server.listener import listening_to
from tests.server.office import NOW_S, DeskOffice


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """What a stream promises rests on the order in which a store tells of events: try both."""
    if request.param == "memory":
        yield MemoryStore()
        return
    opened = await open_store(tmp_path / "store.db")
    yield opened
    await opened.close()


async def note(store: Store, number: int, experiment: str | None = None) -> Event:
    """Something happens."""
    data = {"text": f"note {number}"}
    return await store.add_event("note", data, at_wall_s=NOW_S, experiment=experiment)


async def settle(app: web.Application, pages: int = 1) -> None:
    """Wait until so many pages hear what happens as it happens."""
    deadline = time.monotonic() + 5
    hub = app[BROADCAST]
    while hub.live_count() != pages:
        assert time.monotonic() < deadline, hub.live_count()
        await asyncio.sleep(0.005)


async def test_what_happens_is_told_as_it_happens(
    client: Client, app: web.Application, store: Store
) -> None:
    async with listening_to(client) as listener:
        await settle(app)
        made = await note(store, 1, "e1")
        message = await listener.message()
    assert message.name == "message"
    assert message.last_event_id == str(made.event_id)
    assert message.data == {
        "id": made.event_id,
        "kind": "note",
        "at_wall_s": NOW_S,
        "experiment": "e1",
        "vessel": None,
        "data": {"text": "note 1"},
    }


async def test_a_new_page_hears_only_of_what_happens_from_now_on(
    client: Client, app: web.Application, store: Store
) -> None:
    await note(store, 1)
    async with listening_to(client) as listener:
        await settle(app)
        second = await note(store, 2)
        assert (await listener.message()).data["id"] == second.event_id


async def test_a_page_may_begin_after_the_event_that_it_shows_already(
    client: Client, store: Store
) -> None:
    events = [await note(store, number) for number in range(5)]
    async with listening_to(client, f"?after={events[1].event_id}") as listener:
        heard = [each.data["id"] for each in await listener.messages(3)]
    assert heard == [each.event_id for each in events[2:]]


async def test_a_long_past_is_told_whole(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PORTION", 7)
    events = [await note(store, number) for number in range(7 * 4)]
    async with listening_to(client, "?after=0") as listener:
        heard = [each.data["id"] for each in await listener.messages(len(events))]
    assert heard == [each.event_id for each in events]


async def test_a_connection_that_dies_at_once_goes_on_where_it_began(
    client: Client, store: Store
) -> None:
    await note(store, 1)
    async with listening_to(client) as first:
        began = first.last_event_id
    missed = await note(store, 2)
    async with listening_to(client, last_event_id=began) as second:
        assert (await second.message()).data["id"] == missed.event_id


async def test_only_events_of_the_experiment_are_told(
    client: Client, app: web.Application, store: Store
) -> None:
    async with listening_to(client, "?experiment=e1") as listener:
        await settle(app)
        await note(store, 1, "e2")
        await note(store, 2)
        wanted = await note(store, 3, "e1")
        assert (await listener.message()).data["id"] == wanted.event_id
        assert await listener.nothing_for(0.05)


async def test_nothing_is_lost_or_doubled_over_killed_connections(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections are killed in the middle again and again, while things go on happening."""
    monkeypatch.setattr(stream, "PORTION", 7)
    chance, total = Random(4), 600
    written = asyncio.create_task(_write(store, total))
    heard: list[int] = []
    last = "0"
    while len(heard) < total:
        async with listening_to(client, "?after=0", last_event_id=last) as listener:
            for _ in range(min(chance.randrange(1, 40), total - len(heard))):
                message = await listener.message()
                heard.append(message.data["id"])
                last = message.last_event_id
    await written
    assert heard == [each.event_id for each in await store.events_after(0, limit=1000)]
    assert len(heard) == total


async def _write(store: Store, total: int) -> None:
    for number in range(total):
        await note(store, number, f"e{number % 2}")
        if number % 5 == 0:
            await asyncio.sleep(0.002)


async def test_what_happens_while_the_past_is_read_is_neither_lost_nor_doubled(
    client: Client, app: web.Application, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each read from the store is overtaken by new events, before and after it."""
    read = store.events_after
    number = iter(range(100, 110))

    async def overtaken(event_id: int, **more: Any) -> Sequence[Event]:
        if (first := next(number, None)) is not None:
            await note(store, first)
        found = await read(event_id, **more)
        if (second := next(number, None)) is not None:
            await note(store, second)
        return found

    for before in range(3):
        await note(store, before)
    monkeypatch.setattr(store, "events_after", overtaken)
    async with listening_to(client, "?after=0") as listener:
        await settle(app)
        last = await note(store, 999)
        heard: list[int] = []
        while not heard or heard[-1] != last.event_id:
            heard.append((await listener.message()).data["id"])
    assert heard == list(range(1, last.event_id + 1))


async def test_a_flood_during_the_replay_is_read_from_the_store_again(
    client: Client, app: web.Application, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber, "PENDING_MAX", 3)
    read, flooded = store.events_after, False

    async def flood(event_id: int, **more: Any) -> Sequence[Event]:
        nonlocal flooded
        found = await read(event_id, **more)
        if not flooded:
            flooded = True
            for number in range(20):
                await note(store, number)
        return found

    monkeypatch.setattr(store, "events_after", flood)
    async with listening_to(client, "?after=0") as listener:
        assert [each.data["id"] for each in await listener.messages(20)] == list(range(1, 21))
        assert await listener.nothing_for(0.05)


async def test_live_values_come_without_an_id(
    client: Client, app: web.Application, office: DeskOffice, store: Store
) -> None:
    event = await note(store, 1)
    async with listening_to(client, "?experiment=e1") as listener:
        await settle(app)
        office.measured(
            [
                LiveReadings(
                    experiment=experiment,
                    vessel="control",
                    process_s=5.0,
                    wall_s=NOW_S,
                    values={"od600": 0.5},
                )
                for experiment in ("e2", "e1")
            ]
        )
        message = await listener.message()
    assert message.name == "readings"
    assert message.last_event_id == str(event.event_id)
    assert message.data == {
        "experiment": "e1",
        "vessel": "control",
        "at_process_s": 5.0,
        "at_wall_s": NOW_S,
        "values": {"od600": 0.5},
    }


async def test_a_comment_keeps_the_connection_open(
    client: Client, app: web.Application, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening_to(client) as listener:
        await settle(app)
        app[BROADCAST].send_comment()
        app[BROADCAST].send_comment()
        await note(store, 1)
        await listener.message()
    assert listener.comments == 2
    assert broadcast.KEEP_OPEN_EVERY_S == 15.0


async def test_one_event_is_encoded_once_for_all(
    client: Client, app: web.Application, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[Event] = []

    def counted(event: Event) -> bytes:
        encoded.append(event)
        return event_payload(event)

    monkeypatch.setattr(broadcast, "event_payload", counted)
    async with (
        listening_to(client) as one,
        listening_to(client) as other,
        listening_to(client, "?experiment=e1") as third,
    ):
        await settle(app, 3)
        await note(store, 1, "e1")
        heard = [await each.message() for each in (one, other, third)]
    assert heard[0] == heard[1] == heard[2]
    assert len(encoded) == 1


async def test_a_slow_client_is_dropped_and_nobody_waits_for_it(
    client: Client, app: web.Application, store: Store
) -> None:
    """It opens a stream and never reads; others hear everything at once, and it is cut off."""
    assert client.port is not None
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", client.port))
        slow.sendall(b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with listening_to(client) as quick:
            await settle(app, 2)
            big = "x" * 100_000
            longest_s = 0.0
            for number in range(200):
                before_s = time.monotonic()
                await store.add_event("note", {"text": big, "n": number}, at_wall_s=NOW_S)
                longest_s = max(longest_s, time.monotonic() - before_s)
                assert (await quick.message()).data["data"]["n"] == number
                if app[BROADCAST].live_count() == 1:
                    break
            assert app[BROADCAST].live_count() == 1, "the slow one is still there"
            assert longest_s < 0.5
            await note(store, 1000)
            assert (await quick.message()).data["data"]["text"] == "note 1000"


async def test_a_client_that_went_away_is_forgotten(
    client: Client, app: web.Application, store: Store
) -> None:
    async with listening_to(client):
        await settle(app)
    deadline = time.monotonic() + 5
    while app[BROADCAST].live_count():
        assert time.monotonic() < deadline
        app[BROADCAST].send_comment()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("text", ["seven", "-1", "1.5", "²"])
async def test_a_last_event_id_that_is_no_number_is_refused(client: Client, text: str) -> None:
    headers = {"Last-Event-ID": text}
    async with client.get("/api/stream", headers=headers) as response:
        assert response.status == 400
        assert "Last-Event-ID" in (await response.json(content_type=None))["detail"]


async def test_an_id_that_this_store_never_gave_begins_now(
    client: Client, app: web.Application, store: Store
) -> None:
    """A store that was replaced counts from the beginning again."""
    await note(store, 1)
    async with listening_to(client, last_event_id="99999") as listener:
        assert listener.last_event_id == "1"
        await settle(app)
        second = await note(store, 2)
        assert (await listener.message()).data["id"] == second.event_id


async def test_more_pages_than_there_is_room_for_are_asked_to_come_back(
    client: Client, app: web.Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "SUBSCRIBERS_MAX", 1)
    async with listening_to(client), client.get("/api/stream") as response:
        assert response.status == 503
        assert response.headers["Retry-After"]


async def test_the_end_of_the_server_ends_streams_at_once(
    app: web.Application, free_port: int
) -> None:
    async with listening(app, port=free_port) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", free_port)
        writer.write(b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await settle(app)
        before_s = time.monotonic()
    assert time.monotonic() - before_s < 1.0
    rest = await asyncio.wait_for(reader.read(), 1.0)
    assert rest.endswith(b"0\r\n\r\n"), "the response is whole, not cut"
    writer.close()
    await writer.wait_closed()
    assert address == f"http://127.0.0.1:{free_port}"
