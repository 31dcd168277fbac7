"""A browser's EventSource, as far as tests need one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.server.conftest import Client

LIMIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Message:
    """What a listener is called with."""

    name: str
    last_event_id: str
    data: Any


class Listener:
    """Reads messages by the rules of the HTML standard."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.last_event_id = ""
        self.comments = 0

    async def message(self) -> Message:
        """The next one."""
        async with asyncio.timeout(LIMIT_S):
            name = "message"
            data: list[str] = []
            while True:
                line = await self._line()
                if line == "" and data:
                    return Message(name, self.last_event_id, json.loads("\n".join(data)))
                field, _, value = line.partition(":")
                value = value.removeprefix(" ")
                if field == "event":
                    name = value
                elif field == "data":
                    data.append(value)
                elif field == "id":
                    self.last_event_id = value
                elif line.startswith(":"):
                    self.comments += 1

    async def messages(self, count: int) -> list[Message]:
        """The next ones."""
        return [await self.message() for _ in range(count)]

    async def opened(self) -> None:
        """Read until the stream has said where it begins."""
        async with asyncio.timeout(LIMIT_S):
            while not self.last_event_id:
                line = await self._line()
                if line.startswith("id:"):
                    self.last_event_id = line.removeprefix("id:").strip()

    async def nothing_for(self, seconds: float) -> bool:
        """Whether no message comes."""
        try:
            async with asyncio.timeout(seconds):
                await self.message()
        except TimeoutError:
            return True
        return False

    async def _line(self) -> str:
        line = await self.response.content.readline()
        if not line:
            raise EOFError("the stream has ended")
        return line.decode().rstrip("\n")


@asynccontextmanager
async def listening_to(
    client: Client, query: str = "", last_event_id: str | None = None
) -> AsyncIterator[Listener]:
    """Open a stream; leaving the block kills the connection."""
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    response = await client.get(f"/api/stream{query}", headers=headers)
    try:
        assert response.status == 200, await response.text()
        assert response.content_type == "text/event-stream"
        listener = Listener(response)
        await listener.opened()
        yield listener
    finally:
        response.close()
