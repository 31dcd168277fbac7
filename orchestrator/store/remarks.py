"""Deeds, notes and rehearsals in a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from orchestrator.ports.entries import ChangedMeanwhile
from orchestrator.ports.records import Page
from orchestrator.ports.remarks import Deed, NewDeed, NewNote, Note
from orchestrator.ports.store import NotFound
from orchestrator.store.base import Base
from orchestrator.store.encode import from_json, to_json
from orchestrator.store.experiments import get
from orchestrator.store.named import statements
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.rows import Row
from orchestrator.store.writer import Transaction

SQL = statements("remarks")


def deed_row(deed: NewDeed) -> dict[str, Any]:
    """The columns of one that is asked for now."""
    return {**asdict(deed), "detail": to_json(dict(deed.detail))}


def deed_of(row: Row) -> Deed:
    """From `deeds`."""
    return Deed(**{**dict(row), "detail": from_json(row["detail"])})


def note_of(row: Row) -> Note:
    """From `notes`."""
    return Note(**dict(row))


def note_data(note: Note) -> dict[str, Any]:
    """What an event says of a note."""
    return {"id": note.id, "text": note.text, "by": note.actor, "pinned": note.pinned_wall_s}


def no_note(note: int) -> NotFound:
    """What to tell of a note that there is not."""
    return NotFound(f"there is no note {note}")


def _add_note(transaction: Transaction, new: NewNote) -> Note:
    get(transaction.connection, new.experiment)
    (row,) = transaction.execute(SQL["add_note"], asdict(new)).fetchall()
    note = note_of(row)
    _tell(transaction, note, new.at_wall_s)
    return note


def refuse_changed(note: Note, was: str | None) -> None:
    """Somebody else was faster."""
    if was not in (None, note.text):
        raise ChangedMeanwhile(f"note {note.id} says something else since you read it: look again")


def _change_note(
    transaction: Transaction, note: int, text: str | None, was: str | None, at_wall_s: float
) -> None:
    row = transaction.execute(SQL["note"], {"id": note}).fetchone()
    if row is None:
        raise no_note(note)
    refuse_changed(note_of(row), was)
    statement = SQL["drop_note"] if text is None else SQL["change_note"]
    transaction.execute(statement, {"id": note, "text": text, "at_wall_s": at_wall_s})
    _tell(transaction, note_of(row), at_wall_s)


def _tell(transaction: Transaction, note: Note, at_wall_s: float) -> None:
    transaction.event(
        "remark",
        note_data(note),
        at_wall_s=at_wall_s,
        experiment=note.experiment,
        vessel=note.vessel,
    )


def _begin_deed(transaction: Transaction, deed: NewDeed) -> int:
    ((serial,),) = transaction.execute(SQL["begin_deed"], deed_row(deed)).fetchall()
    return int(serial)


class SqlRemarks(Base):
    """`ports.remarks.Remarks`."""

    async def begin_deed(self, deed: NewDeed) -> int:
        return await self._write(lambda transaction: _begin_deed(transaction, deed))

    async def end_deed(self, deed: int, status: int, experiment: str | None = None) -> None:
        row = {"id": deed, "status": status, "experiment": experiment}
        await self._write(lambda transaction: transaction.execute(SQL["end_deed"], row))

    async def deeds(
        self,
        *,
        experiment: str | None = None,
        actor: str | None = None,
        deed: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Deed]:
        asked = {
            "experiment": experiment,
            "actor": actor,
            "deed": deed,
            "before": int(cursor or NEWEST),
            "limit": limit + 1,
        }
        return page_of(await self._all("deeds", asked), limit, "id", deed_of)

    async def add_note(self, note: NewNote) -> Note:
        return await self._write(lambda transaction: _add_note(transaction, note))

    async def note(self, note: int) -> Note | None:
        rows = await self._all("note", {"id": note})
        return note_of(rows[0]) if rows else None

    async def change_note(
        self, note: int, text: str | None, *, was: str | None = None, at_wall_s: float
    ) -> None:
        await self._write(lambda transaction: _change_note(transaction, note, text, was, at_wall_s))

    async def notes(self, experiment: str) -> Sequence[Note]:
        return [note_of(row) for row in await self._all("notes", {"experiment": experiment})]

    async def keep_rehearsal(
        self, plan_hash: str, data: Mapping[str, Any], *, at_wall_s: float
    ) -> None:
        row = {"plan_hash": plan_hash, "data": to_json(dict(data)), "at_wall_s": at_wall_s}
        await self._write(lambda transaction: transaction.execute(SQL["keep_rehearsal"], row))

    async def rehearsal(self, plan_hash: str) -> Mapping[str, Any] | None:
        rows = await self._all("rehearsal", {"plan_hash": plan_hash})
        return from_json(rows[0]["data"]) if rows else None

    async def _all(self, statement: str, asked: Mapping[str, Any]) -> list[Row]:
        return await self._read(
            lambda connection: connection.execute(SQL[statement], asked).fetchall()
        )
