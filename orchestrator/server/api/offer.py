"""`/api/jobs`: what may be written into a profile, and let run by hand."""

from __future__ import annotations

from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.common import Listing
from orchestrator.server.views.offer import JobOffer, offers_of

routes = Routes("jobs")


@routes.get("/api/jobs")
async def list_jobs(call: Call[NoQuery, None]) -> Listing[JobOffer]:
    """List the jobs with their settings, signals and automations, those of plugins too."""
    return Listing(items=offers_of(call.services.catalogue))
