"""What many answers have in common."""

from __future__ import annotations

from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec

T = TypeVar("T")

Limit = Annotated[int, msgspec.Meta(ge=1, le=1000, description="At most so many items.")]
CURSOR: Final = "^[0-9]{1,18}$"
"""Stores number their pages."""
Cursor = Annotated[str, msgspec.Meta(pattern=CURSOR, description="`next` of the page before.")]


class Listing(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A list, or a page of one."""

    items: list[T]
    next: str | None = None
    """Hand it back as `cursor` to go on; null at the end."""


def view(record: Any, kind: type[T]) -> T:
    """A record of the store as a type of the API that has the same fields, or fewer."""
    return msgspec.convert(record, kind, from_attributes=True)
