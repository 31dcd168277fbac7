"""The numbered stream of all that happened, in a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.ports.records import Event
from orchestrator.ports.store import EventsCallback
from orchestrator.store.base import Base
from orchestrator.store.named import statements
from orchestrator.store.rows import event_of

SQL = statements("events")


class SqlEvents(Base):
    """`ports.store.Events`."""

    async def add_event(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        at_wall_s: float,
        experiment: str | None = None,
        vessel: str | None = None,
    ) -> Event:
        return await self._write(
            lambda transaction: transaction.event(
                kind, data, at_wall_s=at_wall_s, experiment=experiment, vessel=vessel
            )
        )

    async def events_after(
        self, event_id: int, *, limit: int = 500, experiment: str | None = None
    ) -> Sequence[Event]:
        text = SQL["events_after" if experiment is None else "events_of_experiment_after"]
        asked = {"after": event_id, "experiment": experiment, "limit": limit}
        rows = await self._read(lambda connection: connection.execute(text, asked).fetchall())
        return [event_of(row) for row in rows]

    async def newest_event_id(self) -> int:
        row = await self._read(
            lambda connection: connection.execute(SQL["newest_event_id"]).fetchone()
        )
        return int(row["event_id"])

    def on_events(self, callback: EventsCallback) -> None:
        self._writer.on_events(callback)
