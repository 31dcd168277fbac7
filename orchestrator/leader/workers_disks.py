"""Warn of workers whose disk is nearly full, or does not take what they write."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.leader.presence import Presence, Presences
from orchestrator.leader.room_left import MIB
from orchestrator.ports.clock import Clock
from orchestrator.ports.records import NewAlert, Severity
from orchestrator.ports.store import Store

WARN_MIB = 500
"""A fortnight of a vessel without a leader takes some 200."""
ENOUGH = 1.1
"""So much more ends a warning: a disk at the brink is told of once."""
PREFIX = "disk:"


class WorkersDisks:
    """Looks at what workers last said; they go on, and what their disk refuses waits in memory."""

    def __init__(self, store: Store, clock: Clock, presences: Presences) -> None:
        self._store, self._clock, self._presences = store, clock, presences
        self._standing: set[str] | None = None
        """Identities of alerts; None until the first look, since an earlier leader may have
        raised some."""

    async def look(self) -> None:
        """Raise the alarm, or call it off."""
        if self._standing is None:
            standing = await self._store.standing_alerts(PREFIX)
            self._standing = {each.identity for each in standing if each.identity}
        at_wall_s = self._clock.now().wall_s
        for presence in self._presences:
            if not presence.ready:
                continue  # what it said last stands
            found = {alert.identity: alert for alert in self._alerts(presence, at_wall_s)}
            for identity in (_room(presence.worker), _writing(presence.worker)):
                alert = found.get(identity)
                if alert is not None and identity not in self._standing:
                    await self._store.raise_alert(alert)
                    self._standing.add(identity)
                elif alert is None and identity in self._standing:
                    await self._store.resolve_alerts(identity, at_wall_s=at_wall_s)
                    self._standing.discard(identity)

    def _alerts(self, presence: Presence, at_wall_s: float) -> Iterator[NewAlert]:
        state, worker = presence.state, presence.worker
        if state is None:
            return

        def alert(identity: str, text: str, severity: Severity) -> NewAlert:
            return NewAlert(
                text=text,
                severity=severity,
                source="disk",
                at_wall_s=at_wall_s,
                identity=identity,
                worker=worker,
            )

        standing = self._standing or ()
        least = WARN_MIB * MIB * (ENOUGH if _room(worker) in standing else 1.0)
        if state.disk_free_bytes is not None and state.disk_free_bytes < least:
            left_mib = state.disk_free_bytes // MIB
            text = f"the disk of {worker} is filling up: {left_mib} MiB are left"
            yield alert(_room(worker), text, "warning")
        if state.journal_fault:
            text = (
                f"{worker} cannot write to its disk: {state.journal_fault}. It stirs and warms as "
                "before and measures, doses nothing, and may lose what it measures; look at its "
                "disk or memory card before it is started anew"
            )
            yield alert(_writing(worker), text, "critical")


def _room(worker: str) -> str:
    return f"{PREFIX}{worker}"


def _writing(worker: str) -> str:
    return f"{PREFIX}{worker}:writing"
