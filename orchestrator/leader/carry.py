"""Carry along one route what waits for it; a route that is dead holds up no other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from orchestrator.leader.notification import notification, trial
from orchestrator.leader.pace import Pace
from orchestrator.leader.quiet import quiet_until_s
from orchestrator.leader.worth_telling import Situation, Worth, rests_until_s, worth_telling
from orchestrator.ports.clock import Clock
from orchestrator.ports.notifier import NotDelivered, Notification
from orchestrator.ports.routes import Routed, RouteShown, Settled, Telling, Tried
from orchestrator.ports.store import Store, StoreBusy, StoreFull

log = logging.getLogger(__name__)
AT_ONCE_MAX = 500
"""Alerts that one message is about, and that are read at a time."""
TEST_S = 20.0
"""Whoever tries a route waits no longer."""


class Carry:
    """One message at a time. The store is its queue: what it sent, and may not have, is there."""

    def __init__(
        self, store: Store, routed: Routed, clock: Clock, pace: Pace, told: Callable[[], None]
    ) -> None:
        """`told` hears that something went out."""
        self.route = routed.route
        self._store, self._notifier, self._clock, self._pace = store, routed.notifier, clock, pace
        self._told = told
        self._sending = asyncio.Lock()
        self._news = asyncio.Event()
        self._works = asyncio.Event()
        """A test arrived: what failed before may be tried at once."""
        self._unsettled: list[Settled] = []
        """What went out while the store could not be written: nobody is told of it again."""
        self._past_store_due_s = 0.0
        """Before then nothing is told again that the store knows nothing of."""

    def look_again(self) -> None:
        """Something new waits, or may go."""
        self._news.set()

    async def run(self) -> None:
        """Send what may be sent, until cancelled."""
        retry_s = self._pace.retry_s
        while True:
            self._news.clear()
            self._works.clear()
            try:
                wait_s = await self._look()
                retry_s = self._pace.retry_s
            except (NotDelivered, StoreFull, StoreBusy) as error:
                log.warning("%s: nothing went out, again in %g s: %s", self.name, retry_s, error)
                await _wait(self._works, retry_s)
                retry_s = min(2 * retry_s, self._pace.notify_retry_s_max)
                continue
            await _wait(self._news, wait_s)

    @property
    def name(self) -> str:
        """Of its route."""
        return self.route.name

    async def shown(self) -> RouteShown:
        """How it does."""
        quiet, now = self.route.quiet, self._clock.now()
        return RouteShown(
            route=self.route,
            standing=await self._store.route_standing(self.name),
            quiet_until_wall_s=(
                quiet_until_s(quiet, now.wall_s) if quiet and now.trusted else None
            ),
        )

    async def test(self, by: str) -> Tried:
        """Send a test message now, whatever the hour; where it arrives the rest may follow."""
        began_s = asyncio.get_running_loop().time()
        problem = ""
        try:
            async with asyncio.timeout(TEST_S):
                await self._send(trial(self.name, by))
            self._works.set()
        except TimeoutError:
            problem = f"nobody answered within {TEST_S:g} s"
        except NotDelivered as error:
            problem = str(error)
        took_s = asyncio.get_running_loop().time() - began_s
        return Tried(route=self.name, problem=problem, took_s=took_s)

    async def tell_past_store(self, message: Notification) -> None:
        """What cannot wait in the store, since that is what it is about; once in a while."""
        now_s = asyncio.get_running_loop().time()
        if now_s < self._past_store_due_s:
            return
        try:
            await self._send(message)
        except NotDelivered as error:
            log.warning("%s: %s did not go out: %s", self.name, message.body, error)
            self._past_store_due_s = now_s + self._pace.retry_s_max
        else:
            self._past_store_due_s = now_s + self._pace.past_store_s

    async def _look(self) -> float | None:
        """Tell all that may be told; how long, in seconds of the room, nothing else may be."""
        await self._write_down()
        while True:
            situation = await self._situation()
            rests_s = rests_until_s(situation)
            if rests_s is not None:
                return self._until(rests_s)
            worth = await self._judge(situation)
            if not worth.now:
                return None if worth.next_wall_s is None else self._until(worth.next_wall_s)
            await self._tell(worth.now)

    async def _situation(self) -> Situation:
        now = self._clock.now()
        return Situation(
            route=self.route,
            now=now,
            speed=self._clock.speed,
            told_wall_s=(await self._store.route_standing(self.name)).told_wall_s,
            repeat_s=self._pace.repeat_alert_s,
            silences=await self._store.silences(at_wall_s=now.wall_s),
        )

    async def _judge(self, situation: Situation) -> Worth:
        """All that waits, page by page: what may not go hides nothing that may."""
        since_s = situation.now.wall_s - self._pace.repeat_alert_s * self._clock.speed
        after, later = 0, []
        while True:
            page = await self._store.to_tell(
                self.name, since_wall_s=since_s, after=after, limit=AT_ONCE_MAX
            )
            worth = worth_telling(situation, page)
            if worth.never:
                await self._store.settle(worth.never, at_wall_s=situation.now.wall_s)
            later += [] if worth.next_wall_s is None else [worth.next_wall_s]
            if worth.now or len(page) < AT_ONCE_MAX:
                return Worth(now=worth.now, never=(), next_wall_s=min(later, default=None))
            after = page[-1].alert.id

    async def _tell(self, telling: Sequence[Telling]) -> None:
        """One message; until it is written down that it went out it is told again."""
        now_s = self._clock.now().wall_s
        alerts = list({one.alert.id: one.alert for one in telling}.values())
        message = notification(alerts, now_wall_s=now_s, timezone=self.route.timezone)
        try:
            await self._send(message)
        except NotDelivered as error:
            failed = [
                Settled(delivery=one.delivery, outcome="waiting", reason=str(error)[:500])
                for one in telling
            ]
            await self._store.settle(failed, at_wall_s=now_s)
            raise
        self._unsettled += [
            Settled(
                delivery=one.delivery,
                outcome="sent",
                as_over=one.alert.resolved_wall_s is not None,
            )
            for one in telling
        ]
        await self._write_down()
        self._told()

    async def _write_down(self) -> None:
        """That it went out."""
        if self._unsettled:
            await self._store.settle(self._unsettled, at_wall_s=self._clock.now().wall_s)
            self._unsettled = []

    async def _send(self, message: Notification) -> None:
        """One at a time.

        Raises:
            NotDelivered: whatever went wrong; what one route is broken by is no other's business.
        """
        async with self._sending:
            try:
                async with asyncio.timeout(self._pace.notify_s):
                    await self._notifier.send(message)
            except TimeoutError:
                raise NotDelivered(f"nobody answered within {self._pace.notify_s:g} s") from None
            except NotDelivered:
                raise
            except Exception as error:
                log.exception("%s is broken", self.name)
                raise NotDelivered(f"{type(error).__name__}: {error}") from error

    def _until(self, wall_s: float) -> float:
        wait_s = (wall_s - self._clock.now().wall_s) / self._clock.speed
        return min(max(0.01, wait_s), self._pace.notify_look_s)


async def _wait(event: asyncio.Event, limit_s: float | None) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            await event.wait()
