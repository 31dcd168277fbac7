"""`/api/alerts`: what people should know."""

from __future__ import annotations

from orchestrator.server.keys import CONCERNS
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.attention import Alert, AlertsQuery
from orchestrator.server.views.common import Listing, view

routes = Routes("alerts")


@routes.get("/api/alerts")
async def list_alerts(call: Call[AlertsQuery, None]) -> Listing[Alert]:
    """List alerts, newest first."""
    query = call.query
    page = await call.services.store.alerts(
        experiment=query.experiment, open_only=query.open, limit=query.limit, cursor=query.cursor
    )
    return Listing(items=[view(each, Alert) for each in page.items], next=page.next)


@routes.post("/api/alerts/{id}/acknowledge", problems=(404,))
async def acknowledge_alert(call: Call[NoQuery, None]) -> Alert:
    """Say that somebody has seen it; the first to do so stays on record."""
    name = call.named("id")
    if not (name.isascii() and name.isdigit() and len(name) <= 18):
        raise Problem(404, f"there is no alert '{name}'", kind=kind_of("not-found"))
    alert = await call.services.office.acknowledge(int(name), by=call.actor)
    if alert.experiment is not None:
        call.request[CONCERNS] = alert.experiment
    return view(alert, Alert)
