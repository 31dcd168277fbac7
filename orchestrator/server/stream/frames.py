"""What is sent down a stream, as the bytes that every client is given.

A frame is an event of `text/event-stream` in one chunk of HTTP's chunked coding, so that it can be
handed to each connection as it is.
"""

from __future__ import annotations

from typing import Final

import msgspec

from orchestrator.ports.office import LiveReadings
from orchestrator.ports.records import Event
from orchestrator.server.views.events import event_view
from orchestrator.server.views.readings import ReadingsEvent

_ENCODER = msgspec.json.Encoder()


def chunk(payload: bytes) -> bytes:
    """One chunk of HTTP/1.1's chunked transfer coding."""
    return b"%x\r\n%b\r\n" % (len(payload), payload)


def event_payload(event: Event) -> bytes:
    """A durable event: with an id, and without a name, so that one listener hears them all."""
    return b"id: %d\ndata: %b\n\n" % (event.event_id, _ENCODER.encode(event_view(event)))


def readings_payload(readings: LiveReadings) -> bytes:
    """Live values: no id, since the store has them and nobody needs to be told twice."""
    event = ReadingsEvent(
        experiment=readings.experiment,
        vessel=readings.vessel,
        at_process_s=readings.process_s,
        at_wall_s=readings.wall_s,
        values=dict(readings.values),
    )
    return b"event: readings\ndata: %b\n\n" % _ENCODER.encode(event)


def opening(event_id: int) -> bytes:
    """First of all: where a client that loses the connection right away goes on."""
    return b"retry: 2000\nid: %d\n\n" % event_id


KEEP_OPEN: Final = chunk(b": still here\n\n")
