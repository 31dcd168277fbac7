"""What changes in the phases of a vessel, and which of it comes too late to matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from orchestrator.execution.occurrences import next_in_phase
from orchestrator.execution.state_entry import recomputed
from orchestrator.model.plan import CronPlan, ItemPlan, PhasePlan, Slice
from orchestrator.planning.diff_parts import diff_jobs, diff_named, diff_rules, part_of
from orchestrator.planning.difference import Change, Part
from orchestrator.planning.part_words import item_in_words, phase_part_in_words
from orchestrator.planning.rest import Position

OWN: Final = {
    "until": "until",
    "duration": "duration_s",
    "timeout": "timeout",
    "hold_while": "hold",
    "together": "together",
    "on_enter": "on_enter",
    "do": "do",
    "on_leave": "on_leave",
}
"""What a phase says of itself, as a profile calls it."""


def diff_phases(
    old: Slice, new: Slice, at: Position | str | None, units: Mapping[str, str]
) -> Iterator[Part]:
    """Compare phases by name, with all that is in them, and their order."""
    before = {phase.name: phase for phase in old.phases}
    after = {phase.name: phase for phase in new.phases}
    for name in dict.fromkeys((*before, *after)):
        known = before.get(name) or after[name]
        empty = PhasePlan(name=name, source=known.source)
        having = [each for each, phases in ((old, before), (new, after)) if name in phases]
        over = all(_is_over(name, each, at) for each in having)
        change: Change = "unchanged"
        if name not in before or name not in after:
            change = "new" if name in after else "removed"
        yield part_of(old.vessel, name, "phase", name, change, past=over)
        phases = before.get(name, empty), after.get(name, empty)
        yield from _within(old.vessel, *phases, _Past(name, over, at), units)
    order = [
        [name for name in one if name in other] for one, other in ((before, after), (after, before))
    ]
    if order[0] != order[1]:
        told = [", ".join(names) for names in order]
        yield part_of(old.vessel, "", "setting", "order of phases", "changed", *told, past=False)


def _within(
    vessel: str, old: PhasePlan, new: PhasePlan, past: _Past, units: Mapping[str, str]
) -> Iterator[Part]:
    own = [
        {name: value for name, field in OWN.items() if (value := getattr(phase, field))}
        for phase in (old, new)
    ]
    yield from diff_named(
        vessel,
        "setting",
        own[0],
        own[1],
        lambda value: phase_part_in_words(value, units),
        phase=old.name,
        past=lambda _: past.over,
    )
    items = [{each.item: each for each in phase.items} for phase in (old, new)]
    yield from diff_named(
        vessel,
        "item",
        items[0],
        items[1],
        lambda item: item_in_words(item, units),
        phase=old.name,
        past=lambda item: past.is_past(item, new.duration_s),
    )
    yield from diff_rules(vessel, old.name, old.rules, new.rules, units, over=past.over)
    yield from diff_jobs(vessel, old.name, old.jobs, new.jobs, units, over=past.over)


@dataclass(frozen=True, slots=True)
class _Past:
    """What of a phase is over."""

    phase: str
    over: bool
    at: Position | str | None

    def is_past(self, item: ItemPlan, end_s: float | None) -> bool:
        """Whether an item has no moment left. What can be recomputed still says what is wanted."""
        if self.over or not isinstance(self.at, Position) or self.at.phase != self.phase:
            return self.over
        if recomputed(item) or isinstance(item, CronPlan):
            return False
        return next_in_phase(item, self.at.phase_s, end_s) is None


def _is_over(phase: str, slice_: Slice, at: Position | str | None) -> bool:
    """Whether a vessel has left a phase behind for good; a loop leads back into it."""
    if at is None:
        return True
    names = [each.name for each in slice_.phases]
    if isinstance(at, str) or at.phase not in names or phase not in names:
        return False
    places = {name: place for place, name in enumerate(names)}
    if places[phase] >= places[at.phase]:
        return False
    return not any(
        places[loop.first] <= places[phase] and places[at.phase] <= places[loop.last]
        for loop in slice_.loops
    )
