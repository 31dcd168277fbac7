"""A phase that nothing ends.

A phase ends with `until`, `duration` or `timeout`; one without them ends when its steps and its
schedule are through. A schedule with a cron entry, or with an `every:` that has neither `count` nor
`until`, is never through, so the experiment stays in the phase until somebody stops it.

Say when the phase is over. If it is meant to go on until a person ends it, give it a `duration`
that is longer than anybody will wait, or a step or a rule that leaves it.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import MOVES, all_steps, is_endless, steps_of_phase
from orchestrator.model.profile import Profile


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of phases whose schedule is never through and that say no other end."""
    if draft.profile is None or _may_be_moved(draft.profile):
        return
    for index, phase in enumerate(draft.profile.phases):
        if phase.until is not None or phase.duration_s is not None or phase.timeout is not None:
            continue
        if any(step.op in MOVES for step in steps_of_phase(phase)):
            continue
        if any(is_endless(item) for item in phase.schedule):
            span = draft.in_phase(index, "name")
            message = (
                f"the phase '{phase.name}' never ends by itself, since its schedule goes on for "
                "ever; it has no until:, duration: or timeout:"
            )
            yield draft.warning(span, "endless-phase", message)


def _may_be_moved(profile: Profile) -> bool:
    """Tell whether a rule can end any phase."""
    return any(step.op in MOVES for rule in profile.rules for step in all_steps(rule.do))
