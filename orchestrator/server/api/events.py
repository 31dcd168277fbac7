"""`/api/events`: the event log."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from orchestrator.ports import records
from orchestrator.ports.store import Store
from orchestrator.server.routing import Call, Routes
from orchestrator.server.views.common import Listing
from orchestrator.server.views.events import Event, EventsQuery, event_view

routes = Routes("events")
WIDER: Final = 8
PORTION: Final = 1000


@routes.get("/api/events")
async def list_events(call: Call[EventsQuery, None]) -> Listing[Event]:
    """List events, oldest first: those after one, or else the newest."""
    query, store = call.query, call.services.store
    after = query.after if query.cursor is None else int(query.cursor)
    if after is None:
        newest = await newest_events(store, query.limit, query.experiment)
        return Listing(items=[event_view(each) for each in newest])
    events = await store.events_after(after, limit=query.limit, experiment=query.experiment)
    more = str(events[-1].event_id) if len(events) == query.limit else None
    return Listing(items=[event_view(each) for each in events], next=more)


async def newest_events(
    store: Store, limit: int, experiment: str | None = None
) -> Sequence[records.Event]:
    """The youngest events, oldest first: look back wider and wider until there are enough."""
    newest = await store.newest_event_id()
    width = limit
    while True:
        after = max(0, newest - width)
        found = await _last_after(store, after, limit, experiment)
        if len(found) == limit or after == 0:
            return found
        width *= WIDER


async def _last_after(
    store: Store, after: int, limit: int, experiment: str | None
) -> Sequence[records.Event]:
    last: deque[records.Event] = deque(maxlen=limit)
    while True:
        portion = await store.events_after(after, limit=PORTION, experiment=experiment)
        last.extend(portion)
        if len(portion) < PORTION:
            return list(last)
        after = portion[-1].event_id
