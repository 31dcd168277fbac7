"""`/api/queue`: what waits and why; and what people do with its entries."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiohttp import web
from msgspec import UNSET

from orchestrator.server.api.experiments import ONE
from orchestrator.server.idempotency import key_of
from orchestrator.server.permission import administrators_only, found, refuse_strangers
from orchestrator.server.routing import Call, NoQuery, Routes
from orchestrator.server.versions import changed_meanwhile, matched, matched_if_sent, number_of
from orchestrator.server.views.common import view
from orchestrator.server.views.experiments import Experiment, experiment_view
from orchestrator.server.views.queue import (
    Check,
    EntryChanges,
    HoldNote,
    Move,
    Preflight,
    Queue,
    queue_view,
    version_of_hold,
)

routes = Routes("queue")
HOLDING: Final = web.AppKey("holding", asyncio.Lock)
"""Who looks at the hold of the queue, and changes it."""


@routes.get("/api/queue", etag="version")
async def get_queue(call: Call[NoQuery, None]) -> Queue:
    """List what waits, in the order of turns, each with its reason and an estimate.

    The `ETag` is that of its hold.
    """
    return queue_view(await call.services.office.queue())


@routes.post("/api/queue/hold", etag="version", problems=(403, 412))
async def hold_queue(call: Call[NoQuery, HoldNote]) -> Queue:
    """Let nothing start by itself, for maintenance; what runs goes on.

    With `If-Match`, only if nobody held or released it since; else the last one counts.
    """
    administrators_only(call, "hold the queue")
    async with call.request.app[HOLDING]:
        await _refuse_changed_hold(call)
        await call.services.office.hold_queue(call.body.note, by=call.actor)
    return queue_view(await call.services.office.queue())


@routes.post("/api/queue/release", etag="version", problems=(403, 412))
async def release_queue(call: Call[NoQuery, None]) -> Queue:
    """Let things start again; `If-Match` as for a hold."""
    administrators_only(call, "release the queue")
    async with call.request.app[HOLDING]:
        await _refuse_changed_hold(call)
        await call.services.office.release_queue(by=call.actor)
    return queue_view(await call.services.office.queue())


@routes.get(ONE + "/preflight", problems=(404, 409))
async def get_preflight(call: Call[NoQuery, None]) -> Preflight:
    """Look at all that is looked at before one that waits starts, each check with its result."""
    checks = await call.services.office.preflight(call.named("id"))
    return Preflight(checks=[view(each, Check) for each in checks])


@routes.patch(ONE, problems=(403, 404, 409, 412, 428))
async def change_experiment(call: Call[NoQuery, EntryChanges]) -> Experiment:
    """Change an experiment: all of it while it waits, what people say of it at any time.

    `If-Match` takes the `ETag` (or `version`) that was read; where somebody else was faster,
    nothing is changed.
    """
    before = await refuse_strangers(call)
    changes = {
        name: value
        for name in EntryChanges.__struct_fields__
        if (value := getattr(call.body, name)) is not UNSET
    }
    if changes.get("priority", before.terms.priority) != before.terms.priority:
        administrators_only(call, "change a priority")
    if "bindings" in changes:
        changes["asked"] = changes.pop("bindings")
    for name in {"tags", "accepted"} & changes.keys():
        changes[name] = tuple(changes[name])
    return await _changed(call, changes, number_of(matched(call.request)))


@routes.post(ONE + "/hold", etag="version", problems=(403, 404, 409, 412))
async def hold_experiment(call: Call[NoQuery, HoldNote]) -> Experiment:
    """Keep one that waits from starting by itself; `If-Match` may be sent."""
    await refuse_strangers(call)
    return await _changed(call, {"hold": call.body.note}, number_of(matched_if_sent(call.request)))


@routes.post(ONE + "/release", etag="version", problems=(403, 404, 409, 412))
async def release_experiment(call: Call[NoQuery, None]) -> Experiment:
    """Let it start as soon as it may; `If-Match` may be sent."""
    await refuse_strangers(call)
    return await _changed(call, {"hold": None}, number_of(matched_if_sent(call.request)))


@routes.post(ONE + "/move", etag="version", problems=(403, 404, 409))
async def move_experiment(call: Call[NoQuery, Move]) -> Experiment:
    """Move one within the queue: users among their own, administrators among all."""
    await refuse_strangers(call)
    owner = None if call.is_administrator else call.actor
    office = call.services.office
    moved = await office.arrange(call.named("id"), call.body.to, owner=owner, by=call.actor)
    return experiment_view(moved)


@routes.post(ONE + "/copy", status=201, location=ONE, etag="version", problems=(404, 409, 422))
async def copy_experiment(call: Call[NoQuery, None]) -> Experiment:
    """Queue the same once more, for whoever asks."""
    await found(call.services, call.named("id"))
    made = await call.services.office.copy(
        call.named("id"), by=call.actor, idempotency_key=key_of(call.request)
    )
    return experiment_view(made)


@routes.post(ONE + "/abandon", problems=(403, 404, 409))
async def abandon_experiment(call: Call[NoQuery, None]) -> Experiment:
    """Take one for cancelled whose workers are gone for good.

    Should such a worker come back and still run it, it is told to end it.
    """
    administrators_only(call, "give up an experiment")
    return experiment_view(await call.services.office.abandon(call.named("id"), by=call.actor))


async def _changed(
    call: Call[NoQuery, Any], changes: dict[str, Any], version: int | None
) -> Experiment:
    done = await call.services.office.change_entry(
        call.named("id"), changes, version=version, by=call.actor
    )
    return experiment_view(done)


async def _refuse_changed_hold(call: Call[Any, Any]) -> None:
    """Whoever says which hold they saw changes that one, and no other."""
    said = matched_if_sent(call.request)
    if said not in (None, version_of_hold(await call.services.store.queue_hold())):
        raise changed_meanwhile("somebody held or released the queue since you read it: look again")
