"""One vessel's way through its phases, unrolled into rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from orchestrator.execution.arguments import planned, planned_move
from orchestrator.execution.describe import detail, of_step
from orchestrator.execution.occurrences import (
    EPSILON_S,
    next_in_phase,
    next_on_wall,
    occurrence_text,
)
from orchestrator.execution.route import Route
from orchestrator.execution.setpoints import shape_of
from orchestrator.model.key import ActionKey, utc_text
from orchestrator.model.plan import (
    CronPlan,
    EveryPlan,
    ItemPlan,
    LoopPlan,
    Moving,
    PhasePlan,
    RampPlan,
    ShapePlan,
    Slice,
    Source,
    StepPlan,
)
from orchestrator.planning.foresee import Foreseen, When, foresee
from orchestrator.planning.row import Row

OCCURRENCES_MAX = 20_000
"""Of one item; more than that nobody reads."""
NEXT_TIMES = 3
ANY_TIME = "*"
"""Occurrence of a cron entry whose phase begins nobody knows when."""


class Unroll:
    """Goes through the phases; `_entered` is when the one at hand begins, `_through` when its work
    ends."""

    def __init__(
        self,
        slice_: Slice,
        attempt: str,
        start_wall_s: float,
        for_s: float,
        assume: Mapping[str, float],
        begin: tuple[str, int] | None = None,
        waits: bool = False,
    ) -> None:
        self._slice = slice_
        self._attempt = attempt
        self._start_wall_s = start_wall_s
        self._for_s = for_s
        self._assume = assume
        self._guess = bool(assume)
        self._route = Route(slice_)
        self._plans = {phase.name: phase for phase in slice_.phases}
        self._first, visit = begin or (self._route.names[0], 1)
        self._visits = {self._first: visit - 1}
        self._entered = When(None if waits else 0.0)
        self._through = When(0.0)

    def rows(self) -> Iterator[Row]:
        """Yield the vessel's rows, phase by phase, and loops round by round."""
        name: str | None = self._first
        rounds = self._route.of_visit(self._first, self._visits[self._first] + 1)
        while name is not None:
            if self._entered.after_s is not None and self._entered.after_s >= self._for_s:
                return
            self._visits[name] = self._visits.get(name, 0) + 1
            yield from self._phase(self._plans[name])
            name, rounds = self._route.onward(name, rounds, self._is_through)

    def _is_through(self, loop: LoopPlan, _: int) -> bool:
        """A loop is unrolled to its count, and for as long as its times are known."""
        if loop.until is not None:
            self._entered = self._entered.later(0.0, estimated=True)
        return self._entered.after_s is None

    def _phase(self, phase: PhasePlan) -> Iterator[Row]:
        """Yield one visit; a vessel is taken not to be held, nor to wait for its peers."""
        if phase.together is not None and phase.together.peers:
            self._entered = self._entered.later(0.0, estimated=True)
        self._through = When(0.0)
        yield from self._steps(phase, "on_enter", "0", phase.on_enter, When(0.0))
        yield from self._steps(phase, "do", "0", phase.do, self._through)
        end_s = self._end_s(phase)
        for item in phase.items:
            yield from self._item(phase, item, end_s)
        length = self._length(phase, self._through)
        self._through = length
        yield from self._steps(phase, "on_leave", "0", phase.on_leave, length)
        length = self._through
        guess = length.estimated or phase.hold is not None
        self._entered = self._entered.later(length.after_s, estimated=guess)

    @property
    def end_s(self) -> float | None:
        """When the last of the phases that were gone through is over, if that is known."""
        return self._entered.after_s

    def _length(self, phase: PhasePlan, through: When) -> When:
        """How long a phase lasts: as assumed, as said, or until it is through."""
        assumed_s = self._assume.get(phase.name)
        if assumed_s is not None:
            bound_s = assumed_s if phase.duration_s is None else phase.duration_s
            return When(min(assumed_s, bound_s), True)
        if phase.until is not None:
            return When(None)
        return through if phase.duration_s is None else When(phase.duration_s)

    def _end_s(self, phase: PhasePlan) -> float:
        """Where, on the phase's clock, the list of its items stops."""
        rest_s = self._for_s - (self._entered.after_s or 0.0)
        length_s = self._length(phase, When(None)).after_s
        return rest_s if length_s is None else min(rest_s, length_s)

    def _item(self, phase: PhasePlan, item: ItemPlan, end_s: float) -> Iterator[Row]:
        for occurrence, when in self._occurrences(item, end_s):
            if isinstance(item, RampPlan | ShapePlan):
                yield from self._move(phase, item, occurrence, when)
            else:
                yield from self._steps(phase, item.item, occurrence, item.steps, when)
        if isinstance(item, CronPlan) or (
            isinstance(item, EveryPlan) and item.count is None and item.until_s is None
        ):
            self._through = When(None)

    def _occurrences(self, item: ItemPlan, end_s: float) -> Iterator[tuple[str, When]]:
        """Yield an item's occurrences with their moments on the phase's clock."""
        if isinstance(item, CronPlan):
            yield from self._on_wall(item, end_s)
            return
        due_s = next_in_phase(item, None, end_s)
        for _ in range(OCCURRENCES_MAX):
            if due_s is None:
                return
            yield occurrence_text(item, due_s), When(due_s)
            due_s = next_in_phase(item, due_s, end_s)

    def _on_wall(self, item: CronPlan, end_s: float) -> Iterator[tuple[str, When]]:
        if self._entered.after_s is None:
            yield ANY_TIME, When(None)
            return
        entered_wall_s = self._start_wall_s + self._entered.after_s
        due_s = next_on_wall(item, entered_wall_s - EPSILON_S)
        for _ in range(OCCURRENCES_MAX):
            if due_s is None or due_s >= entered_wall_s + end_s - EPSILON_S:
                return
            yield occurrence_text(item, due_s), When(due_s - entered_wall_s)
            due_s = next_on_wall(item, due_s)

    def _move(self, phase: PhasePlan, item: Moving, occurrence: str, when: When) -> Iterator[Row]:
        words = detail(item.kind, planned_move(item), self._slice.units)
        key = self._key(phase, item.item, occurrence)
        over_s = shape_of(item, 0.0).over_s if isinstance(item, ShapePlan) else item.over_s
        self._note_end(when.later(over_s) if over_s < inf else When(None))
        yield self._row(phase, key, item.kind, words, when, item.source)

    def _steps(
        self,
        phase: PhasePlan,
        item: str,
        occurrence: str,
        steps: tuple[StepPlan, ...],
        begin: When,
    ) -> Iterator[Row]:
        key = self._key(phase, item, occurrence)
        for each in foresee(steps, begin, guess=self._guess):
            if isinstance(each, When):
                self._note_end(each)
                continue
            row = self._of(phase, key, each)
            if row.time_s is None or row.time_s < self._for_s:
                yield row

    def _note_end(self, end: When) -> None:
        """A phase is through when the last of its work is."""
        so_far = self._through
        guess = so_far.estimated or end.estimated
        if so_far.after_s is None or end.after_s is None:
            self._through = When(None, guess)
        else:
            self._through = When(max(so_far.after_s, end.after_s), guess)

    def _of(self, phase: PhasePlan, key: ActionKey, each: Foreseen) -> Row:
        step = each.step
        words = of_step(step, planned(step), self._slice.units)
        if key.occurrence == ANY_TIME:
            words = ", ".join(filter(None, (words, self._next_times(phase, key.item))))
        return self._row(phase, key.step(each.path), step.op, words, each.when, step.source)

    def _next_times(self, phase: PhasePlan, name: str) -> str:
        """When a cron entry would fall due if its phase had begun."""
        item = next(item for item in phase.items if item.item == name)
        times: list[str] = []
        due_s: float | None = self._start_wall_s - EPSILON_S
        while isinstance(item, CronPlan) and due_s is not None and len(times) < NEXT_TIMES:
            due_s = next_on_wall(item, due_s)
            if due_s is not None:
                times.append(utc_text(due_s))
        return f"next {', '.join(times)}" if times else ""

    def _key(self, phase: PhasePlan, item: str, occurrence: str) -> ActionKey:
        return ActionKey(
            attempt=self._attempt,
            vessel=self._slice.vessel,
            visit=f"{phase.name}#{self._visits[phase.name]}",
            item=item,
            occurrence=occurrence,
        )

    def _row(
        self,
        phase: PhasePlan,
        key: ActionKey,
        action: str,
        words: str,
        when: When,
        source: Source,
    ) -> Row:
        at = self._entered.later(when.after_s, estimated=when.estimated)
        return Row(
            time_s=at.after_s,
            wall=None if at.after_s is None else utc_text(self._start_wall_s + at.after_s),
            phase=phase.name,
            phase_time_s=when.after_s,
            vessel=self._slice.vessel,
            action_id=str(key),
            action=action,
            detail=words,
            source=source,
            estimated=at.after_s is not None and (at.estimated or _may_be_held(phase, when)),
        )


def _may_be_held(phase: PhasePlan, when: When) -> bool:
    """Whether a moment may come later than it is told, since the phase's clock may stand."""
    return phase.hold is not None and when.after_s != 0.0
