"""A rule whose condition can never be true.

A rule fires when its `when:` becomes true and its `if:` is true then. Where the two contradict each
other or themselves (a density above 2 and below 1, a phase that no vessel comes to, a stirrer
faster than it can turn), the rule waits for ever, and what it was to guard against happens
unguarded.

Look at the signs first: an `and` that should be an `or`, a `<` that should be a `>`. The message
names the signal that no value fits.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.domains import domains_of, knows_its_phases
from orchestrator.documents.draft import Draft
from orchestrator.documents.satisfy import Domain, impossible
from orchestrator.model.expression import And


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of rules that nothing sets off."""
    if draft.profile is None:
        return
    domains = domains_of(draft, draft.profile)
    for index, rule in enumerate(draft.profile.rules):
        asked = [rule.trigger.when, *([] if rule.condition is None else [rule.condition])]
        here = domains
        if rule.vessels is not None:
            here = {**domains, "vessel": Domain(texts=frozenset(rule.vessels))}
        condition = And(tuple(asked))
        if not knows_its_phases(condition, draft.profile):
            continue
        why = impossible(condition, here)
        if why is not None:
            span = draft.document.places.of_value(("rules", index, "when"))
            message = f"this rule never fires: {why}"
            yield draft.warning(span, "never-fires", message)
