"""Pictures of experiments: a list, and each as a file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from aiohttp import web

from orchestrator.model.picture import JPEG, PNG
from orchestrator.ports import pictures
from orchestrator.server.api.experiments import ONE
from orchestrator.server.permission import found
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.common import Listing
from orchestrator.server.views.pictures import Picture, PicturesQuery, picture_view

routes = Routes("pictures")
DIGITS_MAX: Final = 18
KINDS: Final = {".jpg": JPEG, ".png": PNG}


@routes.get(ONE + "/pictures", problems=(404,))
async def list_pictures(call: Call[PicturesQuery, None]) -> Listing[Picture]:
    """List the pictures of an experiment, newest first, also those that have still to come."""
    experiment = await found(call.services, call.named("id"))
    query = call.query
    page = await call.services.store.pictures(
        experiment.id, vessel=query.vessel, limit=query.limit, cursor=query.cursor
    )
    return Listing(items=[picture_view(each) for each in page.items], next=page.next)


@routes.get(ONE + "/pictures/{picture}", media_type=JPEG, problems=(404, 409))
async def get_picture(call: Call[NoQuery, None]) -> web.StreamResponse:
    """Show one of them, as a JPEG or PNG. It never changes, and may be kept."""
    experiment = await found(call.services, call.named("id"))
    kept = await _kept(call, experiment.id)
    path = await _path(call, kept)
    etag = f'"{kept.sha256}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=31536000, immutable"}
    known = call.request.headers.get("If-None-Match", "")
    if etag in [each.strip().removeprefix("W/") for each in known.split(",")]:
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = KINDS.get(path.suffix, "application/octet-stream")
    return web.Response(body=await asyncio.to_thread(path.read_bytes), headers=headers)


async def _kept(call: Call[NoQuery, None], experiment: str) -> pictures.Picture:
    number = call.named("picture")
    is_number = number.isascii() and number.isdigit() and len(number) < DIGITS_MAX
    kept = await call.services.store.picture(int(number)) if is_number else None
    if kept is None or kept.experiment != experiment:
        raise Problem(404, f"there is no picture {number:.40}", kind=kind_of("not-found"))
    return kept


async def _path(call: Call[NoQuery, None], kept: pictures.Picture) -> Path:
    gallery = call.services.gallery
    path = await gallery.find(kept) if gallery is not None else None
    if path is not None:
        return path
    if kept.state == "waiting":
        detail = f"picture {kept.id} is still on its worker"
        raise Problem(409, detail, kind=kind_of("refused"))
    raise Problem(404, f"picture {kept.id} is gone", kind=kind_of("not-found"))
