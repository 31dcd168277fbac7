"""`/api/maintenance`: what keeps the store safe, how it fares, and a run of it now."""

from __future__ import annotations

from typing import Any, Final

from orchestrator.ports.maintenance import Caretaker
from orchestrator.ports.store import NotFound
from orchestrator.server.permission import administrators_only
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.common import Listing
from orchestrator.server.views.maintenance import (
    Maintenance,
    MaintenanceRun,
    RunsQuery,
    WantedSteps,
    run_view,
    step_view,
)

routes = Routes("maintenance")
RUN: Final = "/api/maintenance/runs/{id}"


@routes.get("/api/maintenance", problems=(404,))
async def get_maintenance(call: Call[NoQuery, None]) -> Maintenance:
    """Show the steps of maintenance, how they fared, when they are due, and the newest run."""
    caretaker, store = _caretaker(call), call.services.store
    rates = {rate.name: rate for rate in await store.step_rates()}
    newest = (await store.maintenance_runs(limit=1)).items
    return Maintenance(
        cron=caretaker.cron,
        next_wall_s=await caretaker.next_wall_s(),
        steps=[step_view(step, rates.get(step.name)) for step in caretaker.steps],
        newest=run_view(caretaker, newest[0]) if newest else None,
    )


@routes.get("/api/maintenance/runs", problems=(404,))
async def list_maintenance_runs(call: Call[RunsQuery, None]) -> Listing[MaintenanceRun]:
    """List runs of maintenance, newest first."""
    caretaker = _caretaker(call)
    page = await call.services.store.maintenance_runs(
        limit=call.query.limit, cursor=call.query.cursor
    )
    return Listing(items=[run_view(caretaker, run) for run in page.items], next=page.next)


@routes.post("/api/maintenance/runs", status=201, location=RUN, problems=(403, 404, 409))
async def run_maintenance(call: Call[NoQuery, WantedSteps]) -> MaintenanceRun:
    """Begin a run now; it goes on by itself. Two never overlap."""
    caretaker = _caretaker(call)
    administrators_only(call, "run maintenance")
    run = await caretaker.begin(call.body.steps, by=call.actor)
    return run_view(caretaker, run)


@routes.get(RUN, problems=(404,))
async def get_maintenance_run(call: Call[NoQuery, None]) -> MaintenanceRun:
    """Show one run, with the share of the step that is under way."""
    caretaker, name = _caretaker(call), call.named("id")
    run = await call.services.store.maintenance_run(int(name)) if _is_number(name) else None
    if run is None:
        raise NotFound(f"there is no run {name} of maintenance")
    return run_view(caretaker, run)


def _caretaker(call: Call[Any, Any]) -> Caretaker:
    if call.services.caretaker is None:
        raise NotFound("this leader knows no maintenance")
    return call.services.caretaker


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 18
