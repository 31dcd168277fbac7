"""`/api/maintenance`: what keeps the store safe, how it fares, and a run of it now."""

from __future__ import annotations

from typing import Final

from orchestrator.ports.maintenance import Caretaker
from orchestrator.ports.store import NotFound
from orchestrator.server.permission import administrators_only
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.services import Services
from orchestrator.server.views.common import Listing, view
from orchestrator.server.views.maintenance import (
    Disk,
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
    return await maintenance_of(call.services)


async def maintenance_of(services: Services) -> Maintenance:
    """As the API answers it.

    Raises:
        NotFound: nobody keeps this store.
    """
    caretaker, store = caretaker_of(services), services.store
    rates = {rate.name: rate for rate in await store.step_rates()}
    newest = (await store.maintenance_runs(limit=1)).items
    return Maintenance(
        cron=caretaker.cron,
        next_wall_s=await caretaker.next_wall_s(),
        steps=[step_view(step, rates.get(step.name)) for step in caretaker.steps],
        newest=run_view(caretaker, newest[0]) if newest else None,
        disk=view(await services.office.disk(), Disk),
    )


@routes.get("/api/maintenance/runs", problems=(404,))
async def list_maintenance_runs(call: Call[RunsQuery, None]) -> Listing[MaintenanceRun]:
    """List runs of maintenance, newest first."""
    return await runs_of(call.services, call.query)


async def runs_of(services: Services, query: RunsQuery) -> Listing[MaintenanceRun]:
    """As the API answers them.

    Raises:
        NotFound: nobody keeps this store.
    """
    caretaker = caretaker_of(services)
    page = await services.store.maintenance_runs(limit=query.limit, cursor=query.cursor)
    return Listing(items=[run_view(caretaker, run) for run in page.items], next=page.next)


@routes.post("/api/maintenance/runs", status=201, location=RUN, problems=(403, 404, 409))
async def run_maintenance(call: Call[NoQuery, WantedSteps]) -> MaintenanceRun:
    """Begin a run now; it goes on by itself. Two never overlap."""
    caretaker = caretaker_of(call.services)
    administrators_only(call, "run maintenance")
    run = await caretaker.begin(call.body.steps, by=call.actor)
    return run_view(caretaker, run)


@routes.get(RUN, problems=(404,))
async def get_maintenance_run(call: Call[NoQuery, None]) -> MaintenanceRun:
    """Show one run, with the share of the step that is under way."""
    caretaker, name = caretaker_of(call.services), call.named("id")
    run = await call.services.store.maintenance_run(int(name)) if _is_number(name) else None
    if run is None:
        raise NotFound(f"there is no run {name} of maintenance")
    return run_view(caretaker, run)


def caretaker_of(services: Services) -> Caretaker:
    """Who keeps the store safe.

    Raises:
        NotFound: nobody does.
    """
    if services.caretaker is None:
        raise NotFound("this leader knows no maintenance")
    return services.caretaker


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 18
