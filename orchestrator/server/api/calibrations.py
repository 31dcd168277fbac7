"""`/api/calibrations`: what devices were compared with, and sessions in which they are."""

from __future__ import annotations

import msgspec

from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.calibrations import (
    Calibration,
    CalibrationSession,
    NewComparison,
    calibrations_of,
    sessions_of,
)
from orchestrator.server.views.common import Listing
from orchestrator.server.views.workers import CommandOutcome

routes = Routes("calibrations")


@routes.get("/api/calibrations")
async def list_calibrations(call: Call[NoQuery, None]) -> Listing[Calibration]:
    """List all calibrations that workers keep, as last heard, those in force and older ones."""
    workers, now = await call.services.store.workers(), call.services.clock.now()
    return Listing(items=[*calibrations_of(workers, now.wall_s)])


@routes.get("/api/calibrations/sessions")
async def list_calibration_sessions(call: Call[NoQuery, None]) -> Listing[CalibrationSession]:
    """List the sessions that are open; a worker keeps them through restarts."""
    return Listing(items=[*sessions_of(await call.services.store.workers())])


@routes.post("/api/workers/{worker}/calibrate", problems=(404, 409, 504))
async def calibrate_worker(call: Call[NoQuery, NewComparison]) -> CommandOutcome:
    """Begin a session, say what it asks, keep what came of it, or put a calibration in force."""
    asked = call.body
    said = await call.services.office.command(
        call.named("worker"),
        "calibrate",
        {**asked.args, "do": asked.do},
        by=call.actor,
        reactor=asked.reactor,
    )
    return msgspec.convert(said, CommandOutcome, from_attributes=True)
