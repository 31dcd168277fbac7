"""Hands what happens to every open page, encoded once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from aiohttp import web

from orchestrator.ports.office import LiveReadings
from orchestrator.ports.records import Event
from orchestrator.server.services import SERVICES
from orchestrator.server.stream.frames import KEEP_OPEN, chunk, event_payload, readings_payload
from orchestrator.server.stream.subscriber import Subscriber

KEEP_OPEN_EVERY_S: Final = 15.0
SUBSCRIBERS_MAX: Final = 4000


class Broadcast:
    """All open streams, by the experiment that they are about; None hears of everything."""

    def __init__(self) -> None:
        self._groups: dict[str | None, set[Subscriber]] = defaultdict(set)
        self.closed = False

    @contextmanager
    def joined(self, subscriber: Subscriber, experiment: str | None) -> Iterator[None]:
        """Send to it as long as the block runs."""
        group = self._groups[experiment]
        group.add(subscriber)
        try:
            yield
        finally:
            group.discard(subscriber)
            if not group:
                self._groups.pop(experiment, None)

    @property
    def is_full(self) -> bool:
        """So many pages are open that one more would be too much."""
        return len(self._all()) >= SUBSCRIBERS_MAX

    def publish_events(self, events: Sequence[Event]) -> None:
        """Tell of what was just committed."""
        if not self._groups:
            return
        frames = [(each.event_id, each.experiment, chunk(event_payload(each))) for each in events]
        for experiment in list(self._groups):
            about = [
                (event_id, data)
                for event_id, of, data in frames
                if experiment is None or of == experiment
            ]
            if about:
                joined = b"".join(data for _, data in about)
                for subscriber in list(self._groups[experiment]):
                    subscriber.take_events(about, joined)

    def publish_readings(self, readings: Sequence[LiveReadings]) -> None:
        """Tell of live values, which the leader hands out a few times a second."""
        if not self._groups:
            return
        frames = [(each.experiment, chunk(readings_payload(each))) for each in readings]
        for experiment in list(self._groups):
            about = [data for of, data in frames if experiment is None or of == experiment]
            if about:
                joined = b"".join(about)
                for subscriber in list(self._groups[experiment]):
                    subscriber.take_passing(joined)

    async def keep_open(self) -> None:
        """Send a comment now and then, so that nobody between here and there gives up."""
        while True:
            await asyncio.sleep(KEEP_OPEN_EVERY_S)
            self.send_comment()

    def send_comment(self) -> None:
        """Say nothing; who is gone is found out by this."""
        for subscriber in self._all():
            subscriber.take_passing(KEEP_OPEN)

    def live_count(self) -> int:
        """How many pages hear what happens as it happens."""
        return sum(subscriber.is_live for subscriber in self._all())

    def close(self) -> None:
        """End all streams; what happens later nobody hears."""
        self.closed = True
        for subscriber in self._all():
            subscriber.end()

    def _all(self) -> list[Subscriber]:
        return [subscriber for group in self._groups.values() for subscriber in group]


BROADCAST = web.AppKey("broadcast", Broadcast)


async def run_broadcast(app: web.Application) -> AsyncIterator[None]:
    """Listen to store and leader while the server runs; for `cleanup_ctx`."""
    services, broadcast = app[SERVICES], app[BROADCAST]
    services.store.on_events(broadcast.publish_events)
    services.office.on_readings(broadcast.publish_readings)
    task = asyncio.create_task(broadcast.keep_open(), name="keep streams open")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    broadcast.close()


async def end_streams(app: web.Application) -> None:
    """Let open streams not hold up the end; for `on_shutdown`."""
    app[BROADCAST].close()
