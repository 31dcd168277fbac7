"""Pictures in memory."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.ports.pictures import Picture, PictureState
from orchestrator.ports.records import Page
from orchestrator.store.memory_tables import MemoryBase, Row
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.pictures import no_picture, picture_data


class MemoryPictures(MemoryBase):
    """`ports.pictures.Pictures`."""

    async def pictures(
        self,
        experiment: str,
        *,
        vessel: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Picture]:
        rows = [
            row
            for row in reversed(self._pictures())
            if row["experiment"] == experiment
            and vessel in (None, row["vessel"])
            and row["serial"] < int(cursor or NEWEST)
        ]
        return page_of(rows[: limit + 1], limit, "serial", _picture_of)

    async def picture(self, picture: int) -> Picture | None:
        row = self._picture_row(picture)
        return None if row is None else _picture_of(row)

    async def next_picture(self, worker: str) -> Picture | None:
        runs = {row["run"] for row in self._tables.of("runs") if row["worker"] == worker}
        waiting = (row for row in self._pictures() if row["state"] == "waiting")
        row = next((row for row in waiting if row["run"] in runs), None)
        return None if row is None else _picture_of(row)

    async def settle_picture(self, picture: int, state: PictureState, *, at_wall_s: float) -> None:
        row = self._picture_row(picture)
        if row is None:
            raise no_picture(picture)
        row["state"] = state
        found = _picture_of(row)
        with self._tables.telling():
            self._tables.event(
                "picture",
                picture_data(found, state),
                at_wall_s=at_wall_s,
                experiment=found.experiment,
                vessel=found.vessel,
            )

    def _pictures(self) -> Sequence[Row]:
        return self._tables.of("pictures")

    def _picture_row(self, picture: int) -> Row | None:
        return next((row for row in self._pictures() if row["serial"] == picture), None)


def _picture_of(row: Row) -> Picture:
    columns = {name: value for name, value in row.items() if name != "serial"}
    return Picture(id=row["serial"], **columns)
