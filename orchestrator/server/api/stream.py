"""`/api/stream`: what happens, from where the client left off, and then as it happens."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import HttpVersion11, web

from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, Routes
from orchestrator.server.stream.broadcast import BROADCAST, Broadcast
from orchestrator.server.stream.frames import event_payload, opening
from orchestrator.server.stream.subscriber import Subscriber
from orchestrator.server.views.events import StreamQuery

routes = Routes("events")
PORTION: Final = 500
WRITE_LIMIT_S: Final = 20.0


@routes.get("/api/stream", media_type="text/event-stream", problems=(503,))
async def stream(call: Call[StreamQuery, None]) -> web.StreamResponse:
    """Be told of what happens, as server-sent events.

    A message without a name is an `Event` and carries its id; who comes back with `Last-Event-ID`
    is told all that was missed, each once. `event: readings` is a `ReadingsEvent`, live and not
    repeated. A comment comes every fifteen seconds; who does not read is dropped.
    """
    broadcast = call.request.app[BROADCAST]
    _refuse_where_it_cannot_be(call.request, broadcast)
    after = await _beginning(call)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    await response.prepare(call.request)
    transport = call.request.transport
    if transport is None:
        return response
    subscriber = Subscriber(transport, after)
    with broadcast.joined(subscriber, call.query.experiment):
        try:
            await _send(response, opening(after))
            await _catch_up(call, response, subscriber)
            await subscriber.ended.wait()
        except TimeoutError:
            subscriber.drop()
    return response


def _refuse_where_it_cannot_be(request: web.Request, broadcast: Broadcast) -> None:
    if request.version < HttpVersion11:
        raise Problem(505, "a stream needs HTTP/1.1")
    if broadcast.closed or broadcast.is_full:
        why = "the server is about to end" if broadcast.closed else "too many streams are open"
        raise Problem(503, why, headers={"Retry-After": "5"})


async def _beginning(call: Call[StreamQuery, None]) -> int:
    """The event after which to begin; one that does not exist yet is as good as the newest."""
    newest = await call.services.store.newest_event_id()
    text = call.request.headers.get("Last-Event-ID", "").strip()
    if not text:
        return newest if call.query.after is None else min(call.query.after, newest)
    if not text.isascii() or not text.isdigit():
        detail = f"Last-Event-ID is the number of an event, not '{text[:40]}'"
        raise Problem(400, detail, kind=kind_of("unexpected-query"))
    return min(int(text), newest)


async def _catch_up(
    call: Call[StreamQuery, None], response: web.StreamResponse, subscriber: Subscriber
) -> None:
    """Send what the store has and the client has not, while new events are kept aside for it."""
    store, experiment = call.services.store, call.query.experiment
    while not subscriber.ended.is_set():
        events = await store.events_after(subscriber.sent_id, limit=PORTION, experiment=experiment)
        if events:
            await _send(response, b"".join(event_payload(event) for event in events))
            subscriber.sent_id = events[-1].event_id
        if len(events) < PORTION and subscriber.go_live():
            return


async def _send(response: web.StreamResponse, payload: bytes) -> None:
    async with asyncio.timeout(WRITE_LIMIT_S):
        await response.write(payload)
