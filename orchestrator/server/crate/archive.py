"""A zip archive that is sent while it is written, so that no size needs room."""

from __future__ import annotations

import asyncio
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

EARLIEST_WALL_S: Final = 315_532_800.0
"""1980, where the clock of zip archives begins."""
LATEST_WALL_S: Final = 4_354_819_199.0
_MODE: Final = 0o100644 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of the archive, as its table of contents tells of it."""

    path: str
    title: str
    media_type: str
    size_bytes: int
    sha256: str


class Archive:
    """Files one after the other; close it, or it is no archive."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]], at_wall_s: float) -> None:
        self.parts: list[Part] = []
        self._send = send
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        moment = datetime.fromtimestamp(min(max(at_wall_s, EARLIEST_WALL_S), LATEST_WALL_S), UTC)
        self._date_time = (*moment.timetuple()[:5], moment.second)

    async def add(
        self, path: str, title: str, media_type: str, texts: AsyncIterator[str] | str | bytes
    ) -> None:
        """Write one file, portion by portion."""
        info = zipfile.ZipInfo(path, self._date_time)
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _MODE
        known, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as file:
            async for data in _portions(texts):
                size += len(data)
                known.update(data)
                await asyncio.to_thread(file.write, data)
                await self._pass_on()
        await self._pass_on()
        self.parts.append(
            Part(
                path=path,
                title=title,
                media_type=media_type,
                size_bytes=size,
                sha256=known.hexdigest(),
            )
        )

    async def close(self) -> None:
        """Write the directory, without which it is no archive."""
        self._zip.close()
        await self._pass_on()

    async def _pass_on(self) -> None:
        written = self._sink.take()
        if written:
            await self._send(written)


async def _portions(texts: AsyncIterator[str] | str | bytes) -> AsyncIterator[bytes]:
    if isinstance(texts, bytes):
        yield texts
    elif isinstance(texts, str):
        yield texts.encode("utf-8", "surrogatepass")
    else:
        async for text in texts:
            yield text.encode("utf-8", "surrogatepass")


class _Sink(io.RawIOBase):
    """Takes what is written and cannot go back; zip archives know how to live with that."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        given = bytes(data)  # type: ignore[call-overload]
        self._written += given
        return len(given)

    def take(self) -> bytes:
        """What came since the last time."""
        taken = bytes(self._written)
        self._written.clear()
        return taken
