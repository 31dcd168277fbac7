"""A step behind another that always ends the list.

`finish` and `fail` end the vessel's part of the experiment. `go_to` leaves the phase, and with it
the steps and the schedule of that phase; a rule's steps go on. What stands behind such a step is
never done, though it reads as if it were.

Put it before, or give the ending step an `if:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import ENDINGS, MOVES, lists_of, steps_within, surely
from orchestrator.model.profile import Operation, Profile, Step


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of steps that are never come to."""
    if draft.profile is None:
        return
    for steps, endings in _lists(draft.profile):
        yield from _behind(draft, steps, endings)


def _lists(profile: Profile) -> Iterator[tuple[tuple[Step, ...], frozenset[Operation]]]:
    for phase in profile.phases:
        for steps in lists_of(phase):
            yield steps, MOVES
    for rule in profile.rules:
        yield rule.do, ENDINGS


def _behind(
    draft: Draft, steps: tuple[Step, ...], endings: frozenset[Operation]
) -> Iterator[Diagnostic]:
    """Report the first step behind an ending one, here and in the lists within."""
    ending: Step | None = None
    for step in steps:
        if ending is not None:
            message = f"this is never done: {ending.op} in line {ending.source.line} comes before"
            yield draft.warning(draft.span_of(step.source), "after-end", message)
            return
        for inner in steps_within(step):
            yield from _behind(draft, inner, endings)
        if surely(step, endings):
            ending = step
