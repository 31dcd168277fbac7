"""`/api/calibrations`: what devices were compared with, and sessions in which they are."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from aiohttp import web

from orchestrator.documents.calibration import calibration_text
from orchestrator.documents.check import check_text
from orchestrator.messages.calibrations import record_of
from orchestrator.messages.orders import CommandResult
from orchestrator.model import calibration as model
from orchestrator.model.units import symbol_of
from orchestrator.server.permission import refuse_strangers_at
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.telling import outcome_of, refuse_unless_done
from orchestrator.server.views.calibrations import (
    Calibration,
    CalibrationSession,
    Comparable,
    DocumentQuery,
    NewComparison,
    NewDocument,
    Shown,
    calibrations_of,
    comparables_of,
    known,
    sessions_of,
)
from orchestrator.server.views.common import Listing, PageQuery, page_at
from orchestrator.server.views.workers import CommandOutcome

routes = Routes("calibrations")
FILE: Final = "calibration.yaml"


@routes.get("/api/calibrations")
async def list_calibrations(call: Call[PageQuery, None]) -> Listing[Calibration]:
    """List all calibrations that workers keep, as last heard, those in force and older ones."""
    workers, now = await call.services.store.workers(), call.services.clock.now()
    return page_at([*calibrations_of(workers, now.wall_s)], call.query, lambda each: each)


@routes.get("/api/calibrations/devices")
async def list_comparable_devices(call: Call[NoQuery, None]) -> Listing[Comparable]:
    """List the devices that can be compared, and what each of them goes by."""
    return Listing(items=[*comparables_of(await call.services.store.workers())])


@routes.get("/api/calibrations/sessions")
async def list_calibration_sessions(call: Call[NoQuery, None]) -> Listing[CalibrationSession]:
    """List the sessions that are open; a worker keeps them through restarts."""
    return Listing(items=[*sessions_of(await call.services.store.workers())])


@routes.get("/api/calibrations/document", media_type="text/yaml", problems=(404,))
async def get_calibration_text(call: Call[DocumentQuery, None]) -> web.Response:
    """Read one as an axenic: calibration/1 document."""
    asked = call.query
    made = known(await call.services.store.workers(), asked)
    if made is None:
        raise Problem(
            404,
            f"{asked.worker}/{asked.reactor} has no calibration {asked.name} of {asked.device}",
            kind=kind_of("not-found"),
        )
    return web.Response(text=calibration_text(made), content_type="text/yaml")


@routes.get("/api/workers/{worker}/calibrate/{session}/shown", problems=(404, 409, 504))
async def get_shown(call: Call[NoQuery, None]) -> Shown:
    """Have the sensor of a session show what it shows now, for whoever waits until it is steady."""
    worker, id_ = call.named("worker"), call.named("session")
    said = await _ask(call, {"do": "look", "session": id_})
    refuse_unless_done(said)
    value, reason = said.result["value"], said.result["reason"]
    unit = symbol_of(said.result["type"])
    return Shown(value=value, unit=unit, reason=f"{worker}: {reason}" if reason else "")


@routes.post("/api/workers/{worker}/calibrate", problems=(403, 404, 409, 504))
async def calibrate_worker(call: Call[NoQuery, NewComparison]) -> CommandOutcome:
    """Begin a session, say what it asks, keep what came of it, or put a calibration in force.

    What runs on the device goes by it at once, so that its owner or an administrator puts it in
    force; all else anybody may.
    """
    asked = call.body
    if asked.do == "activate" or asked.args.get("activate"):
        await _refuse_strangers(call, await _reactor_of(call))
    return outcome_of(await _ask(call, {**asked.args, "do": asked.do}, asked.reactor))


@routes.post("/api/workers/{worker}/calibrations", problems=(403, 404, 409, 422, 504))
async def import_calibration(call: Call[NoQuery, NewDocument]) -> CommandOutcome:
    """Have a worker keep what an axenic: calibration/1 document says.

    It is checked first; with any error it is refused with all `diagnostics`.
    """
    asked = call.body
    if asked.activate:
        await _refuse_strangers(call, asked.reactor)
    made = await asyncio.to_thread(_read, asked.text)
    record = msgspec.to_builtins(record_of("", made))
    wish = {"do": "import", "calibration": record, "activate": asked.activate}
    return outcome_of(await _ask(call, wish, asked.reactor))


async def _reactor_of(call: Call[NoQuery, NewComparison]) -> str:
    """Where it counts: at a session's own reactor, whatever is said; empty is all of them."""
    worker, asked = call.named("worker"), call.body
    if asked.do == "activate":
        return asked.reactor
    for each in sessions_of(await call.services.store.workers()):
        if (each.worker, each.session.id) == (worker, asked.args.get("session")):
            return each.session.reactor
    return ""


async def _refuse_strangers(call: Call[Any, Any], reactor: str) -> None:
    await refuse_strangers_at(call, call.named("worker"), reactor=reactor, attempt="", vessel="")


async def _ask(call: Call[Any, Any], args: dict[str, Any], reactor: str = "") -> CommandResult:
    office, worker = call.services.office, call.named("worker")
    return await office.command(worker, "calibrate", args, by=call.actor, reactor=reactor)


def _read(text: str) -> model.Calibration:
    """The value of a document.

    Raises:
        Problem: with all that is wrong, or it is something else.
    """
    checked = check_text(text, FILE)
    if checked.calibration is not None:
        return checked.calibration
    wrong = [each for each in checked.diagnostics if each.severity == "error"]
    detail = wrong[0].message if wrong else f"this is a {checked.kind}, not a calibration/1"
    raise Problem(
        422,
        detail,
        kind=kind_of("document-refused"),
        title="The document was refused",
        diagnostics=[msgspec.to_builtins(each) for each in checked.diagnostics],
    )
