"""Every write is on record: who asked for what, when, from where, and what came of it.

It is written before the deed and completed after it, so that one in whose midst the leader died
stands there without an outcome. A disk that is full, slow or broken keeps nobody from stopping what
runs.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from orchestrator.ports.remarks import NewDeed
from orchestrator.ports.store import Store, StoreBusy, StoreFull
from orchestrator.server.keys import CONCERNS
from orchestrator.server.problems import status_of

if TYPE_CHECKING:
    from orchestrator.server.routing import Call

_LOG = logging.getLogger(__name__)
_PATH: Final = "/api/experiments/"
_LONG: Final = frozenset({"text", "files"})
"""Whole profiles are kept with their experiments."""
_LIMIT_S: Final = 2.0
"""So long a deed waits for its entry, and its answer for the outcome's."""
_UNWRITABLE: Final = (StoreFull, StoreBusy, TimeoutError, sqlite3.Error)
_TEXT_MAX: Final = 200
_DETAIL_MAX: Final = 2000


async def on_record(
    call: Call[Any, Any], deed: str, answer: Callable[[], Awaitable[web.Response]]
) -> web.Response:
    """Answer, with an entry of the audit around it."""
    number = await _begin(call, deed)
    try:
        response = await answer()
    except Exception as error:
        await _end(call.services.store, number, status_of(error), call.request.get(CONCERNS))
        raise
    made = response.headers.get("Location", "")
    known = call.request.get(CONCERNS)
    experiment = made.removeprefix(_PATH) if made.startswith(_PATH) else known
    await _end(call.services.store, number, response.status, experiment)
    return response


async def _begin(call: Call[Any, Any], deed: str) -> int | None:
    request = call.request
    path = request.path.removeprefix(_PATH)
    try:
        async with asyncio.timeout(_LIMIT_S):
            return await call.services.store.begin_deed(
                NewDeed(
                    at_wall_s=call.services.clock.now().wall_s,
                    actor=call.actor,
                    role=call.role,
                    address=request.remote or "",
                    deed=deed,
                    experiment=request.match_info.get("id") if path != request.path else None,
                    detail=_detail(call.body, request.match_info),
                )
            )
    except _UNWRITABLE as error:
        _LOG.error("%s by %s is not on record: %s", deed, call.actor, error)
        return None


async def _end(store: Store, number: int | None, status: int, experiment: str | None) -> None:
    if number is None:
        return
    try:
        async with asyncio.timeout(_LIMIT_S):
            await store.end_deed(number, status, experiment)
    except _UNWRITABLE as error:
        _LOG.error("what came of deed %d is not on record: %s", number, error)


def _detail(body: Any, named: Mapping[str, str]) -> dict[str, Any]:
    """What was asked, without long texts."""
    given = msgspec.to_builtins(body) if isinstance(body, msgspec.Struct) else {}
    asked = {name: _short(value) for name, value in given.items() if name not in _LONG}
    asked |= {name: value for name, value in named.items() if name != "id"}
    if len(msgspec.json.encode(asked)) > _DETAIL_MAX:
        return {"fields": sorted(asked)}
    return asked


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _TEXT_MAX:
        return value[:_TEXT_MAX] + "…"
    return value
