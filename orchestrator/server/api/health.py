"""`/api/health` and `/api/clock`."""

from __future__ import annotations

import logging

from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.health import ClockNow, Health

routes = Routes("leader")
_LOG = logging.getLogger(__name__)


@routes.get("/api/health")
async def get_health(call: Call[NoQuery, None]) -> Health:
    """Say how the leader is; `degraded` where the store fails or workers cannot be reached."""
    services = call.services
    try:
        await services.store.newest_event_id()
        store_is_well = not services.office.store_trouble
    except Exception:
        _LOG.exception("the store does not answer")
        store_is_well = False
    connected = services.office.broker_connected
    return Health(
        status="ok" if store_is_well and connected else "degraded",
        version=services.version,
        store="ok" if store_is_well else "failing",
        broker_connected=connected,
    )


@routes.get("/api/clock")
async def get_clock(call: Call[NoQuery, None]) -> ClockNow:
    """Tell the time that all `*_wall_s` are on."""
    clock = call.services.clock
    now = clock.now()
    return ClockNow(wall_s=now.wall_s, speed=clock.speed, trusted=now.trusted)
