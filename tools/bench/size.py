"""How much is measured."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Size(StrEnum):
    """From what proves that a bench works to what takes as long as it must."""

    SMALLEST = "smallest"
    QUICK = "quick"
    USUAL = "usual"
    FULL = "full"

    def of(self, smallest: T, quick: T, usual: T, full: T | None = None) -> T:
        """Choose what belongs to this size; the full one is the usual one unless given."""
        if self is Size.FULL and full is not None:
            return full
        return {Size.SMALLEST: smallest, Size.QUICK: quick}.get(self, usual)
