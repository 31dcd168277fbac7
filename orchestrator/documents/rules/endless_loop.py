"""Phases that lead back to each other, with no way out.

Phases that are left by `go_to` can go round. If none of them ever leads to the end of the
experiment, nor to a phase that does, it goes on until a person stops it, a bottle is empty or
something fails.

Where a number of rounds is meant, say so: `repeat: {count: 20, phases: […]}` among the phases. Else
give the circle a way out: a step with `finish:`, a `go_to` under a condition, a timeout, a rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import (
    ENDINGS,
    after,
    all_steps,
    goes_to,
    places_of,
    reachable,
    steps_of_phase,
)
from orchestrator.documents.rules.phase_loop import instant_circles
from orchestrator.model.profile import Profile


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of each set of phases that is never left, at the one in it that comes first."""
    if draft.profile is None or _ends_by_rule(draft.profile):
        return
    profile = draft.profile
    caught = reachable(profile) - _ending(profile)
    caught -= {each for circle in instant_circles(profile) for each in circle}
    index = places_of(profile)
    while caught:
        first = min(caught)
        circle = _reached(profile, first, index) & caught
        caught -= circle
        names = ", ".join(f"'{profile.phases[each].name}'" for each in sorted(circle))
        message = f"nothing leads out of here: {names} go round until somebody stops them"
        if len(circle) == 1:
            message = f"nothing leads out of here: {names} is entered again and again"
        yield draft.warning(draft.in_phase(first, "name"), "endless-loop", message)


def _ends_by_rule(profile: Profile) -> bool:
    """Tell whether a rule of the profile may end the run, or lead anywhere."""
    steps = [step for rule in profile.rules for step in all_steps(rule.do)]
    return any(step.op in ENDINGS for step in steps) or bool(goes_to(iter(steps)))


def _ending(profile: Profile) -> set[int]:
    """List the phases from which the run may come to its end."""
    index = places_of(profile)
    leads = {number: after(profile, number, index) for number in range(len(profile.phases))}
    before: dict[int, list[int]] = {}
    for number, to in leads.items():
        for each in to:
            before.setdefault(each, []).append(number)
    waiting = [number for number in leads if _ends(profile, number, leads[number])]
    found = set(waiting)
    while waiting:
        more = [each for each in before.get(waiting.pop(), ()) if each not in found]
        found.update(more)
        waiting += more
    return found


def _ends(profile: Profile, number: int, to: set[int]) -> bool:
    phase = profile.phases[number]
    timeouts = [phase.timeout, None if phase.together is None else phase.together.timeout]
    if any(timeout is not None and timeout.then in ("fail", "pause") for timeout in timeouts):
        return True
    return len(profile.phases) in to or any(s.op in ENDINGS for s in steps_of_phase(phase))


def _reached(profile: Profile, start: int, index: dict[str, int]) -> set[int]:
    found, waiting = set[int](), [start]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += after(profile, number, index)
    return found
