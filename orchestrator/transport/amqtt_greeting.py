"""The first packet of a connection, read whole before amqtt sees it.

amqtt knows MQTT 3.1.1. A CONNECT of version 5 is longer by its properties, which it takes for the
identifier's length and then waits for bytes that never come; and it waits without limit.
"""

from __future__ import annotations

import asyncio

from amqtt.adapters import ReaderAdapter, StreamReaderAdapter

TIMEOUT_S = 5.0
BYTES_MAX = 1 << 20
CONNECT = 0x10
VERSION_3_1_1 = 4
VERSION_REFUSED_5 = b"\x20\x03\x00\x84\x00"
VERSION_REFUSED_3 = b"\x20\x02\x00\x01"


class GreetingError(Exception):
    """No client that we can talk to; the answer, if any, is sent before hanging up."""

    def __init__(self, message: str, answer: bytes = b"") -> None:
        super().__init__(message)
        self.answer = answer


class Greeted(ReaderAdapter):  # type: ignore[misc]
    """A stream whose first packet was read already."""

    def __init__(self, greeting: bytes, reader: asyncio.StreamReader) -> None:
        self._greeting = greeting
        self._rest = StreamReaderAdapter(reader)

    async def read(self, n: int = -1) -> bytes:
        if not self._greeting:
            return bytes(await self._rest.read(n))
        end = len(self._greeting) if n < 0 else n
        data, self._greeting = self._greeting[:end], self._greeting[end:]
        return data

    def feed_eof(self) -> None:
        self._rest.feed_eof()


async def read_greeting(reader: asyncio.StreamReader) -> bytes:
    """Return the CONNECT packet of a 3.1.1 client, or raise GreetingError."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            first = await reader.readexactly(1)
            length, header = await _length(reader)
            if first[0] != CONNECT or not 10 <= length <= BYTES_MAX:
                raise GreetingError("this is not MQTT")
            body = await reader.readexactly(length)
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
        raise GreetingError(f"no greeting: {error}") from error
    version = body[6] if body.startswith(b"\x00\x04MQTT") else 0
    if version != VERSION_3_1_1:
        answer = VERSION_REFUSED_5 if version == 5 else VERSION_REFUSED_3
        raise GreetingError(f"MQTT protocol level {version} is not known", answer)
    return first + header + body


async def _length(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return the remaining length and the bytes it was written in."""
    length, header = 0, b""
    for place in range(4):
        byte = await reader.readexactly(1)
        header += byte
        length |= (byte[0] & 0x7F) << (7 * place)
        if not byte[0] & 0x80:
            return length, header
    raise GreetingError("this is not MQTT")
