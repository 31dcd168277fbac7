"""`/api/workers`: what they are, and what they are to do now."""

from __future__ import annotations

import msgspec

from orchestrator.messages.orders import CommandResult
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.views.common import Listing
from orchestrator.server.views.workers import (
    CommandOutcome,
    NewCommand,
    Stopped,
    Worker,
    worker_view,
)

routes = Routes("workers")


@routes.get("/api/workers")
async def list_workers(call: Call[NoQuery, None]) -> Listing[Worker]:
    """List workers by name, as last heard."""
    return Listing(items=[worker_view(each) for each in await call.services.store.workers()])


@routes.post("/api/workers/{worker}/command", problems=(404, 409, 504))
async def command_worker(call: Call[NoQuery, NewCommand]) -> CommandOutcome:
    """Have a worker do something by hand; its limits hold for this too."""
    asked = call.body
    said = await call.services.office.command(
        call.named("worker"),
        asked.name,
        asked.args,
        by=call.actor,
        reactor=asked.reactor,
        attempt=asked.attempt,
        vessel=asked.vessel,
    )
    return _outcome(said)


@routes.post("/api/emergency_stop")
async def emergency_stop(call: Call[NoQuery, None]) -> Stopped:
    """Stop every reachable worker; what each of them said."""
    said = await call.services.office.emergency_stop(by=call.actor)
    return Stopped(workers={worker: _outcome(each) for worker, each in said.items()})


def _outcome(said: CommandResult) -> CommandOutcome:
    return msgspec.convert(said, CommandOutcome, from_attributes=True)
