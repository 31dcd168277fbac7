"""Lists in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from orchestrator.ports.records import Page

T = TypeVar("T")
NEWEST = 2**62
"""A cursor above all."""


def page_of(rows: Sequence[Any], limit: int, column: str, value: Callable[[Any], T]) -> Page[T]:
    """From `limit + 1` rows, which tell whether there is more."""
    kept = rows[:limit]
    more = str(kept[-1][column]) if len(rows) > limit and kept else None
    return Page(items=[value(row) for row in kept], next=more)
