"""Talking to the leader's `/api` from the command line."""

from __future__ import annotations

import asyncio
import getpass
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, BinaryIO, TypeVar

import aiohttp
import click

from orchestrator.cli.exits import BadRequest, Unreachable

DEFAULT_URL = "http://127.0.0.1:8420"
TIMEOUT = aiohttp.ClientTimeout(total=30.0, connect=5.0)
T = TypeVar("T")

leader_option = click.option(
    "--leader",
    "leader_url",
    default=DEFAULT_URL,
    envvar="AXENIC_LEADER",
    show_default=True,
    show_envvar=True,
    metavar="URL",
    help="Where the leader listens.",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for programs.",
)


class Refused(BadRequest):
    """The leader answered with a problem document."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        title = str(problem.get("title", "refused"))
        detail = str(problem.get("detail", ""))
        super().__init__(f"{title}: {detail}" if detail else title)
        self.problem = problem


class Api:
    """One session with the leader."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, path: str, **query: Any) -> Any:
        """Answer the JSON at a path."""
        asked = {name: str(value) for name, value in query.items() if value is not None}
        async with self._session.get(f"/api{path}", params=asked) as response:
            return await _answer(response)

    async def post(
        self, path: str, body: Mapping[str, Any] | None = None, *, match: str | None = None
    ) -> Any:
        """Send JSON under a key of its own, and answer what came back."""
        headers = _once(match)
        async with self._session.post(f"/api{path}", json=body or {}, headers=headers) as response:
            return await _answer(response)

    async def put(self, path: str, body: Mapping[str, Any], *, match: str | None) -> Any:
        """Write the whole of what was read under that tag, or something new if there was none."""
        async with self._session.put(f"/api{path}", json=body, headers=_once(match)) as response:
            return await _answer(response)

    async def patch(self, path: str, body: Mapping[str, Any], *, version: int) -> Any:
        """Change what was read at that version, and answer what it is now."""
        headers = _once(str(version))
        async with self._session.patch(f"/api{path}", json=body, headers=headers) as response:
            return await _answer(response)

    async def post_there(
        self, path: str, body: Mapping[str, Any] | None = None, key: str = ""
    ) -> Any:
        """Post to a path that is not the leader's: a worker's own."""
        headers = {"Idempotency-Key": key} if key else {}
        timeout = aiohttp.ClientTimeout(total=None, connect=5.0)
        async with self._session.post(
            path, json=body or {}, headers=headers, timeout=timeout
        ) as response:
            return await _answer(response)

    async def get_there(self, path: str) -> Any:
        """Answer the JSON at a path of a worker's own."""
        async with self._session.get(path) as response:
            return await _answer(response)

    async def pages(self, path: str, **query: Any) -> AsyncIterator[Any]:
        """Yield the items of a list, page after page."""
        cursor: str | None = None
        while True:
            page = await self.get(path, cursor=cursor, **query)
            for item in page["items"]:
                yield item
            cursor = page.get("next")
            if cursor is None:
                return

    async def send_file(self, path: str, file: BinaryIO, media_type: str) -> Any:
        """Post a file as it is; it may take long."""
        endless = aiohttp.ClientTimeout(total=None, connect=5.0, sock_read=600.0)
        headers = {"Content-Type": media_type}
        async with self._session.post(
            f"/api{path}", data=file, headers=headers, timeout=endless
        ) as response:
            return await _answer(response)

    async def pieces(self, path: str) -> AsyncIterator[bytes]:
        """Yield a file as it comes; it may take long."""
        endless = aiohttp.ClientTimeout(total=None, connect=5.0, sock_read=60.0)
        async with self._session.get(f"/api{path}", timeout=endless) as response:
            if response.status >= 400:
                await _answer(response)
            async for piece in response.content.iter_any():
                yield piece

    async def lines(self, path: str, **headers: str) -> AsyncIterator[bytes]:
        """Yield the lines of a stream as they come; it may last for ever."""
        endless = aiohttp.ClientTimeout(total=None, connect=5.0, sock_read=60.0)
        async with self._session.get(f"/api{path}", headers=headers, timeout=endless) as response:
            if response.status >= 400:
                await _answer(response)
            async for line in response.content:
                yield line


@asynccontextmanager
async def connect(url: str, actor: str | None = None) -> AsyncIterator[Api]:
    """Open a session with the leader, as this machine's user unless another actor is named.

    Raises:
        Unreachable: nobody answers there.
        BadRequest: the leader refused.
    """
    actor = actor or os.environ.get("AXENIC_ACTOR") or getpass.getuser()
    role = os.environ.get("AXENIC_ROLE") or "user"
    if not url.startswith(("http://", "https://")):
        raise BadRequest(f"{url} is not an address such as {DEFAULT_URL}")
    try:
        async with aiohttp.ClientSession(
            base_url=url, timeout=TIMEOUT, headers={"X-Axenic-Actor": actor, "X-Axenic-Role": role}
        ) as session:
            yield Api(session)
    except (aiohttp.ClientConnectionError, TimeoutError) as error:
        raise Unreachable(
            f"no leader answers at {url} ({error}); start one with 'axenic up', "
            "or say where it is with --leader"
        ) from error
    except aiohttp.InvalidURL as error:
        raise BadRequest(f"{url} is not an address such as {DEFAULT_URL}") from error


def ask(url: str, work: Callable[[Api], Awaitable[T]]) -> T:
    """Run one piece of work with the leader from a synchronous command."""

    async def run() -> T:
        async with connect(url) as api:
            return await work(api)

    return asyncio.run(run())


def _once(match: str | None) -> dict[str, str]:
    """Headers of a write: it is done once, and only to what was read under that tag."""
    key = {"Idempotency-Key": uuid.uuid4().hex}
    return key if match is None else {**key, "If-Match": f'"{match}"'}


async def _answer(response: aiohttp.ClientResponse) -> Any:
    if response.status >= 400:
        if response.content_type == "application/problem+json":
            raise Refused(await response.json(content_type=None))
        raise BadRequest(
            f"{response.method} {response.url.path} answered {response.status} {response.reason}"
        )
    if response.content_type == "application/json":
        return await response.json()
    return await response.text()
