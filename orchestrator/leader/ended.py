"""Call off what the leader said about experiments that have ended since."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.model.experiment import ENDED
from orchestrator.model.ledger import REHEARSED_ALERT
from orchestrator.ports.clock import Clock
from orchestrator.ports.records import Event
from orchestrator.ports.store import Store, StoreBusy, StoreFull

PREFIXES = ("unheard:", "refused:", REHEARSED_ALERT)
"""Identities of alerts that mean nothing once their experiment is over."""


class Ended:
    """Looks when an experiment has changed; at first in any case, for an earlier leader's sake."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._is_due = True

    def hear(self, events: Sequence[Event]) -> None:
        """Something happened; an experiment ended perhaps."""
        self._is_due = self._is_due or any(event.kind == "experiment" for event in events)

    async def look(self) -> None:
        """Resolve what is over."""
        if not self._is_due:
            return
        self._is_due = False
        try:
            await self._resolve()
        except (StoreFull, StoreBusy):
            self._is_due = True
            raise

    async def _resolve(self) -> None:
        for prefix in PREFIXES:
            for alert in await self._store.standing_alerts(prefix):
                experiment = await self._store.experiment(alert.experiment or "")
                if alert.identity and experiment and experiment.state in ENDED:
                    at_wall_s = self._clock.now().wall_s
                    await self._store.resolve_alerts(alert.identity, at_wall_s=at_wall_s)
