"""`/unit_api` of a worker, on the loopback of its machine (SEMANTICS rule 19).

It answers when leader, broker and network are away. It is a few lines over a socket and no web
framework, which would cost a worker a third of the memory that it may have.
"""

from __future__ import annotations

import asyncio
import errno
import getpass
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

import msgspec

from orchestrator.messages.reports import RunReport, StopReport
from orchestrator.server.hosts import is_ours, is_same_origin

HOST: Final = "127.0.0.1"
HEAD_BYTES_MAX: Final = 8192
BODY_BYTES_MAX: Final = 4096
ANSWER_LIMIT_S: Final = 5.0
AT_ONCE_MAX: Final = 16
WORDS: Final = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    421: "Misdirected Request",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
log = logging.getLogger(__name__)


class Unit(Protocol):
    """The worker, as its own machine may ask it."""

    name: str

    @property
    def stopped(self) -> Mapping[str, StopReport]: ...

    def runs(self) -> list[RunReport]: ...

    async def emergency_stop(self, by: str) -> str: ...

    async def release_stop(self, by: str) -> str: ...


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the worker is; `trouble` says what of a request did not work."""

    worker: str
    stopped: Mapping[str, StopReport]
    runs: list[RunReport]
    trouble: str = ""


class Refused(Exception):
    """The request cannot be answered."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@asynccontextmanager
async def unit_listening(unit: Unit, port: int = 0) -> AsyncIterator[str]:
    """Serve while the block runs; gives the address. Any free port where this one is taken, since
    several workers may live on one machine."""
    api = UnitApi(unit)
    try:
        server = await asyncio.start_server(api.serve, HOST, port, limit=HEAD_BYTES_MAX)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        server = await asyncio.start_server(api.serve, HOST, 0, limit=HEAD_BYTES_MAX)
    address = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    log.info("listening on %s/unit_api", address)
    try:
        yield address
    finally:
        server.close()
        await api.hang_up()


class UnitApi:
    """One request a connection."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._serving: set[asyncio.Task[Any]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read, answer, hang up."""
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                status, answer = await self._answer(reader)
                writer.write(_written(status, answer))
                await writer.drain()
        except (OSError, TimeoutError) as error:
            log.info("hung up: %s", error)
        finally:
            self._serving.discard(task)
            writer.close()

    async def hang_up(self) -> None:
        """End what is under way."""
        under_way = list(self._serving)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _answer(
        self, reader: asyncio.StreamReader
    ) -> tuple[int, msgspec.Struct | dict[str, Any]]:
        try:
            if len(self._serving) > AT_ONCE_MAX:
                raise Refused(503, "too many ask at once")
            return 200, await self._do(*await _read(reader))
        except Refused as refused:
            return refused.status, {"status": refused.status, "title": str(refused)}
        except Exception as error:  # whatever goes wrong here, the vessels have no part in it
            log.exception("could not be answered")
            return 500, {"status": 500, "title": f"{type(error).__name__}: {error}"}

    async def _do(self, method: str, path: str, headers: Mapping[str, str]) -> Standing:
        host = headers.get("host", "")
        if not is_ours(host):
            raise Refused(421, f"this worker is not called '{host}'; use localhost")
        if path == "/unit_api/state" and method == "GET":
            return self._standing()
        acts = {
            "/unit_api/stop": self._unit.emergency_stop,
            "/unit_api/release": self._unit.release_stop,
        }
        if path not in (*acts, "/unit_api/state"):
            raise Refused(404, f"there is no {path}; there are /unit_api/state, stop and release")
        if path not in acts or method != "POST":
            raise Refused(405, f"{path} is {'posted' if path in acts else 'got'}")
        if not is_same_origin(host, headers.get("origin"), headers.get("sec-fetch-site", "none")):
            raise Refused(403, "pages of other sites may not write here")
        return self._standing(await acts[path](_actor(headers)))

    def _standing(self, trouble: str = "") -> Standing:
        unit = self._unit
        return Standing(worker=unit.name, stopped=unit.stopped, runs=unit.runs(), trouble=trouble)


def _actor(headers: Mapping[str, str]) -> str:
    said = headers.get("x-axenic-actor", "").strip()
    return said[:64] if said.isprintable() and said else f"{getpass.getuser()} at the worker"


async def _read(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str]]:
    """Method, path and headers; a body is taken in, and says nothing that is needed."""
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
    length = headers.get("content-length", "0")
    if not length.isdecimal() or "transfer-encoding" in headers:
        raise Refused(400, "the length of the body is not known")
    if int(length) > BODY_BYTES_MAX:
        raise Refused(413, f"a body is at most {BODY_BYTES_MAX} bytes")
    try:
        await reader.readexactly(int(length))
    except asyncio.IncompleteReadError:
        raise Refused(400, "the body is shorter than it says") from None
    return words[0], words[1].partition("?")[0], headers


def _written(status: int, answer: msgspec.Struct | dict[str, Any]) -> bytes:
    body = msgspec.json.encode(answer)
    kind = "application/json" if status == 200 else "application/problem+json"
    head = (
        f"HTTP/1.1 {status} {WORDS[status]}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
