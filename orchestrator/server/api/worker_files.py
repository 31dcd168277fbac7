"""The files in a worker's folder by way of the leader, which fetches them piece by piece.

For administrators: the folder holds the worker's journal, and whatever plugins left there.
"""

from __future__ import annotations

import logging
from base64 import b64decode
from typing import Any, Final
from urllib.parse import quote

import msgspec
from aiohttp import web

from orchestrator.messages.machine import FileEntry
from orchestrator.messages.orders import CommandResult
from orchestrator.model.outcome import Outcome
from orchestrator.ports.office import NoAnswer, RequestRefused
from orchestrator.ports.store import NotFound
from orchestrator.server.permission import administrators_only
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.telling import refuse_unless_done
from orchestrator.server.views.common import Listing
from orchestrator.server.views.machines import FilesQuery

routes = Routes("machines")
HERE: Final = "/api/workers/{worker}/files"
_CUT_SHORT: Final = (NoAnswer, NotFound, RequestRefused, Problem)
_LOG = logging.getLogger(__name__)
ANYTHING: Final = "application/octet-stream"


@routes.get(HERE, problems=(403, 404, 409, 504))
async def list_worker_files(call: Call[FilesQuery, None]) -> Listing[FileEntry]:
    """List the files in a worker's folder, by their names."""
    query = call.query
    asked = {"under": query.under, "after": query.cursor, "limit": query.limit}
    said = refuse_unless_done(await _ask(call, do="files", **asked))
    found = msgspec.convert(said.result["files"], list[FileEntry])
    return Listing(items=found, next=found[-1].name if len(found) == query.limit else None)


@routes.get(HERE + "/{name}", media_type=ANYTHING, problems=(403, 404, 409, 504))
async def get_worker_file(call: Call[NoQuery, None]) -> web.StreamResponse:
    """Download one of them, as much of it as there was at first.

    A name's slashes are written `%2F`.
    """
    name = call.named("name")
    data, size_bytes = await _piece(call, name, 0)
    response = web.StreamResponse()
    response.content_type, response.content_length = ANYTHING, size_bytes
    called = quote(name.rpartition("/")[2], safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{called}"
    await response.prepare(call.request)
    try:
        await _write(call, response, name, data, size_bytes)
    except _CUT_SHORT as error:
        _LOG.warning("%s of %s was cut short: %s", name, call.named("worker"), error)
        if call.request.transport is not None:
            call.request.transport.abort()  # no half a file may pass for a whole one
        return response
    await response.write_eof()
    return response


async def _write(
    call: Call[NoQuery, None], response: web.StreamResponse, name: str, data: bytes, left: int
) -> None:
    offset = 0
    while left > 0:
        if not data:
            raise RequestRefused("it has become shorter")
        await response.write(data[:left])
        left, offset = left - len(data), offset + len(data)
        if left > 0:
            data, _ = await _piece(call, name, offset)


async def _piece(call: Call[NoQuery, None], name: str, offset: int) -> tuple[bytes, int]:
    said = await _ask(call, do="file", name=name, offset=offset)
    if said.outcome == Outcome.REFUSED and "there is no file" in said.reason:
        raise Problem(404, said.reason, kind=kind_of("not-found"))
    told = refuse_unless_done(said).result
    return b64decode(told["data"]), int(told["size_bytes"])


async def _ask(call: Call[Any, Any], **args: Any) -> CommandResult:
    administrators_only(call, "look into a worker's folder")
    return await call.services.office.command(call.named("worker"), "machine", args, by=call.actor)
