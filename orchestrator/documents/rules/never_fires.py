"""A rule whose condition can never be true.

A rule fires when its `when:` becomes true and its `if:` is true then. Where the two contradict each
other or themselves (a density above 2 and below 1, a phase that no vessel comes to, a stirrer
faster than it can turn), the rule waits for ever, and what it was to guard against happens
unguarded.

The same is true of a rule that starts on a phase that no vessel comes to, on the state of a job
that runs nowhere, or at times that end before the first of them.

Look at the signs first: an `and` that should be an `or`, a `<` that should be a `>`. The message
names the signal that no value fits.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.domains import domains_of, knows_its_phases
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import reachable
from orchestrator.documents.homes import homed_rules
from orchestrator.documents.reach import known
from orchestrator.documents.satisfy import Domain, Domains, impossible
from orchestrator.model.expression import And
from orchestrator.model.profile import EventStart, EveryStart, Profile, Rule, Start, WhenStart
from orchestrator.model.units import format_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of rules that nothing sets off."""
    if draft.profile is None:
        return
    domains = domains_of(draft, draft.profile)
    for home in homed_rules(draft.profile):
        rule, here = home.rule, domains
        if home.phase is not None:
            here = {**here, "phase": Domain(texts=frozenset({home.phase}))}
        if home.vessels is not None:
            here = {**here, "vessel": Domain(texts=home.vessels)}
        for start in rule.starts:
            why = _why_never(draft, draft.profile, rule, start, here)
            if why is not None:
                what = "this rule never fires" if len(rule.starts) == 1 else "this never fires"
                yield draft.warning(draft.span_of(start.source), "never-fires", f"{what}: {why}")


def _why_never(
    draft: Draft, profile: Profile, rule: Rule, start: Start, domains: Domains
) -> str | None:
    asked = [start.when.when] if isinstance(start, WhenStart) else []
    asked += [] if rule.condition is None else [rule.condition]
    condition = And(tuple(asked))
    if asked and knows_its_phases(condition, profile):
        why = impossible(condition, domains)
        if why is not None:
            return why
    if isinstance(start, EveryStart):
        return _why_no_time(start, profile)
    if not isinstance(start, EventStart):
        return None
    if start.event in ("phase_entered", "phase_left"):
        reached = {profile.phases[number].name for number in reachable(profile)}
        names = {phase.name for phase in profile.phases}
        if start.name in names - reached:
            return f"no vessel comes to the phase {start.name}"
    runs = {each.job for each in draft.jobs}
    if start.event == "job" and start.name in draft.catalogue.jobs.keys() - runs:
        return f"the job {start.name} runs nowhere in this profile"
    return None


def _why_no_time(start: EveryStart, profile: Profile) -> str | None:
    first = start.every_s if start.from_s is None else start.from_s
    first_s = known(first, profile)
    until_s = None if start.until_s is None else known(start.until_s, profile)
    if first_s is None or until_s is None or first_s < until_s:
        return None
    return f"its first time, {_said(first_s)}, is not before until: {_said(until_s)}"


def _said(value_s: float) -> str:
    return format_quantity(value_s, "time")
