"""A condition of a phase or a step that can never be true.

`until:` and `wait_until:` wait for their condition, `if:` and `while:` ask it. One that contradicts
itself is never true: the phase goes on to its `duration` or `timeout`, the step waits for its own
or goes round to its `max:`, and what stands behind the `if:` is never done. A `hold_while:` that is
never true holds nothing.

The message names the signal that no value fits. Look for an `and` that should be an `or`, for a
comparison the wrong way round, and for a phase that the step does not belong to.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.domains import domains_of, knows_its_phases
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import all_steps, steps_of_phase
from orchestrator.documents.satisfy import Domain, Domains, impossible
from orchestrator.model.expression import Expression
from orchestrator.model.profile import (
    ChooseStep,
    IfStep,
    Profile,
    RepeatStep,
    Source,
    Step,
    WaitUntilStep,
)


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of `until:`, `wait_until:`, `while:` and `if:` that wait or ask in vain."""
    if draft.profile is None:
        return
    for place, condition, domains in _conditions(draft, draft.profile):
        if not knows_its_phases(condition, draft.profile):
            continue
        why = impossible(condition, domains)
        if why is not None:
            span = place if isinstance(place, Span) else draft.span_of(place)
            yield draft.warning(span, "never-true", f"this is never true: {why}")


def _conditions(
    draft: Draft, profile: Profile
) -> Iterator[tuple[Span | Source, Expression, Domains]]:
    everywhere = domains_of(draft, profile)
    for index, phase in enumerate(profile.phases):
        here = {**everywhere, "phase": Domain(texts=frozenset({phase.name}))}
        if phase.until is not None:
            span = draft.in_phase(index, "until")
            yield span, phase.until.when, here
        if phase.hold is not None:
            yield draft.in_phase(index, "hold_while"), phase.hold.while_.when, here
        for step in steps_of_phase(phase):
            yield from _of_step(step, here)
    for rule in profile.rules:
        for step in all_steps(rule.do):
            yield from _of_step(step, everywhere)


def _of_step(step: Step, domains: Domains) -> Iterator[tuple[Source, Expression, Domains]]:
    asked = [] if step.condition is None else [step.condition]
    if isinstance(step.args, IfStep):
        asked.append(step.args.condition)
    if isinstance(step.args, ChooseStep):
        asked += [each.condition for each in step.args.choices]
    if isinstance(step.args, RepeatStep) and step.args.condition is not None:
        asked.append(step.args.condition)
    if isinstance(step.args, WaitUntilStep):
        asked.append(step.args.until.when)
    for condition in asked:
        yield step.source, condition, domains
