"""Deeds, notes and rehearsals in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from orchestrator.ports.records import Page
from orchestrator.ports.remarks import Deed, NewDeed, NewNote, Note
from orchestrator.ports.store import NotFound
from orchestrator.store.memory_tables import MemoryBase
from orchestrator.store.pages import NEWEST, page_of
from orchestrator.store.remarks import deed_of, deed_row, no_note, note_data, refuse_changed

_KEPT = "kept_wall_s"


class MemoryRemarks(MemoryBase):
    """`ports.remarks.Remarks`."""

    async def begin_deed(self, deed: NewDeed) -> int:
        number = len(self._tables.deeds) + 1
        self._tables.deeds[number] = {"id": number, "status": None, **deed_row(deed)}
        return number

    async def end_deed(self, deed: int, status: int, experiment: str | None = None) -> None:
        row = self._tables.deeds[deed]
        row.update(status=status, experiment=experiment or row["experiment"])

    async def deeds(
        self,
        *,
        experiment: str | None = None,
        actor: str | None = None,
        deed: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Deed]:
        rows = [
            row
            for number, row in reversed(self._tables.deeds.items())
            if number < int(cursor or NEWEST)
            and experiment in (None, row["experiment"])
            and actor in (None, row["actor"])
            and deed in (None, row["deed"])
        ]
        return page_of(rows, limit, "id", deed_of)

    async def add_note(self, note: NewNote) -> Note:
        if self._tables.one("experiments", note.experiment) is None:
            raise NotFound(f"there is no experiment {note.experiment}")
        kept = Note(id=max(self._tables.notes, default=0) + 1, **asdict(note))
        self._tables.notes[kept.id] = kept
        self._tell_note(kept, note.at_wall_s)
        return kept

    async def note(self, note: int) -> Note | None:
        return self._tables.notes.get(note)

    async def change_note(
        self, note: int, text: str | None, *, was: str | None = None, at_wall_s: float
    ) -> None:
        kept = self._tables.notes.get(note)
        if kept is None:
            raise no_note(note)
        refuse_changed(kept, was)
        if text is None:
            del self._tables.notes[note]
        else:
            self._tables.notes[note] = replace(kept, text=text, changed_wall_s=at_wall_s)
        self._tell_note(kept, at_wall_s)

    async def notes(self, experiment: str) -> Sequence[Note]:
        return [note for note in self._tables.notes.values() if note.experiment == experiment]

    async def keep_rehearsal(
        self, plan_hash: str, data: Mapping[str, Any], *, at_wall_s: float
    ) -> None:
        self._tables.rehearsals[plan_hash] = {**data, _KEPT: at_wall_s}

    async def rehearsal(self, plan_hash: str) -> Mapping[str, Any] | None:
        kept = self._tables.rehearsals.get(plan_hash)
        return None if kept is None else {k: v for k, v in kept.items() if k != _KEPT}

    def _tell_note(self, note: Note, at_wall_s: float) -> None:
        with self._tables.telling():
            self._tables.event(
                "remark",
                note_data(note),
                at_wall_s=at_wall_s,
                experiment=note.experiment,
                vessel=note.vessel,
            )
