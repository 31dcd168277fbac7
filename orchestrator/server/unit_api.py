"""`/unit_api` of a worker, on the loopback of its machine (SEMANTICS rule 19).

It answers when leader, broker and network are away. It is a few lines over a socket and no web
framework, which would cost a worker a third of the memory that it may have.
"""

from __future__ import annotations

import asyncio
import errno
import getpass
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from orchestrator.model.picture import JPEG, PNG
from orchestrator.server.hosts import is_ours, is_same_origin
from orchestrator.server.unit_http import (
    HEAD_BYTES_MAX,
    JSON,
    Refused,
    Request,
    head,
    read_request,
    written,
)
from orchestrator.server.unit_routes import PREFIX, ROUTES, Asked, Route, Unit
from orchestrator.server.unit_site import Site

HOST: Final = "127.0.0.1"
READ_LIMIT_S: Final = 5.0
ANSWER_LIMIT_S: Final = 60.0
"""A dose takes a while."""
FILE_LIMIT_S: Final = 3600.0
FILE_PIECE_BYTES: Final = 65_536
AT_ONCE_MAX: Final = 16
CONNECTIONS_MAX: Final = 4 * AT_ONCE_MAX
EMERGENCY: Final = f"{PREFIX}stop"
"""Is answered however many others ask."""
KINDS: Final = {".json": JSON, ".jpg": JPEG, ".png": PNG}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file to send, unless whoever asks has it as it is."""

    path: Path
    etag: str
    is_known: bool


@asynccontextmanager
async def unit_listening(unit: Unit, port: int = 0, site: Site | None = None) -> AsyncIterator[str]:
    """Serve while the block runs; gives the address. Any free port where this one is taken, since
    several workers may live on one machine."""
    api = UnitApi(unit, site or Site())
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

    def __init__(self, unit: Unit, site: Site) -> None:
        self._unit, self._site = unit, site
        self._serving: set[asyncio.Task[Any]] = set()
        self._asking: dict[asyncio.Task[Any], None] = {}
        """Those of them whose client has still to say what it wants, the oldest first."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read, answer, hang up."""
        task = asyncio.current_task()
        assert task is not None
        self._make_room()
        self._serving.add(task)
        self._asking[task] = None
        try:
            answer = await self._answer(reader, task)
            if isinstance(answer, Download):
                await _send_file(answer, writer)
            else:
                writer.write(answer)
                async with asyncio.timeout(READ_LIMIT_S):
                    await writer.drain()
        except (OSError, TimeoutError) as error:
            log.info("hung up: %s", error)
            writer.transport.abort()  # whoever does not read what it asked for gets no more of it
        finally:
            self._serving.discard(task)
            self._asking.pop(task, None)
            writer.close()

    def _make_room(self) -> None:
        """Who is slow to ask gives way to somebody new, who may want to stop a vessel."""
        if len(self._serving) >= CONNECTIONS_MAX and self._asking:
            slowest = next(iter(self._asking))
            del self._asking[slowest]
            self._serving.discard(slowest)
            slowest.cancel()

    async def hang_up(self) -> None:
        """End what is under way."""
        under_way = list(self._serving)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _answer(
        self, reader: asyncio.StreamReader, task: asyncio.Task[Any]
    ) -> bytes | Download:
        """Bytes to write, or a file to send."""
        try:
            if len(self._serving) > CONNECTIONS_MAX:
                raise Refused(503, "too many are connected")
            request = await _read(reader)
            self._asking.pop(task, None)
            if len(self._serving) - len(self._asking) > AT_ONCE_MAX and request.path != EMERGENCY:
                raise Refused(503, "too many ask at once")
            async with asyncio.timeout(ANSWER_LIMIT_S):
                answer = await self._do(request)
            return answer if isinstance(answer, Download) else written(200, answer)
        except Refused as refused:
            return written(refused.status, refused.document())
        except TimeoutError:
            late = Refused(504, f"it is not through after {ANSWER_LIMIT_S:g} s, and goes on")
            return written(late.status, late.document())
        except Exception as error:  # whatever goes wrong here, the vessels have no part in it
            log.exception("could not be answered")
            broken = Refused(500, f"{type(error).__name__}: {error}")
            return written(broken.status, broken.document())

    async def _do(self, request: Request) -> Any:
        headers, host = request.headers, request.headers.get("host", "")
        if not is_ours(host):
            raise Refused(421, f"this worker is not called '{host}'; use localhost")
        if request.method != "GET" and not is_same_origin(
            host, headers.get("origin"), headers.get("sec-fetch-site", "none")
        ):
            raise Refused(403, "pages of other sites may not write here")
        if request.method == "GET" and request.path.startswith(f"{PREFIX}files/"):
            name = request.path.removeprefix(f"{PREFIX}files/")
            return self._file(name, headers.get("if-none-match", ""))
        if request.method == "GET" and request.path == f"{PREFIX}openapi.json":
            from orchestrator.server.unit_openapi import unit_openapi

            return unit_openapi()
        route = _route(request)
        asked = Asked(
            unit=self._unit,
            site=self._site,
            actor=_actor(headers),
            query=request.query,
            key=headers.get("idempotency-key", "")[:64],
        )
        if route.body is None:
            return await route.handler(asked)
        return await route.handler(asked, _body(request, route.body))

    def _file(self, name: str, known: str) -> Download:
        found = self._site.file(name)
        if found is None:
            raise Refused(404, f"there is no file {name:.200} in this worker's folder")
        told = found.stat()
        etag = f'"{told.st_size:x}-{told.st_mtime_ns:x}"'
        is_known = etag in [each.strip().removeprefix("W/") for each in known.split(",")]
        return Download(path=found, etag=etag, is_known=is_known)


async def _read(reader: asyncio.StreamReader) -> Request:
    try:
        async with asyncio.timeout(READ_LIMIT_S):
            return await read_request(reader)
    except TimeoutError:
        raise Refused(408, f"no request within {READ_LIMIT_S:g} s") from None


def _route(request: Request) -> Route:
    route = ROUTES.get((request.method, request.path))
    if route is not None:
        return route
    methods = [method for method, path in ROUTES if path == request.path]
    if methods:
        verbs = " and ".join({"GET": "got", "POST": "posted"}[method] for method in methods)
        raise Refused(405, f"{request.path} is {verbs}")
    names = ", ".join(sorted({path.removeprefix(PREFIX) for _, path in ROUTES}))
    raise Refused(404, f"there is no {request.path:.200}; below {PREFIX} there are {names}")


def _body(request: Request, kind: type) -> Any:
    try:
        return msgspec.json.decode(request.body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Refused(422, str(error)) from error
    except msgspec.DecodeError as error:
        raise Refused(400, f"the body is no JSON: {error}") from error


def _actor(headers: Mapping[str, str]) -> str:
    said = headers.get("x-axenic-actor", "").strip()
    return said[:64] if said.isprintable() and said else f"{getpass.getuser()} at the worker"


async def _send_file(wanted: Download, writer: asyncio.StreamWriter) -> None:
    """As much of it as there was when it was opened: a file that is being written may grow."""
    kind = KINDS.get(wanted.path.suffix, "application/octet-stream")
    if wanted.is_known:
        writer.write(head(304, kind, 0, wanted.etag))
        return await writer.drain()
    with wanted.path.open("rb") as file:
        left = os.fstat(file.fileno()).st_size
        writer.write(head(200, kind, left, wanted.etag))
        async with asyncio.timeout(FILE_LIMIT_S):
            while left > 0:
                piece = file.read(min(left, FILE_PIECE_BYTES))
                if not piece:
                    return None
                left -= len(piece)
                writer.write(piece)
                await writer.drain()
    return None
