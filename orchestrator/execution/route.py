"""The order in which a vessel goes through its phases, loops included.

Execution and the timetable both ask here, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from orchestrator.model.plan import LoopPlan, Slice

Rounds = Mapping[str, int]
"""loop → the round that a vessel is in, for the loops around its phase."""


class Route:
    """The phases of one slice in their order. Immutable."""

    def __init__(self, slice_: Slice) -> None:
        self.names = tuple(phase.name for phase in slice_.phases)
        self._places = {name: place for place, name in enumerate(self.names)}
        self._loops = slice_.loops

    def onward(
        self, phase: str, rounds: Rounds, is_through: Callable[[LoopPlan, int], bool]
    ) -> tuple[str | None, Rounds]:
        """Where to go after a phase, and the rounds there; None at the end of all.

        `is_through` is asked about each loop that ends here, with the round that ends.
        """
        rounds = dict(rounds)
        for loop in self._loops:
            if loop.last != phase:
                continue
            number = rounds.pop(loop.loop, 1)
            if number < loop.count and not is_through(loop, number):
                return loop.first, self.inside(loop.first, {**rounds, loop.loop: number + 1})
        place = self._places[phase] + 1
        if place == len(self.names):
            return None, {}
        return self.names[place], self.inside(self.names[place], rounds)

    def inside(self, phase: str, rounds: Rounds) -> Rounds:
        """The rounds that a vessel is in when it comes to a phase: where it was, or the first."""
        if phase not in self._places:
            return {}
        return {loop.loop: rounds.get(loop.loop, 1) for loop in self._around(phase)}

    def of_visit(self, phase: str, visit: int) -> Rounds:
        """The rounds of a visit, if nothing but the loops leads back to the phase."""
        rounds: dict[str, int] = {}
        before = visit - 1
        for loop in self._around(phase):
            rounds[loop.loop] = before % loop.count + 1
            before //= loop.count
        return rounds

    def between(self, start: str | None, goal: str) -> tuple[str, ...]:
        """The phases that lie between two, where the way leads forward; from one that the plan no
        longer has, none."""
        if start is not None and start not in self._places:
            return ()
        first = -1 if start is None else self._places[start]
        return self.names[first + 1 : self._places.get(goal, 0)]

    def _around(self, phase: str) -> Iterator[LoopPlan]:
        """Yield the loops that a phase is in, the innermost first."""
        place = self._places[phase]
        for loop in self._loops:
            if self._places[loop.first] <= place <= self._places[loop.last]:
                yield loop
