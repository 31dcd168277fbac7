"""Pictures in a database."""

from __future__ import annotations

from typing import Any

from orchestrator.ports.pictures import Picture, PictureState
from orchestrator.ports.records import Page
from orchestrator.ports.store import NotFound
from orchestrator.store.base import Base
from orchestrator.store.connection import Connection
from orchestrator.store.named import statements
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.rows import Row
from orchestrator.store.writer import Transaction

SQL = statements("pictures")


def picture_of(row: Row) -> Picture:
    """From `pictures`."""
    return Picture(**dict(row))


def picture_data(picture: Picture, state: PictureState) -> dict[str, Any]:
    """What an event says of one that is here, or gone."""
    told = {"entry": "picture", "id": picture.id, "camera": picture.camera}
    return {**told, "file": picture.file, "label": picture.label, "state": state}


def no_picture(picture: int) -> NotFound:
    """What to tell of one that there is not."""
    return NotFound(f"there is no picture {picture}")


def _one(connection: Connection, picture: int) -> Picture | None:
    row = connection.execute(SQL["picture"], {"id": picture}).fetchone()
    return None if row is None else picture_of(row)


def _settle(transaction: Transaction, picture: int, state: PictureState, at_wall_s: float) -> None:
    found = _one(transaction.connection, picture)
    if found is None:
        raise no_picture(picture)
    transaction.execute(SQL["settle_picture"], {"id": picture, "state": state})
    transaction.event(
        "picture",
        picture_data(found, state),
        at_wall_s=at_wall_s,
        experiment=found.experiment,
        vessel=found.vessel,
    )


class SqlPictures(Base):
    """`ports.pictures.Pictures`."""

    async def pictures(
        self,
        experiment: str,
        *,
        vessel: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Picture]:
        asked = {
            "experiment": experiment,
            "vessel": vessel,
            "before": int(cursor or NEWEST),
            "limit": limit + 1,
        }
        rows = await self._read(
            lambda connection: connection.execute(SQL["pictures"], asked).fetchall()
        )
        return page_of(rows, limit, "id", picture_of)

    async def picture(self, picture: int) -> Picture | None:
        return await self._read(lambda connection: _one(connection, picture))

    async def next_picture(self, worker: str) -> Picture | None:
        def ask(connection: Connection) -> Picture | None:
            row = connection.execute(SQL["next_picture"], {"worker": worker}).fetchone()
            return None if row is None else picture_of(row)

        return await self._read(ask)

    async def settle_picture(self, picture: int, state: PictureState, *, at_wall_s: float) -> None:
        await self._write(lambda transaction: _settle(transaction, picture, state, at_wall_s))
