"""What many answers have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec

T = TypeVar("T")
R = TypeVar("R")

Limit = Annotated[int, msgspec.Meta(ge=1, le=1000, description="At most so many items.")]
CURSOR: Final = "^[0-9]{1,18}$"
"""Stores number their pages."""
Cursor = Annotated[str, msgspec.Meta(pattern=CURSOR, description="`next` of the page before.")]


class PageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a list."""

    limit: Limit = 1000
    cursor: Cursor | None = None


class Listing(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A list, or a page of one."""

    items: list[T]
    next: str | None = None
    """Hand it back as `cursor` to go on; null at the end."""


def page_of(
    records: Iterable[R], query: PageQuery, *, number: Callable[[R], int], show: Callable[[R], T]
) -> Listing[T]:
    """A page of what is known by growing numbers, oldest first."""
    after = int(query.cursor) if query.cursor else -1
    left = [each for each in records if number(each) > after]
    shown = left[: query.limit]
    more = len(left) > query.limit
    return Listing(
        items=[show(each) for each in shown], next=str(number(shown[-1])) if more else None
    )


def page_at(records: Sequence[R], query: PageQuery, show: Callable[[R], T]) -> Listing[T]:
    """A page of what only grows at its end, or hardly changes: by position."""
    begin = int(query.cursor or 0)
    end = begin + query.limit
    shown = [show(each) for each in records[begin:end]]
    return Listing(items=shown, next=str(end) if end < len(records) else None)


def view(record: Any, kind: type[T]) -> T:
    """A record of the store as a type of the API that has the same fields, or fewer."""
    return msgspec.convert(record, kind, from_attributes=True)
