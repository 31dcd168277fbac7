from __future__ import annotations

import asyncio

import pytest

from orchestrator.ports.link import Arrival, LinkRefused, Overflow
from orchestrator.transport.inbox import Inbox, Inboxes


def inbox(*filters: str, limit: int = 10) -> Inbox:
    return Inbox(filters or ("a",), limit=limit, overflow=Overflow.DROP_OLDEST)


def arrival(topic: str = "a") -> Arrival:
    return Arrival(topic=topic, payload=b"", retained=False)


async def test_a_waiting_reader_wakes_for_an_arrival() -> None:
    box = inbox()
    reader = asyncio.create_task(box.__anext__())
    await asyncio.sleep(0)
    box.put(arrival())
    assert await asyncio.wait_for(reader, 1.0) == arrival()


async def test_a_waiting_reader_is_told_of_the_end() -> None:
    box = inbox()
    reader = asyncio.create_task(anext(box, None))
    await asyncio.sleep(0)
    box.end()
    assert await asyncio.wait_for(reader, 1.0) is None


async def test_the_first_reason_for_the_end_counts() -> None:
    box = inbox()
    box.end(LinkRefused("no"))
    box.end()
    with pytest.raises(LinkRefused):
        await box.__anext__()


def test_a_filter_is_unwanted_once_its_last_inbox_is_gone() -> None:
    boxes = Inboxes()
    one, other = inbox("a", "b"), inbox("b")
    boxes.add(one)
    boxes.add(other)
    assert boxes.remove(one) == ("a",)
    assert boxes.remove(other) == ("b",)


@pytest.mark.parametrize("filters", [(), ("a/#/b",)])
def test_a_subscription_to_nothing_is_a_mistake(filters: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="filter"):
        Inbox(filters, limit=1, overflow=Overflow.DROP_OLDEST)


def test_a_subscription_without_room_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="room"):
        inbox(limit=0)
