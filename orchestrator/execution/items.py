"""Take up what the phase's schedule holds for this moment, and what it held while nobody looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from orchestrator.execution import procedures, ramps
from orchestrator.execution.agenda import Agenda
from orchestrator.execution.cancel import skip
from orchestrator.execution.conditions import ask
from orchestrator.execution.late import GRACE_S, judge, late_by
from orchestrator.execution.occurrences import (
    EPSILON_S,
    next_in_phase,
    next_on_wall,
    occurrence_text,
)
from orchestrator.execution.standing import UNKNOWN
from orchestrator.execution.state_entry import by_wall, recomputed, steps_of, written_by
from orchestrator.execution.turn import Turn
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Kind
from orchestrator.model.plan import CronPlan, ItemPlan, Late, RampPlan, ShapePlan

CATCH_UP_MAX: Final = 300
"""Missed occurrences of one item that are told of at one look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An occurrence whose moment has come."""

    item: ItemPlan
    key: ActionKey
    nominal_s: float
    """Process seconds."""
    late_s: float
    newest: bool = True
    """No later one of this item has come."""


def advance(turn: Turn) -> None:
    """Begin or skip everything that is due, in the order in which it was."""
    agenda, items = _agenda(turn), _items(turn)
    come = _come(turn, agenda)
    places = sorted([*come, *agenda.by_wall])
    due = [each for place in places for each in _due(turn, items[place])]
    due.sort(key=lambda each: each.nominal_s)
    try:
        for number, each in enumerate(due):
            if turn.view.move is not None or turn.view.ending is not None:
                return
            _take_up(turn, each, due[number + 1 :])
    finally:
        for place in come:
            agenda.put(place, _next_s(turn, items[place]))


def nothing_is_due(turn: Turn) -> bool:
    """Whether the schedule holds nothing more for this moment; look again at the next."""
    soonest_s = _agenda(turn).soonest_s
    if soonest_s is None:
        return True
    return not turn.is_past((turn.view.clocks.entered_s or 0.0) + soonest_s)


def is_through(turn: Turn) -> bool:
    """Whether the schedule holds nothing more for this visit."""
    view = turn.view
    if view.ramps or any(each.key.visit == view.visit_text for each in view.procedures.values()):
        return False
    agenda = _agenda(turn)
    return agenda.soonest_s is None and not agenda.by_wall


def _items(turn: Turn) -> Sequence[ItemPlan]:
    phase = turn.view.phase
    return () if phase is None else turn.program.phases[phase].plan.items


def _agenda(turn: Turn) -> Agenda:
    """What is left of the visit's schedule, kept from look to look."""
    view, kept = turn.view, turn.view.cache.agenda
    if kept is not None and kept.program is turn.program and kept.visit == view.visit_text:
        return kept
    fresh = Agenda(turn.program, view.visit_text, _items(turn), lambda item: _next_s(turn, item))
    view.cache.agenda = fresh
    return fresh


def _come(turn: Turn, agenda: Agenda) -> list[int]:
    """Take what falls due by now off the agenda, and look again when the next does."""
    come: list[int] = []
    entered_s = turn.view.clocks.entered_s or 0.0
    while agenda.soonest_s is not None and turn.is_past(entered_s + agenda.soonest_s):
        come.append(agenda.take())
    return come


def _due(turn: Turn, item: ItemPlan) -> list[Due]:
    """List an item's moments that have come, oldest first; look again at the next."""
    found: list[Due] = []
    after_s = turn.view.items.get(item.item)
    while True:
        due_s = _next_s(turn, item, after_s)
        if due_s is None or not _has_come(turn, item, due_s):
            return [*_outdated(found[:-1]), *found[-1:]]
        if len(found) == CATCH_UP_MAX:
            turn.breathe = True
            turn.wake_at(turn.now_s)
            return _outdated(found)
        found.append(_occurrence(turn, item, due_s))
        after_s = due_s


def _outdated(due: list[Due]) -> list[Due]:
    return [replace(each, newest=False) for each in due]


def _next_s(turn: Turn, item: ItemPlan, after_s: float | None = None) -> float | None:
    """The next occurrence, on the phase's clock or, for cron, in UTC."""
    if after_s is None:
        after_s = turn.view.items.get(item.item)
    if isinstance(item, CronPlan):
        return _next_cron(turn, item, after_s)
    if by_wall(item) and turn.moment.wall_s is None and turn.view.wall_offset_s is None:
        return None  # not before it is known what time it is
    end_s = turn.program.phases[turn.view.phase or ""].plan.duration_s
    return next_in_phase(item, after_s, end_s)


def _next_cron(turn: Turn, item: CronPlan, after_s: float | None) -> float | None:
    """Nothing on the wall clock falls due while it is not trusted."""
    if turn.moment.wall_s is None:
        return None
    if after_s is None:
        after_s = _entered_wall_s(turn, turn.moment.wall_s) - EPSILON_S
    place = (item.cron, item.timezone)
    asked = turn.view.cache.cron.get(place)
    if asked is None or asked[0] != after_s:
        asked = turn.view.cache.cron[place] = (after_s, next_on_wall(item, after_s))
    return asked[1]


def _entered_wall_s(turn: Turn, wall_s: float) -> float:
    view = turn.view
    if view.entered_wall_s is None:
        # Entered while the clock was not trusted: as long ago as the process clock says.
        view.entered_wall_s = wall_s - (turn.now_s - turn.process_s(view.clocks.entered_s or 0.0))
    return view.entered_wall_s


def _has_come(turn: Turn, item: ItemPlan, due_s: float) -> bool:
    if not isinstance(item, CronPlan):
        return turn.is_past((turn.view.clocks.entered_s or 0.0) + due_s)
    wall_s = turn.moment.wall_s
    assert wall_s is not None
    if wall_s >= due_s - EPSILON_S:
        return True
    turn.wake_at(turn.now_s + (due_s - wall_s))
    return False


def _occurrence(turn: Turn, item: ItemPlan, due_s: float) -> Due:
    if isinstance(item, CronPlan):
        late_s = (turn.moment.wall_s or 0.0) - due_s
        nominal_s = turn.now_s - late_s
    else:
        late_s = turn.phase_s - due_s
        nominal_s = turn.process_s((turn.view.clocks.entered_s or 0.0) + due_s)
    key = turn.program.key(turn.view.visit_text, item.item, occurrence_text(item, due_s))
    return Due(item=item, key=key, nominal_s=nominal_s, late_s=max(0.0, late_s))


def _take_up(turn: Turn, due: Due, newer: list[Due]) -> None:
    reason, asked = _why_not(turn, due, newer), False
    if not reason:
        verdict = judge(due.late_s, _late(due.item), recomputed=recomputed(due.item))
        asked = verdict == "ask"
        if verdict == "skip":
            paused = turn.view.clocks.was_paused(due.nominal_s)
            reason = "paused" if paused else late_by(due.late_s)
    if not reason and due.item.if_ is not None:
        _, reason = ask(turn.look, due.item.if_)
        if reason.startswith(UNKNOWN) and turn.settles():
            return
    if isinstance(due.item, RampPlan | ShapePlan):
        ramps.take_up(turn, due.item, due.key, due.nominal_s, reason)
    elif reason:
        skip(turn, due.key, steps_of(due.item), due.nominal_s, reason)
    else:
        turn.write(
            Kind.ITEM_BEGAN,
            due.key,
            item=due.item.item,
            nominal_s=due.nominal_s,
            late_s=due.late_s if due.late_s > GRACE_S else 0.0,
            asked=asked,
        )
        procedures.advance_one(turn, turn.view.procedures[str(due.key)])


def _why_not(turn: Turn, due: Due, newer: list[Due]) -> str:
    """Only the newest of what was missed counts; an item does not begin while it still runs."""
    if due.late_s > GRACE_S:
        if not due.newest:
            return "superseded" if recomputed(due.item) else "a later one fell due"
        if recomputed(due.item) and _is_superseded(due, newer):
            return "superseded"
    running = any(
        each.key.item == due.key.item and each.key.visit == due.key.visit
        for each in turn.view.procedures.values()
    )
    return "the one before still runs" if running else ""


def _is_superseded(due: Due, newer: list[Due]) -> bool:
    covered: set[str] = set()
    for each in newer:
        if recomputed(each.item) and each.item.if_ is None:
            covered |= written_by(each.item)
    return written_by(due.item) <= covered


def _late(item: ItemPlan) -> Late | None:
    return None if isinstance(item, RampPlan | ShapePlan) else item.late
