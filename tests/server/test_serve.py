"""Listening, and saying why it cannot be."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest
from aiohttp import web

from orchestrator.server.serve import ServerError, listening, serve


async def test_it_says_when_it_is_ready_and_ends_when_cancelled(
    app: web.Application, free_port: int
) -> None:
    ready = asyncio.Event()
    task = asyncio.create_task(serve(app, "127.0.0.1", free_port, ready=ready))
    await asyncio.wait_for(ready.wait(), 5)
    address = f"http://127.0.0.1:{free_port}/api/clock"
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        assert response.status == 200
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", free_port)


async def test_a_port_in_use_is_named_with_what_to_do(app: web.Application) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError) as told:
            await serve(app, "127.0.0.1", port)
    assert str(port) in str(told.value)
    assert "--port" in str(told.value)


async def test_a_host_that_is_not_here_is_named(app: web.Application) -> None:
    with pytest.raises(ServerError, match=r"192\.0\.2\.1"):
        await serve(app, "192.0.2.1", 0)


async def test_any_free_port_may_be_taken(app: web.Application) -> None:
    async with listening(app, port=0) as address:
        assert address.startswith("http://127.0.0.1:")
        assert not address.endswith(":0")
