"""Intervals behave as the sets that they stand for."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.store.ranges import Ranges

intervals = st.tuples(st.integers(1, 60), st.integers(0, 12)).map(lambda p: (p[0], p[0] + p[1]))


@given(st.lists(intervals, max_size=25), intervals)
def test_ranges_hold_what_was_added_and_know_what_is_missing(
    added: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    ranges, numbers = Ranges(), set[int]()
    for first, last in added:
        around = ranges.add(first, last)
        numbers |= set(range(first, last + 1))
        assert around in list(ranges)
        assert around[0] <= first <= last <= around[1]
    held = list(ranges)
    assert {n for first, last in held for n in range(first, last + 1)} == numbers
    assert all(one[1] + 1 < other[0] for one, other in pairwise(held))
    missing = ranges.missing(*asked)
    expected = set(range(asked[0], asked[1] + 1)) - numbers
    assert {n for first, last in missing for n in range(first, last + 1)} == expected
    assert ranges.within(*asked) == [one for one in held if asked[0] <= one[0] <= asked[1]]
