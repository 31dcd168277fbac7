"""A connection to another process on this machine that is made again whenever it breaks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from orchestrator.hardware.lines import (
    BACKLOG_BYTES_MAX,
    LINE_BYTES_MAX,
    Lines,
    LineTooLong,
    line_of,
)

log = logging.getLogger(__name__)

RETRY_S = 0.1
RETRY_S_MAX = 1.0


class Listener(Protocol):
    """Who uses the wires."""

    def joined(self) -> None:
        """They are connected; what has to be said first is said here."""

    def hear(self, message: Any) -> None:
        """A message has come."""

    def lost(self) -> None:
        """They are cut: nothing that was asked will be answered."""


class Wires:
    """Lines to and from a Unix socket; sending never waits."""

    def __init__(
        self,
        path: Path,
        decoder: msgspec.json.Decoder[Any],
        listener: Listener,
        missing: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`missing` is awaited when nobody answers on the socket: it may start somebody."""
        self._path, self._decoder, self._listener = path, decoder, listener
        self._missing = missing
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._leaving = False

    def open(self, name: str) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._stay_connected(), name=name)

    async def close(self) -> None:
        """Hang up for good."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def send(self, message: object) -> bool:
        """Hand a line to the socket; False if nobody is there to take it."""
        writer = self._writer
        if writer is None or writer.is_closing():
            return False
        if writer.transport.get_write_buffer_size() > BACKLOG_BYTES_MAX:
            log.error("%s does not listen; hanging up", self._path)
            writer.transport.abort()
            return False
        writer.write(line_of(message))
        return True

    def leave(self) -> None:
        """Once cut, stay cut."""
        self._leaving = True

    async def cut(self, limit_s: float) -> None:
        """Wait until the other side has hung up, after `leave`."""
        if self._task is not None:
            await asyncio.wait((self._task,), timeout=limit_s)

    async def _stay_connected(self) -> None:
        wait_s = RETRY_S
        while not self._leaving:
            try:
                reader, writer = await asyncio.open_unix_connection(
                    str(self._path), limit=LINE_BYTES_MAX
                )
            except OSError:
                if self._missing is not None:
                    await self._missing()
            else:
                wait_s = RETRY_S if await self._talk(reader, writer) else wait_s
            if not self._leaving:
                await asyncio.sleep(wait_s)
                wait_s = min(2.0 * wait_s, RETRY_S_MAX)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Hold one connection until it ends; True if anything was heard on it."""
        lines, heard = Lines(self._decoder), False
        self._writer = writer
        try:
            self._listener.joined()
            while data := await reader.read(LINE_BYTES_MAX):
                heard = True
                for message in lines.feed(data):
                    self._listener.hear(message)
        except (OSError, LineTooLong, msgspec.MsgspecError) as error:
            log.warning("%s: lost: %s", self._path, error)
        finally:
            self._writer = None
            writer.close()
            self._listener.lost()
        return heard
