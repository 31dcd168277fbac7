"""An experiment's data as CSV, streamed: DESIGN, "Files that programs read"."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from orchestrator.ports import records
from orchestrator.ports.store import Store
from orchestrator.server.api.experiments import ONE
from orchestrator.server.permission import found
from orchestrator.server.routing import Call, NoQuery, Routes

routes = Routes("export")
READINGS_COLUMNS: Final = ("time_s", "wall", "vessel", "signal", "value")
ACTIONS_COLUMNS: Final = (
    "action_id",
    "nominal_s",
    "time_s",
    "wall",
    "vessel",
    "action",
    "detail",
    "outcome",
    "reason",
)
PORTION: Final = 1000
WRITE_LIMIT_S: Final = 60.0
_LOG = logging.getLogger(__name__)


@routes.get(ONE + "/export.csv", media_type="text/csv", problems=(404,))
async def export_readings(call: Call[NoQuery, None]) -> web.StreamResponse:
    """Save all readings as measured, by time within each vessel and signal."""
    experiment = await found(call.services, call.named("id"))
    portions = call.services.store.export_readings(experiment.id)
    name = f"{experiment.id}-readings.csv"
    return await _send(call.request, name, READINGS_COLUMNS, _readings(portions))


@routes.get(ONE + "/actions.csv", media_type="text/csv", problems=(404,))
async def export_actions(call: Call[NoQuery, None]) -> web.StreamResponse:
    """Save what became of all actions, in order."""
    experiment = await found(call.services, call.named("id"))
    rows = _actions(call.services.store, experiment.id)
    return await _send(call.request, f"{experiment.id}-actions.csv", ACTIONS_COLUMNS, rows)


async def _readings(
    portions: AsyncIterator[Sequence[records.ReadingRow]],
) -> AsyncIterator[str]:
    async for portion in portions:
        yield await asyncio.to_thread(_readings_text, portion)


def _readings_text(portion: Sequence[records.ReadingRow]) -> str:
    return as_csv((r.process_s, wall(r.wall_s), r.vessel, r.signal, r.value) for r in portion)


async def _actions(store: Store, experiment: str) -> AsyncIterator[str]:
    cursor: str | None = None
    while True:
        page = await store.actions(experiment, newest_first=False, limit=PORTION, cursor=cursor)
        yield as_csv(
            (
                each.action_id,
                each.nominal_s,
                each.began_process_s if each.began_process_s is not None else each.ended_process_s,
                wall(each.began_wall_s if each.began_wall_s is not None else each.ended_wall_s),
                each.vessel,
                each.action,
                each.detail,
                each.outcome,
                each.reason,
            )
            for each in page.items
        )
        cursor = page.next
        if cursor is None:
            return


async def _send(
    request: web.Request, name: str, columns: Sequence[str], texts: AsyncIterator[str]
) -> web.StreamResponse:
    """Stream a file; where it breaks off, so does the connection, and the client can tell."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
    )
    await response.prepare(request)
    try:
        await _write(response, as_csv([columns]))
        async for text in texts:
            await _write(response, text)
    except ConnectionError:
        _LOG.info("%s was not fetched to its end", name)
    except Exception:
        _LOG.exception("%s broke off", name)
        if request.transport is not None:
            request.transport.abort()
    return response


async def _write(response: web.StreamResponse, text: str) -> None:
    async with asyncio.timeout(WRITE_LIMIT_S):
        await response.write(text.encode())


def as_csv(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as text; None is empty."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def wall(wall_s: float | None) -> str:
    """A moment as ISO 8601, UTC; empty where the time was not known."""
    if wall_s is None:
        return ""
    moment = datetime.fromtimestamp(wall_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
