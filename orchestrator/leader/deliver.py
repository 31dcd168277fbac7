"""Send alerts to people who are not looking; nothing is lost while the network is away.

The store is the queue: an alert is due until it went out, or until there is no point any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from orchestrator.leader.pace import Pace
from orchestrator.ports.clock import Clock
from orchestrator.ports.notifier import NotDelivered, Notification, Notifier
from orchestrator.ports.records import Alert, Event
from orchestrator.ports.silence import silence_of
from orchestrator.ports.store import Store, StoreBusy, StoreFull

log = logging.getLogger(__name__)
OLD_S = 86_400.0
"""An alert that could not be sent for a day is not sent any more; the dashboard says so at it."""
DUE_MAX = 1_000
REMEMBERED_MAX = 10_000


class Deliver:
    """One notification at a time, oldest first."""

    def __init__(self, store: Store, notifier: Notifier, clock: Clock, pace: Pace) -> None:
        self._store = store
        self._notifier = notifier
        self._clock = clock
        self._pace = pace
        self._due = asyncio.Event()
        self._due.set()
        self._sent_s: dict[tuple[str | None, str | None, str], float] = {}
        self._silent_until_s: float | None = None
        """When the first silence ends that holds something back."""
        self._held: set[int] = set()
        """Alerts that were silenced at the last look."""
        self._retry_s = pace.retry_s

    def hear(self, events: Sequence[Event]) -> None:
        """Something happened; an alert perhaps."""
        if any(event.kind in ("alert", "silence") for event in events):
            self._due.set()

    async def run(self) -> None:
        """Send what is due, until cancelled."""
        while True:
            await self._next()
            self._due.clear()
            try:
                while await self._settle_due():
                    pass
                self._retry_s = self._pace.retry_s
            except (NotDelivered, StoreFull, StoreBusy) as error:
                log.warning(
                    "a notification did not go out, again in %g s: %s", self._retry_s, error
                )
                await asyncio.sleep(self._retry_s)
                self._retry_s = min(2 * self._retry_s, self._pace.notify_retry_s_max)
                self._due.set()

    async def _next(self) -> None:
        """Wait for something new, or for the end of a silence that holds something back."""
        wait_s = None
        if self._silent_until_s is not None:
            now = self._clock.now()
            wait_s = max(0.0, self._silent_until_s - now.wall_s) / self._clock.speed
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._due.wait()

    async def _settle_due(self) -> int:
        """Send what is due and not silenced; how many that were."""
        silences = await self._store.silences(at_wall_s=self._clock.now().wall_s)
        due = await self._store.undelivered_alerts(DUE_MAX)
        silenced = {each.id: found for each in due if (found := silence_of(each, silences))}
        ends = [silence.until_wall_s for silence in silenced.values()]
        self._silent_until_s = min(ends, default=None)
        loud = [each for each in due if each.id not in silenced]
        over = {each.id for each in loud if each.id in self._held and each.resolved_wall_s}
        self._held = set(silenced)
        if over:  # it came and went while nobody wanted to be told
            await self._store.settle_alerts(muted=over)
        for alert in loud:
            if alert.id not in over:
                await self._settle(alert)
        return len(loud)

    async def _settle(self, alert: Alert) -> None:
        key = (alert.experiment, alert.vessel, alert.text)
        now_s = asyncio.get_running_loop().time()
        if self._is_old(alert):
            await self._store.settle_alerts(expired=[alert.id])
            return
        if now_s - self._sent_s.get(key, -1e9) < self._pace.repeat_alert_s:
            await self._store.settle_alerts(muted=[alert.id])
            return
        await self._send(alert)
        self._remember(key, now_s)
        await self._store.settle_alerts(sent=[alert.id])

    async def _send(self, alert: Alert) -> None:
        try:
            async with asyncio.timeout(self._pace.notify_s):
                await self._notifier.send(notification(alert))
        except TimeoutError:
            raise NotDelivered(f"nobody answered within {self._pace.notify_s:g} s") from None

    def _is_old(self, alert: Alert) -> bool:
        last_wall_s = alert.last_wall_s or alert.raised_wall_s
        return self._clock.now().wall_s - last_wall_s > OLD_S * self._clock.speed

    def _remember(self, key: tuple[str | None, str | None, str], now_s: float) -> None:
        if len(self._sent_s) >= REMEMBERED_MAX:
            del self._sent_s[next(iter(self._sent_s))]
        self._sent_s.pop(key, None)
        self._sent_s[key] = now_s


def notification(alert: Alert) -> Notification:
    """What people read."""
    where = " ".join(filter(None, (alert.experiment, alert.vessel)))
    title = f"Axenic {alert.severity}" + (f": {where}" if where else "")
    return Notification(severity=alert.severity, title=title, body=alert.text)
