"""Listens until told to stop."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8420
SHUTDOWN_LIMIT_S: Final = 3.0
KEEP_ALIVE_S: Final = 75.0
_LOG = logging.getLogger(__name__)


class ServerError(RuntimeError):
    """It cannot listen there; the text says what to do."""


@asynccontextmanager
async def listening(
    app: web.Application, host: str = DEFAULT_HOST, port: int = DEFAULT_PORT
) -> AsyncIterator[str]:
    """Serve as long as the block runs; gives the address. Port 0 takes any free one.

    Raises:
        ServerError: the port is in use or not allowed, or there is no such host.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=KEEP_ALIVE_S,
        shutdown_timeout=SHUTDOWN_LIMIT_S,
        handle_signals=False,
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ServerError(_why(error, host, port)) from error
        address = f"http://{_shown(host)}:{runner.addresses[0][1]}"
        _LOG.info("listening on %s", address)
        yield address
    finally:
        await runner.cleanup()


async def serve(
    app: web.Application,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    *,
    ready: asyncio.Event | None = None,
) -> None:
    """Serve until cancelled; `ready` is set once requests are answered.

    Raises:
        ServerError: as `listening`.
    """
    async with listening(app, host, port):
        if ready is not None:
            ready.set()
        await asyncio.Event().wait()


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is in use, perhaps by another leader; "
            "stop that one, or choose another port with --port"
        )
    if error.errno == errno.EACCES:
        return f"port {port} on {host} is not allowed; choose one above 1023 with --port"
    return f"cannot listen on {host}, port {port}: {error.strerror or error}"


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
