"""A way into a phase for a vessel that the phase is not for.

A phase with `vessels:` is for those only, and the others go on to the next. A `go_to` or a
timeout's `then:` that would take another vessel into it leads nowhere: that vessel's run fails.

Give the step `vessels:` too, or let the phase be for all that are sent to it. The same is told of a
vessel that no phase at all is for.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import places_of, steps_of, steps_within
from orchestrator.documents.suggest import listed
from orchestrator.model.profile import GoToStep, Phase, Profile, Source, Step

Names = frozenset[str]


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report vessels that are sent to phases which are not for them."""
    profile = draft.profile
    if profile is None or all(phase.vessels is None for phase in profile.phases):
        return
    yield from _idle(draft, profile)
    index = places_of(profile)
    for source, vessels, goal in _ways(profile):
        if goal in index:
            lost = vessels - _of(profile.phases[index[goal]].vessels, profile)
            if lost:
                message = f"the phase '{goal}' is not for {listed(sorted(lost))}, sent there"
                yield draft.error(draft.span_of(source), "skipped-phase", message)


def _idle(draft: Draft, profile: Profile) -> Iterator[Diagnostic]:
    for name, vessel in profile.vessels.items():
        if not any(name in _of(phase.vessels, profile) for phase in profile.phases):
            message = f"no phase is for '{name}', so there is nothing for it to do"
            yield draft.error(draft.span_of(vessel.source), "skipped-phase", message)


def _ways(profile: Profile) -> Iterator[tuple[Source, Names, str]]:
    """Yield where something leads to a phase, for which vessels, and to which."""
    for phase in profile.phases:
        here = _of(phase.vessels, profile)
        yield from _of_timeouts(phase, here)
        for steps in (phase.on_enter, phase.do):
            yield from _of_steps(steps, here)
        for item in phase.schedule:
            yield from _of_steps(steps_of(item), here & _of(item.vessels, profile))
        for rule in phase.rules:
            yield from _of_steps(rule.do, here & _of(rule.vessels, profile))
    for rule in profile.rules:
        yield from _of_steps(rule.do, _of(rule.vessels, profile))


def _of_timeouts(phase: Phase, here: Names) -> Iterator[tuple[Source, Names, str]]:
    for timeout in (phase.timeout, None if phase.together is None else phase.together.timeout):
        if timeout is not None:
            yield phase.source, here, timeout.then


def _of_steps(steps: tuple[Step, ...], here: Names) -> Iterator[tuple[Source, Names, str]]:
    for step in steps:
        vessels = here if step.vessels is None else here & frozenset(step.vessels)
        if isinstance(step.args, GoToStep):
            yield step.source, vessels, step.args.phase
        for inner in steps_within(step):
            yield from _of_steps(inner, vessels)


def _of(vessels: tuple[str, ...] | None, profile: Profile) -> Names:
    return frozenset(profile.vessels if vessels is None else vessels)
