"""Phases that lead in a circle in which no time passes.

A phase whose steps come to a `go_to` without anything that takes time, such as a `wait`, a question
or a `duration`, is left in the moment in which it was entered. If the phases that follow do the
same and lead back, the vessel goes round for ever within one moment; a worker notices after some
thousand turns and fails the run.

Let the circle wait for something: an `until:` on a measurement, a `duration:`, a `wait:`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import MOVES, places_of, surely
from orchestrator.model.profile import GoToStep, Operation, Phase, Profile, Step

_INSTANT: Final[frozenset[Operation]] = frozenset({"set", "start", "stop", "log", "note", "alert"})


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report each circle once, at the phase in it that comes first."""
    if draft.profile is None:
        return
    phases = draft.profile.phases
    for circle in instant_circles(draft.profile):
        number = min(circle)
        if number == circle[0]:
            names = " → ".join(phases[each].name for each in (*circle, number))
            span = draft.in_phase(number, "name")
            message = f"these phases go round for ever, and no time passes: {names}"
            yield draft.error(span, "phase-loop", message)


def instant_circles(profile: Profile) -> Iterator[list[int]]:
    """Yield the circles in which no time passes, from each of their phases."""
    phases, index = profile.phases, places_of(profile)
    following = {number: _following(number, phases, index) for number in range(len(phases))}
    for number in following:
        circle = _circle(number, following)
        if circle:
            yield circle


def _following(number: int, phases: tuple[Phase, ...], index: dict[str, int]) -> int | None:
    """Give the phase that is entered in the very moment in which another is."""
    phase = phases[number]
    if phase.together is not None or phase.on_leave:
        return None
    for step in (*phase.on_enter, *phase.do):
        if surely(step, MOVES):
            return index.get(step.args.phase) if isinstance(step.args, GoToStep) else None
        if not _is_instant(step):
            return None
    stays = phase.until is not None or phase.duration_s is not None or bool(phase.schedule)
    return None if stays or number + 1 == len(phases) else number + 1


def _is_instant(step: Step) -> bool:
    return step.op in _INSTANT


def _circle(start: int, following: dict[int, int | None]) -> list[int]:
    """Follow phases until they come back to the first of them; empty if they do not."""
    circle = [start]
    while (following_one := following[circle[-1]]) is not None:
        if following_one == start:
            return circle
        if following_one in circle:
            return []
        circle.append(following_one)
    return []
