"""What happened, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.ports.records import ActionRecord, Dose, Event, Page, PhaseVisit
from orchestrator.ports.store import EventsCallback
from orchestrator.store.history_rows import action_of, dose_of, dose_volume_ml, phase_of, refills_of
from orchestrator.store.memory_tables import MemoryBase, Row
from orchestrator.store.pages import NEWEST, page_of


class MemoryHistory(MemoryBase):
    """`ports.store.History` and `ports.store.Events`."""

    async def actions(
        self,
        experiment: str,
        *,
        vessel: str | None = None,
        with_items: bool = False,
        newest_first: bool = True,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[ActionRecord]:
        rows = self._folded("actions", experiment, vessel)
        rows = [row for row in rows if with_items or not row["is_item"]]
        if newest_first:
            rows = [row for row in reversed(rows) if row["serial"] < int(cursor or NEWEST)]
        else:
            rows = [row for row in rows if row["serial"] > int(cursor or 0)]
        return page_of(rows, limit, "serial", action_of)

    async def phases(self, experiment: str) -> Sequence[PhaseVisit]:
        return [phase_of(row) for row in self._folded("phases", experiment)]

    async def doses(
        self,
        experiment: str,
        *,
        vessel: str | None = None,
        unresolved: bool = False,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[Dose]:
        rows = [
            row
            for row in reversed(self._folded("doses", experiment, vessel))
            if row["serial"] < int(cursor or NEWEST)
            and (not unresolved or (row["outcome"], row["resolved_ml"]) == ("unknown", None))
        ]
        return page_of(rows, limit, "serial", dose_of)

    async def volumes(self, experiment: str) -> Mapping[tuple[str, str], float]:
        sums: dict[tuple[str, str], float] = defaultdict(float)
        for row in self._folded("doses", experiment):
            sums[row["vessel"], row["medium"] or ""] += dose_volume_ml(row)
        return dict(sums)

    async def refills(self, experiment: str) -> Mapping[tuple[str, str], float]:
        return refills_of(
            (event.vessel, event.data)
            for event in self._tables.events
            if event.experiment == experiment and event.kind == "account"
        )

    async def add_event(
        self,
        kind: str,
        data: Mapping[str, Any],
        *,
        at_wall_s: float,
        experiment: str | None = None,
        vessel: str | None = None,
    ) -> Event:
        with self._tables.telling():
            return self._tables.event(
                kind, data, at_wall_s=at_wall_s, experiment=experiment, vessel=vessel
            )

    async def events_after(
        self, event_id: int, *, limit: int = 500, experiment: str | None = None
    ) -> Sequence[Event]:
        later = self._tables.events[max(0, event_id) :]
        return [event for event in later if experiment in (None, event.experiment)][:limit]

    async def newest_event_id(self) -> int:
        return len(self._tables.events)

    def on_events(self, callback: EventsCallback) -> None:
        self._tables.callbacks.append(callback)

    def _folded(self, table: str, experiment: str, vessel: str | None = None) -> list[Row]:
        return [
            row
            for row in self._tables.of(table)
            if row["experiment"] == experiment and vessel in (None, row["vessel"])
        ]
