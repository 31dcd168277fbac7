"""Tell people who are not looking; nothing is lost while the network is away.

Alerts are sorted onto routes, in the store, and each route has a task of its own (`leader.carry`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence

from orchestrator.leader.carry import Carry
from orchestrator.leader.pace import Pace
from orchestrator.ports.clock import Clock
from orchestrator.ports.notifier import Notification
from orchestrator.ports.records import Alert, Event
from orchestrator.ports.routes import Delivery, Routed, RouteShown, Sorted, Tried
from orchestrator.ports.silence import Silence, silence_of
from orchestrator.ports.store import NotFound, Store, StoreBusy, StoreFull

log = logging.getLogger(__name__)
PAGE = 500


class Deliver:
    """Decides once for each alert whom to tell, and what is silenced anew when that ends."""

    def __init__(self, store: Store, routes: Sequence[Routed], clock: Clock, pace: Pace) -> None:
        self._store, self._clock, self._pace = store, clock, pace
        self._due = asyncio.Event()
        self._carriers = [Carry(store, each, clock, pace, self._due.set) for each in routes]
        self._silences_changed = True
        self._silent_until_s: float | None = None
        """When the first silence ends that holds something back."""

    def hear(self, events: Sequence[Event]) -> None:
        """Something happened; an alert perhaps."""
        kinds = {event.kind for event in events}
        if "silence" in kinds:
            self._silences_changed = True
        if kinds & {"alert", "silence"}:
            self._due.set()

    async def run(self) -> None:
        """Sort and carry, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for each in self._carriers:
                tasks.create_task(each.run(), name=f"notify {each.name}")
            await self._sort_for_ever()

    async def shown(self) -> Sequence[RouteShown]:
        """The routes, with how they do."""
        return [await each.shown() for each in self._carriers]

    async def test(self, route: str | None, by: str) -> Sequence[Tried]:
        """Send a test message along one route, or along all of them at once.

        Raises:
            NotFound: there is no such route.
        """
        chosen = [each for each in self._carriers if route in (None, each.name)]
        if not chosen and route is not None:
            raise NotFound(f"there is no route {route}")
        return await asyncio.gather(*(each.test(by) for each in chosen))

    async def tell_past_store(self, news: Alert, message: Notification) -> None:
        """By all routes at once that want such an alert, though it cannot be kept."""
        wanting = [each for each in self._carriers if each.route.wants(news, ())]
        await asyncio.gather(*(each.tell_past_store(message) for each in wanting))

    async def _sort_for_ever(self) -> None:
        retry_s, is_first = self._pace.retry_s, True
        while True:
            self._due.clear()
            try:
                if is_first:
                    await self._store.give_back([each.name for each in self._carriers])
                    is_first = False
                await self._sort()
                retry_s = self._pace.retry_s
            except (StoreFull, StoreBusy) as error:
                log.warning("alerts wait, again in %g s: %s", retry_s, error)
                await asyncio.sleep(retry_s)
                retry_s = min(2 * retry_s, self._pace.retry_s_max)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience_s()):
                    await self._due.wait()

    def _patience_s(self) -> float | None:
        if self._silent_until_s is None:
            return None
        left_s = (self._silent_until_s - self._clock.now().wall_s) / self._clock.speed
        return min(max(0.01, left_s), self._pace.notify_look_s)

    async def _sort(self) -> None:
        now_s = self._clock.now().wall_s
        silences = await self._store.silences(at_wall_s=now_s)
        async for page in self._pages(silenced=False):
            await self._keep([await self._sorted(each, silences) for each in page], now_s)
        ended = self._silent_until_s is not None and self._silent_until_s <= now_s
        if self._silences_changed or ended:
            self._silences_changed, self._silent_until_s = False, None
            async for page in self._pages(silenced=True):
                await self._keep([await self._heard(each, silences) for each in page], now_s)
        for each in self._carriers:
            each.look_again()

    async def _pages(self, *, silenced: bool) -> AsyncIterator[Sequence[Alert]]:
        after = 0
        while page := await self._store.unsorted_alerts(silenced=silenced, after=after, limit=PAGE):
            yield page
            after = page[-1].id

    async def _keep(self, found: Sequence[Sorted | None], now_s: float) -> None:
        await self._store.sort_alerts([each for each in found if each], at_wall_s=now_s)

    async def _sorted(self, alert: Alert, silences: Sequence[Silence]) -> Sorted:
        if alert.delivery == "ended":
            return Sorted(alert=alert, news="over", routes=await self._told_of(alert))
        if self._holds(alert, silences):
            return Sorted(alert=alert, is_silenced=True)
        return Sorted(alert=alert, routes=await self._wanting(alert))

    async def _heard(self, alert: Alert, silences: Sequence[Silence]) -> Sorted | None:
        """One that was silenced: None while it still is, and nobody is told if it is over."""
        if alert.resolved_wall_s is not None:
            return Sorted(alert=alert)
        if self._holds(alert, silences):
            return None
        return Sorted(alert=alert, routes=await self._wanting(alert))

    def _holds(self, alert: Alert, silences: Sequence[Silence]) -> bool:
        silence = silence_of(alert, silences)
        if silence is None:
            return False
        until_s = self._silent_until_s
        self._silent_until_s = min(silence.until_wall_s, until_s or silence.until_wall_s)
        return True

    async def _wanting(self, alert: Alert) -> Sequence[str]:
        owners = await self._owners(alert)
        return [each.name for each in self._carriers if each.route.wants(alert, owners)]

    async def _told_of(self, alert: Alert) -> Sequence[str]:
        """Who was told that it began, and wants to be told that it is over."""
        wanting = {each.name for each in self._carriers if each.route.resolved}
        told: Sequence[Delivery] = await self._store.deliveries([alert.id]) if wanting else ()
        return [
            each.route
            for each in told
            if each.news == "raised" and each.told_wall_s is not None and each.route in wanting
        ]

    async def _owners(self, alert: Alert) -> set[str]:
        """Of the experiment that it is about, or of those that run where it is about."""
        if not any(each.route.users for each in self._carriers):
            return set()
        concerned = {alert.experiment} if alert.experiment else set()
        if alert.experiment is None and alert.worker is not None:
            runs = await self._store.runs(worker=alert.worker, open_only=True)
            concerned = {each.experiment for each in runs}
        found = [await self._store.experiment(each) for each in concerned]
        return {each.actor for each in found if each is not None}
