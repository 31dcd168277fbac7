"""Names that have to be unique in their list."""

from __future__ import annotations

from orchestrator.documents.draft import Cursor, NamedItem
from orchestrator.documents.places import Path


def note_name(cursor: Cursor, noun: str, within: Path | None = None) -> str | None:
    """Read a name, and note it as one that has to be unique in its list."""
    place = cursor.get("name")
    if place is None or not isinstance(place.data, str):
        return None
    among = cursor.path[:-1] if within is None else within
    cursor.draft.items.append(NamedItem(within=among, noun=noun, name=place.data, span=place.span))
    return place.data
