"""A profile as it is wanted this time: what was chosen stands in for the inputs' defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import CronMention, Draft
from orchestrator.documents.inputs import choose_inputs
from orchestrator.documents.schedules import is_cron
from orchestrator.model.expression import Value
from orchestrator.model.profile import Profile


def choose(
    draft: Draft, profile: Profile, given: Mapping[str, str | float | bool]
) -> list[Diagnostic]:
    """Let the rules see what was chosen instead of the defaults; say what cannot be taken."""
    chosen, problems = choose_inputs(profile, given)
    inputs = {
        name: replace(declared, default=chosen.get(name, declared.default))
        for name, declared in profile.inputs.items()
    }
    draft.profile = replace(profile, inputs=inputs)
    draft.crons += _chosen_crons(draft, profile, chosen)
    return problems


def _chosen_crons(
    draft: Draft, profile: Profile, chosen: Mapping[str, Value]
) -> Iterator[CronMention]:
    """Yield the cron entries that no document names, each once."""
    named = {(name, each.default) for name, each in profile.inputs.items()}
    for key, value in chosen.items():
        declared = profile.inputs[key.rpartition(".")[2]]
        if declared.type != "schedule" or declared.choices or (declared.name, value) in named:
            continue
        named.add((declared.name, value))
        if isinstance(value, str) and is_cron(value):
            span = draft.span_of(declared.source)
            yield CronMention(cron=value, timezone=None, span=span, choice_of=key)
