"""What a visit's schedule holds next, so that a look costs what is due and not what is planned.

It holds nothing that a restart must know: it is made anew from the view whenever it does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heapify, heappop, heappush

from orchestrator.execution.state_entry import by_wall
from orchestrator.model.plan import ItemPlan

Next = Callable[[ItemPlan], float | None]
"""The next moment of an item on the phase's clock; None if it has none left."""


class Agenda:
    """Items on the phase's clock, soonest first; those on the wall, which may be set, beside them.

    Items are known by their place in the plan.
    """

    __slots__ = ("_heap", "by_wall", "program", "visit")

    def __init__(
        self, program: object, visit: str, items: Iterable[ItemPlan], next_s: Next
    ) -> None:
        self.program, self.visit = program, visit
        self.by_wall: list[int] = []
        self._heap: list[tuple[float, int]] = []
        for place, item in enumerate(items):
            if by_wall(item):
                self.by_wall.append(place)
            elif (due_s := next_s(item)) is not None:
                self._heap.append((due_s, place))
        heapify(self._heap)

    @property
    def soonest_s(self) -> float | None:
        """When the next falls due, on the phase's clock."""
        return self._heap[0][0] if self._heap else None

    def until(self, phase_s: float) -> Iterator[int]:
        """The places of what falls due by then; a look costs no more than what it finds."""
        heap, ahead = self._heap, [0]
        for number in ahead:
            if number < len(heap) and heap[number][0] <= phase_s:
                yield heap[number][1]
                ahead += (2 * number + 1, 2 * number + 2)

    def take(self) -> int:
        """Hand out the place of the item that falls due next; `put` it back."""
        return heappop(self._heap)[1]

    def put(self, place: int, due_s: float | None) -> None:
        """Take up when an item falls due again."""
        if due_s is not None:
            heappush(self._heap, (due_s, place))
