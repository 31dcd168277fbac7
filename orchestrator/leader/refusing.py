"""Tell people past the store that it takes nothing, and in the store once it does again."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from orchestrator.leader.deliver import Deliver
from orchestrator.leader.pace import Pace
from orchestrator.ports.clock import Clock
from orchestrator.ports.notifier import Notification
from orchestrator.ports.records import Alert, NewAlert
from orchestrator.ports.store import Store, StoreBusy, StoreFull

log = logging.getLogger(__name__)
IDENTITY = "store"


class Refusing:
    """Whether the store takes nothing, since when and why; kept in memory, where else."""

    def __init__(self, store: Store, clock: Clock, pace: Pace, deliver: Deliver | None) -> None:
        self._store, self._clock, self._pace, self._deliver = store, clock, pace, deliver
        self._since_wall_s: float | None = None
        self._since_s = self._last_s = 0.0
        self._is_grave = False
        """The disk is to blame, or it has lasted: it is worth an alert."""
        self.why = ""
        """Empty while the store is well."""

    def hear(self, error: Exception) -> None:
        """Something was not kept."""
        self._last_s = asyncio.get_running_loop().time()
        if self._since_wall_s is None:
            self._since_wall_s, self._since_s = self._clock.now().wall_s, self._last_s
            self._is_grave = False
        self.why = str(error)
        lasts_s = self._last_s - self._since_s
        if isinstance(error, StoreFull) or lasts_s >= self._pace.refusing_s:
            self._is_grave = True

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self._pace.watch_s)
            await self.look()

    async def look(self) -> None:
        """Tell what people do not know yet, and try whether it is over."""
        if self._since_wall_s is None:
            return
        now_s = asyncio.get_running_loop().time()
        if now_s - self._last_s >= self._pace.refusing_s:
            await self._try(self._since_wall_s)
        elif self._is_grave and self._deliver is not None:
            alert = self._alert(f"the leader's store cannot be written: {self.why}")
            await self._deliver.tell_past_store(
                _as_if_kept(alert), _message(self._since_wall_s, alert)
            )

    async def _try(self, since_wall_s: float) -> None:
        """Nothing failed for a while: either it is over, or nobody wrote."""
        since = _moment(since_wall_s)
        lasted_min = max(1, round((self._last_s - self._since_s) / 60.0))
        text = (
            f"the leader's store could not be written from {since} on, for {lasted_min} min: "
            f"{self.why}. Workers kept what they measured and sent it again. Look at the leader's "
            "disk before it fails for good"
        )
        try:
            if self._is_grave:
                await self._store.raise_alert(self._alert(text))
            else:
                await self._store.hold_place()
        except (StoreFull, StoreBusy) as error:
            log.error("the store still takes nothing: %s", error)
            self.hear(error)
        else:
            log.info("the store takes something again")
            self._since_wall_s, self.why = None, ""

    def _alert(self, text: str) -> NewAlert:
        return NewAlert(
            text=text,
            severity="critical",
            source="disk",
            at_wall_s=self._clock.now().wall_s,
            identity=IDENTITY,
            again=True,
        )


def _as_if_kept(alert: NewAlert) -> Alert:
    """For routes to say whether they want it."""
    return Alert(
        id=0,
        text=alert.text,
        severity=alert.severity,
        source=alert.source,
        raised_wall_s=alert.at_wall_s,
        identity=alert.identity,
    )


def _message(since_wall_s: float, alert: NewAlert) -> Notification:
    body = (
        f"{alert.text} (since {_moment(since_wall_s)}). What runs goes on, and workers keep what "
        "they measure; nothing new starts, and other alerts may not arrive. Look at the leader's "
        "disk"
    )
    return Notification(severity=alert.severity, title="Axenic critical: the store", body=body)


def _moment(wall_s: float) -> str:
    return datetime.fromtimestamp(wall_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
