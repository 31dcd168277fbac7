"""Two items of a schedule that set one setting at one moment.

Each setting follows the item that started last. When two start in the same moment on the same
vessel, and want different values, only one of them can have its way, and nothing in the profile
says which. It shows in no test run that does not look at just that moment: an `every: 4 h` and an
`at: 8 h` meet once.

Move one of the two by a minute, or say both in one item, in the order that is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from orchestrator.documents.cron_meets import meet
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.moments import Write, sets, writes_of
from orchestrator.model.profile import AnyScheduleItem, Cron, Phase, Profile
from orchestrator.model.units import format_quantity

CRONS_MAX: Final = 50
"""Of one phase; each is held against every other."""


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of pairs of schedule items that contradict each other at some moment."""
    if draft.profile is None:
        return
    for phase in draft.profile.phases:
        for first, second in _clashes(phase, draft.profile):
            moment = format_quantity(second.moment_s, "time")
            message = (
                f"{second.setting} is set twice at one moment, after {moment} of the phase: here "
                f"and by the item in line {first.item.source.line}; only one can count"
            )
            yield draft.warning(draft.span_of(second.item.source), "double-set", message)
        for one, other, setting, moment in _clashes_of_crons(phase, draft.profile):
            message = (
                f"{setting} is set twice at one moment, at {moment}: here and by the item in line "
                f"{one.source.line}; only one can count"
            )
            yield draft.warning(draft.span_of(other.source), "double-set", message)


def _clashes(phase: Phase, profile: Profile) -> Iterator[tuple[Write, Write]]:
    """Yield the first clash of each pair of items on each setting."""
    seen: dict[tuple[str, float], list[Write]] = {}
    told: set[tuple[str, int, int]] = set()
    for write in writes_of(phase, profile):
        others = seen.setdefault((write.setting, round(write.moment_s, 3)), [])
        for other in others:
            pair = (write.setting, id(other.item), id(write.item))
            if pair not in told and _clash(other, write):
                told.add(pair)
                yield other, write
        if len(others) < 8 and not any(other.item is write.item for other in others):
            others.append(write)


def _clashes_of_crons(phase: Phase, profile: Profile) -> Iterator[tuple[Cron, Cron, str, str]]:
    """Yield pairs of cron entries that meet, with a setting of which they want different things."""
    crons = [item for item in phase.schedule if isinstance(item, Cron)][:CRONS_MAX]
    for one, other in combinations(crons, 2):
        moment = meet(one, other, profile) if _share_a_vessel(one, other) else None
        if moment is None:
            continue
        before = {(after_s, setting): value for after_s, setting, value in sets(one.do, profile)}
        for after_s, setting, value in sets(other.do, profile):
            if before.get((after_s, setting), value) != value:
                yield one, other, setting, moment
                break


def _clash(first: Write, second: Write) -> bool:
    return (
        first.item is not second.item
        and first.value != second.value
        and _share_a_vessel(first.item, second.item)
    )


def _share_a_vessel(first: AnyScheduleItem, second: AnyScheduleItem) -> bool:
    if first.vessels is None or second.vessels is None:
        return True
    return not set(first.vessels).isdisjoint(second.vessels)
