"""`/api/workers`: what they are, and what they are to do now."""

from __future__ import annotations

from typing import Final

import msgspec

from orchestrator.messages.orders import CommandResult
from orchestrator.messages.standing import Standing
from orchestrator.server.permission import refuse_strangers_at
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.telling import each_told, outcome_of, refuse_unless_done
from orchestrator.server.views.common import Listing
from orchestrator.server.views.workers import (
    Broadcast,
    CommandOutcome,
    NewCommand,
    Places,
    Stopped,
    StopQuery,
    ToldPlaces,
    Worker,
    worker_view,
)

routes = Routes("workers")
ANYBODY_MAY: Final = frozenset({"emergency_stop", "release_stop"})
"""Commands for which nobody is asked whose it is."""


@routes.get("/api/workers")
async def list_workers(call: Call[NoQuery, None]) -> Listing[Worker]:
    """List workers by name, as last heard."""
    return Listing(items=[worker_view(each) for each in await call.services.store.workers()])


@routes.post("/api/workers/{worker}/command", problems=(403, 404, 409, 504))
async def command_worker(call: Call[NoQuery, NewCommand]) -> CommandOutcome:
    """Have a worker do something by hand; its limits hold for this too.

    Into what runs there only its owner and administrators may reach; anybody may stop it.
    """
    asked, worker = call.body, call.named("worker")
    if asked.name not in ANYBODY_MAY:
        await refuse_strangers_at(
            call, worker, reactor=asked.reactor, attempt=asked.attempt, vessel=asked.vessel
        )
    said = await call.services.office.command(
        worker,
        asked.name,
        asked.args,
        by=call.actor,
        reactor=asked.reactor,
        attempt=asked.attempt,
        vessel=asked.vessel,
        key=call.idempotency_key,
    )
    return outcome_of(said)


@routes.get("/api/workers/{worker}/reactors", problems=(404, 409, 504))
async def worker_reactors(call: Call[NoQuery, None]) -> Listing[Standing]:
    """Ask a worker how its reactors stand: jobs, settings, values, bottles, what hands hold."""
    said = await call.services.office.command(call.named("worker"), "look", {}, by=call.actor)
    refuse_unless_done(said)
    return Listing(items=msgspec.convert(said.result["reactors"], list[Standing]))


@routes.post("/api/workers/command")
async def command_workers(call: Call[NoQuery, Broadcast]) -> ToldPlaces:
    """Have several workers do the same at once.

    Each answers for itself: one that is dead, or that somebody else's experiment runs on, holds up
    none of the others.
    """
    places = call.body.places or [each.worker for each in await call.services.store.workers()]
    return ToldPlaces(places=await each_told(places, lambda place: _one_of_many(call, place)))


async def _one_of_many(call: Call[NoQuery, Broadcast], place: str) -> CommandResult:
    asked, (worker, _, reactor) = call.body, place.partition("/")
    if asked.name not in ANYBODY_MAY:
        await refuse_strangers_at(call, worker, reactor=reactor, attempt="", vessel="")
    return await call.services.office.command(
        worker,
        asked.name,
        asked.args,
        by=call.actor,
        reactor=reactor,
        key=call.idempotency_key,
    )


@routes.post("/api/workers/{worker}/stop", problems=(404, 409, 504))
async def stop_worker(call: Call[StopQuery, None]) -> CommandOutcome:
    """Emergency stop of one worker, or of one of its reactors, until it is released."""
    return await _tell(call, "emergency_stop")


@routes.post("/api/workers/{worker}/release", problems=(404, 409, 504))
async def release_worker(call: Call[StopQuery, None]) -> CommandOutcome:
    """End an emergency stop. Nothing starts by that: vessels stay paused until they are resumed."""
    return await _tell(call, "release_stop")


@routes.post("/api/workers/{worker}/self-test", problems=(404, 409, 504))
async def test_worker(call: Call[StopQuery, None]) -> CommandOutcome:
    """Have a reactor on which nothing runs try its own devices.

    `/api/workers` lists the results as they come.
    """
    return await _tell(call, "self_test")


@routes.post("/api/workers/self-test")
async def test_workers(call: Call[NoQuery, Places]) -> ToldPlaces:
    """Have several do that at once; each answers for itself, and what runs is left alone."""
    places = call.body.places or [
        place
        for each in await call.services.store.workers()
        for place in worker_view(each).free_reactors
    ]

    async def test(place: str) -> CommandResult:
        worker, _, reactor = place.partition("/")
        office = call.services.office
        return await office.command(worker, "self_test", {}, by=call.actor, reactor=reactor)

    return ToldPlaces(places=await each_told(places, test))


@routes.post("/api/emergency_stop")
async def emergency_stop(call: Call[NoQuery, None]) -> Stopped:
    """Stop every worker at once; what each of them said, also of those that were not reached."""
    said = await call.services.office.emergency_stop(by=call.actor)
    return Stopped(workers={worker: outcome_of(each) for worker, each in said.items()})


async def _tell(call: Call[StopQuery, None], name: str) -> CommandOutcome:
    worker, office = call.named("worker"), call.services.office
    said = await office.command(worker, name, {}, by=call.actor, reactor=call.query.reactor)
    return outcome_of(said)
