"""Audit and notes as `/api` shows them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import msgspec

from orchestrator.ports import remarks
from orchestrator.server.versions import version_of_text
from orchestrator.server.views.common import Cursor, Limit
from orchestrator.server.views.experiments import Moment

NoteText = Annotated[str, msgspec.Meta(min_length=1, max_length=5000)]


class DeedsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which ones."""

    actor: str | None = None
    deed: str | None = None
    """The operation's id in the API's description."""
    limit: Limit = 100
    cursor: Cursor | None = None


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked for something to be done."""

    id: int
    at_wall_s: float
    actor: str
    role: str
    address: str
    """From where."""
    deed: str
    """The operation's id in the API's description."""
    experiment: str | None
    detail: dict[str, Any]
    """What was asked, without long texts."""
    status: int | None
    """How the API answered; null where the leader died on the way, or it goes on."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person wrote about an experiment."""

    id: int
    experiment: str
    vessel: str | None
    text: str
    actor: str
    at_wall_s: float
    pinned_wall_s: float | None
    """The moment that it is about, on charts."""
    changed_wall_s: float | None
    version: str
    """For `If-Match`: another text has another one."""


def note_view(kept: remarks.Note) -> Note:
    """As the API shows it."""
    return Note(**asdict(kept), version=version_of_text(kept.text))


class NewNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note to be kept."""

    text: NoteText
    vessel: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    pinned_wall_s: Moment | None = None
    """The moment that it is about, on charts; null is none."""


class NoteChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a note is to say."""

    text: NoteText
