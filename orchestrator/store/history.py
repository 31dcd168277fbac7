"""What happened, in a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestrator.ports.records import ActionRecord, Dose, Page, PhaseVisit
from orchestrator.store.base import Base
from orchestrator.store.encode import from_json
from orchestrator.store.history_rows import action_of, dose_of, phase_of, refills_of
from orchestrator.store.named import statements
from orchestrator.store.pages import NEWEST, page_of

SQL = statements("history")


class SqlHistory(Base):
    """`ports.store.History`."""

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
        text = SQL["actions_newest" if newest_first else "actions_oldest"]
        asked = {
            "experiment": experiment,
            "vessel": vessel,
            "with_items": with_items,
            "limit": limit + 1,
            "cursor": int(cursor or (NEWEST if newest_first else 0)),
        }
        rows = await self._read(lambda connection: connection.execute(text, asked).fetchall())
        return page_of(rows, limit, "serial", action_of)

    async def phases(self, experiment: str) -> Sequence[PhaseVisit]:
        asked = {"experiment": experiment}
        rows = await self._read(
            lambda connection: connection.execute(SQL["phases"], asked).fetchall()
        )
        return [phase_of(row) for row in rows]

    async def doses(
        self,
        experiment: str,
        *,
        vessel: str | None = None,
        unresolved: bool = False,
        limit: int = 200,
        cursor: str | None = None,
    ) -> Page[Dose]:
        asked = {
            "experiment": experiment,
            "vessel": vessel,
            "unresolved": unresolved,
            "limit": limit + 1,
            "cursor": int(cursor or NEWEST),
        }
        rows = await self._read(
            lambda connection: connection.execute(SQL["doses"], asked).fetchall()
        )
        return page_of(rows, limit, "serial", dose_of)

    async def volumes(self, experiment: str) -> Mapping[tuple[str, str], float]:
        asked = {"experiment": experiment}
        rows = await self._read(
            lambda connection: connection.execute(SQL["volumes"], asked).fetchall()
        )
        return {(row["vessel"], row["medium"] or ""): row["volume_ml"] for row in rows}

    async def refills(self, experiment: str) -> Mapping[tuple[str, str], float]:
        asked = {"experiment": experiment}
        rows = await self._read(
            lambda connection: connection.execute(SQL["accounts"], asked).fetchall()
        )
        return refills_of((row["vessel"], from_json(row["data"])) for row in rows)
