"""One HTTP request over a socket, for a server that has no room for a web framework."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import msgspec

HEAD_BYTES_MAX: Final = 8192
BODY_BYTES_MAX: Final = 65_536
LENGTH_DIGITS_MAX: Final = 18
"""Thousands of them are no number to Python, and nothing that anybody means."""
WORDS: Final = {
    200: "OK",
    304: "Not Modified",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    500: "Internal Server Error",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"


class Refused(Exception):
    """The request cannot be answered."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status

    def document(self) -> dict[str, Any]:
        """Its RFC 9457 document."""
        title = WORDS.get(self.status, "Refused")
        return {
            "type": "about:blank",
            "title": title,
            "status": self.status,
            "detail": str(self),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


async def read_request(reader: asyncio.StreamReader) -> Request:
    """Read one request.

    Raises:
        Refused: it is none, or too long.
    """
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError:
        raise Refused(413, "a head is at most 8 KiB") from None
    except asyncio.IncompleteReadError:
        raise Refused(400, "no request") from None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Refused(400, "that is not HTTP/1.1")
    headers = {
        name.strip().lower(): value.strip()
        for name, colon, value in (line.partition(":") for line in lines)
        if colon
    }
    path, _, query = words[1].partition("?")
    return Request(
        method=words[0],
        path=unquote(path),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=await _read_body(reader, headers),
    )


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    length = headers.get("content-length", "0")
    if not length.isdecimal() or "transfer-encoding" in headers:
        raise Refused(400, "the length of the body is not known")
    if len(length) > LENGTH_DIGITS_MAX or int(length) > BODY_BYTES_MAX:
        raise Refused(413, f"a body is at most {BODY_BYTES_MAX} bytes")
    try:
        return await reader.readexactly(int(length))
    except asyncio.IncompleteReadError:
        raise Refused(400, "the body is shorter than it says") from None


def written(status: int, answer: Any) -> bytes:
    """A whole answer in JSON."""
    body = msgspec.json.encode(answer)
    return head(status, JSON if status == 200 else PROBLEM, len(body)) + body


def head(status: int, kind: str, length: int, etag: str = "") -> bytes:
    """What comes before a body; what has a tag may be kept, and asked for again by it."""
    kept = f"no-cache\r\nETag: {etag}" if etag else "no-store"
    return (
        f"HTTP/1.1 {status} {WORDS[status]}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {length}\r\nCache-Control: {kept}\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    ).encode()
