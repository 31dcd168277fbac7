"""`/api/imports`: experiments that another leader saved."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from orchestrator.server.audit import on_record
from orchestrator.server.crate.importing import import_bundle
from orchestrator.server.crate.opened import Opened
from orchestrator.server.problems import Problem
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.experiments import experiment_view

routes = Routes("export")
BUNDLE_BYTES_MAX: Final = 4 * 1024**3
PIECE_BYTES: Final = 256 * 1024
PIECE_LIMIT_S: Final = 60.0


@routes.post("/api/imports", status=201, writes=False, problems=(409, 413, 422, 507))
async def import_experiment(call: Call[NoQuery, None]) -> web.StreamResponse:
    """Read a bundle (`application/zip`) back: a finished experiment, marked as imported.

    The same bundle is read exactly once, however often it is sent; one that was cut off is gone on
    with. Nothing of it ever runs here.
    """

    async def read() -> web.Response:
        folder = await asyncio.to_thread(tempfile.TemporaryDirectory)
        try:
            path = Path(folder.name) / "bundle.zip"
            return await _imported(call, path, await _received(call.request, path))
        finally:
            await asyncio.to_thread(folder.cleanup)

    return await on_record(call, "import_experiment", read)


async def _received(request: web.Request, path: Path) -> str:
    """Keep the body in a file, piece by piece; answer its hash."""
    known, size = hashlib.sha256(), 0
    file = await asyncio.to_thread(path.open, "wb")
    try:
        while True:
            async with asyncio.timeout(PIECE_LIMIT_S):
                piece = await request.content.read(PIECE_BYTES)
            if not piece:
                return known.hexdigest()
            size += len(piece)
            if size > BUNDLE_BYTES_MAX:
                raise Problem(413, f"a bundle has at most {BUNDLE_BYTES_MAX >> 30} GiB")
            known.update(piece)
            await asyncio.to_thread(file.write, piece)
    finally:
        await asyncio.to_thread(file.close)


async def _imported(call: Call[NoQuery, None], path: Path, sha256: str) -> web.Response:
    opened = await asyncio.to_thread(Opened, path)
    try:
        kept, is_new = await import_bundle(
            call.services.store,
            opened,
            sha256,
            by=call.actor,
            at_wall_s=call.services.clock.now().wall_s,
        )
    finally:
        opened.close()
    return web.Response(
        status=201 if is_new else 200,
        body=msgspec.json.encode(experiment_view(kept)),
        content_type="application/json",
        headers={"Location": f"/api/experiments/{kept.id}"},
    )
