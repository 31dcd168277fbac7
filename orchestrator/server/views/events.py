"""Everything that happens, in one numbered stream."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from orchestrator.ports import records
from orchestrator.server.views.common import Cursor, Limit

EventId = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class EventsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which events, oldest first."""

    after: EventId | None = None
    """Only younger ones; without it the newest `limit` of them."""
    cursor: Cursor | None = None
    """`next` of the page before; the same as `after`."""
    limit: Limit = 200
    experiment: str | None = None


class StreamQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What to be told of."""

    experiment: str | None = None
    after: EventId | None = None
    """Begin after this event, as `Last-Event-ID` does (which wins); without either, begin now."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened: also what each durable event of `/api/stream` carries."""

    id: int
    kind: str
    """experiment, run, phase, action, item, dose, question, alert, worker, note, log, gap, …"""
    at_wall_s: float
    experiment: str | None
    vessel: str | None
    data: dict[str, Any]


def event_view(record: records.Event) -> Event:
    """An event as it is sent."""
    return Event(
        id=record.event_id,
        kind=record.kind,
        at_wall_s=record.at_wall_s,
        experiment=record.experiment,
        vessel=record.vessel,
        data=dict(record.data),
    )
