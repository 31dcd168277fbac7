"""An experiment's data as files, streamed."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Annotated, Any, Final

import msgspec
from aiohttp import web

from orchestrator.model.key import ActionKey
from orchestrator.ports import records
from orchestrator.ports.store import Store
from orchestrator.server.api.experiments import ONE
from orchestrator.server.api.export_arrow import ARROW, batches_begun
from orchestrator.server.api.export_text import as_csv, wall
from orchestrator.server.crate.archive import Archive
from orchestrator.server.crate.contents import write_bundle
from orchestrator.server.permission import found
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.readings import CurvesQuery, Seconds

routes = Routes("export")
READINGS_COLUMNS: Final = ("time_s", "wall", "vessel", "signal", "value")
CURVES_COLUMNS: Final = ("vessel", "signal", "at_s", "mean", "minimum", "maximum")
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
TIME: Final = ACTIONS_COLUMNS.index("time_s")
PORTION: Final = 1000
WRITE_LIMIT_S: Final = 60.0
_LOG = logging.getLogger(__name__)


class ExportQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What the file is to hold; all of it, where nothing is said."""

    signal: Annotated[list[str], msgspec.Meta(max_length=50)] = []
    vessel: Annotated[list[str], msgspec.Meta(max_length=200)] = []
    from_s: Seconds | None = None
    """On the clock of the run, as `time_s`; both ends belong to it."""
    to_s: Seconds | None = None
    calibrations: bool = False
    """A column more, with the name of the calibration that made each reading."""


@routes.get(ONE + "/export.csv", media_type="text/csv", problems=(404,))
async def export_readings(call: Call[ExportQuery, None]) -> web.StreamResponse:
    """Save readings as measured, by time within each vessel and signal."""
    experiment = await found(call.services, call.named("id"))
    name = f"{experiment.id}-readings.csv"
    portions, named = _portions(call, experiment.id), call.query.calibrations
    columns = (*READINGS_COLUMNS, "calibration") if named else READINGS_COLUMNS
    return await _send(call.request, name, columns, _readings(portions, named=named))


@routes.get(ONE + "/export.arrow", media_type=ARROW, problems=(404, 406))
async def export_arrow(call: Call[ExportQuery, None]) -> web.StreamResponse:
    """Save the same as a stream of Arrow record batches, for programs that read columns."""
    experiment = await found(call.services, call.named("id"))
    batches = await batches_begun(calibrations=call.query.calibrations)
    portions = _portions(call, experiment.id)
    name = f"{experiment.id}-readings.arrow"
    response = _file_response(name, ARROW)
    await response.prepare(call.request)

    async def write() -> None:
        async for portion in portions:
            await _write(response, await asyncio.to_thread(batches.next, portion))
        await _write(response, batches.end())

    await _to_the_end(call.request, name, write())
    return response


@routes.get(ONE + "/curves.csv", media_type="text/csv", problems=(404,))
async def export_curves(call: Call[CurvesQuery, None]) -> web.StreamResponse:
    """Save what `curves` draws: mean, minimum and maximum in at most so many intervals."""
    experiment, query = await found(call.services, call.named("id")), call.query
    curves = await call.services.store.curves(
        experiment.id,
        signals=query.signal,
        vessels=query.vessel,
        clock=query.clock,
        from_s=query.from_s,
        to_s=query.to_s,
        points=query.points,
    )

    async def texts() -> AsyncIterator[str]:
        for each in curves:
            points = zip(each.at_s, each.mean, each.minimum, each.maximum, strict=True)
            yield as_csv((each.vessel, each.signal, *point) for point in points)

    name = f"{experiment.id}-curves.csv"
    return await _send(call.request, name, CURVES_COLUMNS, texts())


@routes.get(ONE + "/actions.csv", media_type="text/csv", problems=(404,))
async def export_actions(call: Call[NoQuery, None]) -> web.StreamResponse:
    """Save what became of all actions and of what automations and people pumped, in order."""
    experiment = await found(call.services, call.named("id"))
    rows = _actions(call.services.store, experiment.id)
    return await _send(call.request, f"{experiment.id}-actions.csv", ACTIONS_COLUMNS, rows)


class BundleQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What the archive is to hold besides."""

    pictures: bool = False
    """The pictures that are here, too: the newest 4000, and 2 GB of them at most."""


@routes.get(ONE + "/bundle.zip", media_type="application/zip", problems=(404,))
async def export_bundle(call: Call[BundleQuery, None]) -> web.StreamResponse:
    """Save everything of it as an RO-Crate: a zip archive that explains itself.

    Readings, actions, trace, notes, profiles with their past, plans, calibrations, versions, a page
    that draws its charts offline, and a README that explains the columns.
    """
    experiment = await found(call.services, call.named("id"))
    response = _file_response(f"{experiment.id}.zip", "application/zip")
    await response.prepare(call.request)

    async def send(data: bytes) -> None:
        async with asyncio.timeout(WRITE_LIMIT_S):
            await response.write(data)

    async def write() -> None:
        archive = Archive(send, call.services.clock.now().wall_s)
        rows = _actions(call.services.store, experiment.id)
        pictures = call.query.pictures
        await write_bundle(archive, call.services, experiment, rows, pictures=pictures)
        await archive.close()

    await _to_the_end(call.request, f"{experiment.id}.zip", write())
    return response


def _portions(
    call: Call[ExportQuery, None], experiment: str
) -> AsyncIterator[Sequence[records.ReadingRow]]:
    asked = call.query
    return call.services.store.export_readings(
        experiment,
        vessels=asked.vessel,
        signals=asked.signal,
        from_s=asked.from_s,
        to_s=asked.to_s,
    )


async def _readings(
    portions: AsyncIterator[Sequence[records.ReadingRow]], *, named: bool
) -> AsyncIterator[str]:
    async for portion in portions:
        yield await asyncio.to_thread(_readings_text, portion, named)


def _readings_text(portion: Sequence[records.ReadingRow], named: bool) -> str:
    if not named:
        return as_csv((r.process_s, wall(r.wall_s), r.vessel, r.signal, r.value) for r in portion)
    return as_csv(
        (r.process_s, wall(r.wall_s), r.vessel, r.signal, r.value, r.calibration) for r in portion
    )


async def _actions(store: Store, experiment: str) -> AsyncIterator[str]:
    """Two streams by time: what the plan did, and what was pumped besides."""
    doses = deque(await _own_doses(store, experiment))
    cursor: str | None = None
    while True:
        page = await store.actions(experiment, newest_first=False, limit=PORTION, cursor=cursor)
        rows: list[Sequence[Any]] = []
        for action in page.items:
            row = _action_row(action)
            while doses and row[TIME] is not None and doses[0][TIME] < row[TIME]:
                rows.append(doses.popleft())
            rows.append(row)
        cursor = page.next
        yield as_csv(rows if cursor else [*rows, *doses])
        if cursor is None:
            return


async def _own_doses(store: Store, experiment: str) -> list[Sequence[Any]]:
    """What no action of the plan asked for, oldest first; the reason tells the cause as well."""
    found: list[Sequence[Any]] = []
    cursor: str | None = None
    while True:
        page = await store.doses(experiment, limit=PORTION, cursor=cursor)
        found += [_dose_row(each) for each in page.items if _is_own(each.key)]
        cursor = page.next
        if cursor is None:
            return sorted(found, key=lambda row: row[TIME])


def _is_own(key: str) -> bool:
    """Whoever acts for a plan does so at a step of it."""
    return not ActionKey.parse(key.removesuffix("/in").removesuffix("/out")).path


def _action_row(action: records.ActionRecord) -> Sequence[Any]:
    began_s, began_wall_s = action.began_process_s, action.began_wall_s
    return (
        action.action_id,
        action.nominal_s,
        action.ended_process_s if began_s is None else began_s,
        wall(action.ended_wall_s if began_wall_s is None else began_wall_s),
        action.vessel,
        action.action,
        action.detail,
        action.outcome,
        action.reason,
    )


def _dose_row(dose: records.Dose) -> Sequence[Any]:
    return (
        dose.key,
        dose.began_process_s,
        dose.began_process_s,
        wall(dose.began_wall_s),
        dose.vessel,
        "dose",
        f"{dose.volume_ml:.4g} mL of {dose.medium} {dose.direction}",
        dose.outcome,
        "; ".join(filter(None, (dose.cause, dose.reason))),
    )


async def _send(
    request: web.Request, name: str, columns: Sequence[str], texts: AsyncIterator[str]
) -> web.StreamResponse:
    """Stream a table."""
    response = _file_response(name, "text/csv; charset=utf-8")
    await response.prepare(request)

    async def write() -> None:
        await _write(response, as_csv([columns]).encode())
        async for text in texts:
            await _write(response, text.encode())

    await _to_the_end(request, name, write())
    return response


def _file_response(name: str, media_type: str) -> web.StreamResponse:
    return web.StreamResponse(
        headers={
            "Content-Type": media_type,
            "Content-Disposition": f'attachment; filename="{name}"',
        }
    )


async def _to_the_end(request: web.Request, name: str, writing: Awaitable[None]) -> None:
    """Where a file breaks off, so does the connection, and the client can tell."""
    try:
        await writing
    except ConnectionError:
        _LOG.info("%s was not fetched to its end", name)
    except Exception:
        _LOG.exception("%s broke off", name)
        if request.transport is not None:
            request.transport.abort()


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(WRITE_LIMIT_S):
        await response.write(data)
