"""Sets of numbers as intervals, since outboxes are numbered without holes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

Range = tuple[int, int]
"""Both ends included."""


class Ranges:
    """Merged, in order, never touching each other."""

    __slots__ = ("_firsts", "_lasts")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in ranges:
            self.add(first, last)

    def __iter__(self) -> Iterator[Range]:
        return zip(self._firsts, self._lasts, strict=True)

    def add(self, first: int, last: int) -> Range:
        """Add numbers; answer the interval that they are part of now."""
        low = bisect_left(self._lasts, first - 1)
        high = bisect_right(self._firsts, last + 1)
        if low < high:
            first = min(first, self._firsts[low])
            last = max(last, self._lasts[high - 1])
        self._firsts[low:high] = [first]
        self._lasts[low:high] = [last]
        return first, last

    def missing(self, first: int, last: int) -> list[Range]:
        """The parts of an interval that are not in the set."""
        holes: list[Range] = []
        at = bisect_left(self._lasts, first)
        while at < len(self._firsts) and self._firsts[at] <= last:
            if first < self._firsts[at]:
                holes.append((first, self._firsts[at] - 1))
            first = self._lasts[at] + 1
            at += 1
        if first <= last:
            holes.append((first, last))
        return holes

    def within(self, first: int, last: int) -> list[Range]:
        """The intervals that begin in [first, last]."""
        low, high = bisect_left(self._firsts, first), bisect_right(self._firsts, last)
        return list(zip(self._firsts[low:high], self._lasts[low:high], strict=True))
