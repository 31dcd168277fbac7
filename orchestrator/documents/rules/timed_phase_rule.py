"""A rule of a phase that a time starts.

A phase has a `schedule:` for what happens at set times, on the clock of the phase. The `rules:` of
a phase are for what cannot be told beforehand: measurements, answers, jobs, devices. A time there
could mean the clock of the phase or that of the experiment, by which the profile's rules go.

Put it into the phase's `schedule:`, which has `at`, `every` and `cron` too; or among the profile's
own `rules:`, where times are those of the experiment.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.model.profile import EventStart, WhenStart


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report rules of phases that begin at a time."""
    phases = () if draft.profile is None else draft.profile.phases
    for phase in phases:
        for rule in phase.rules:
            for start in rule.starts:
                if not isinstance(start, WhenStart | EventStart):
                    message = (
                        f"a rule of the phase '{phase.name}' cannot start at a time; "
                        "put it into the phase's schedule:"
                    )
                    yield draft.error(draft.span_of(start.source), "timed-phase-rule", message)
