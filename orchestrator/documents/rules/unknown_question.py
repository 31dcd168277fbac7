"""A question that nobody asks.

`on: {answer: …}` starts a rule when a person answers the `ask` or `sample` of that name. The name
is the step's own `name:`, since two questions may read alike. Without a step of that name the rule
waits for ever.

Give the step a name, or mend the one here; the message lists the questions that have one.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import all_steps, steps_of_phase
from orchestrator.documents.suggest import closest, listed
from orchestrator.model.profile import Profile

_ASKING = ("ask", "sample")


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report answers to questions that no step of that name asks."""
    if draft.profile is None:
        return
    known = list(dict.fromkeys(_named_questions(draft.profile)))
    for mention in draft.starts:
        if mention.kind == "answer" and mention.name not in known:
            message = f"no ask or sample has the name '{mention.name}'"
            message += f"; there is {listed(known)}" if known else ": give the step a name:"
            meant = closest(mention.name, known)
            yield draft.error(mention.span, "unknown-question", message, meant)


def _named_questions(profile: Profile) -> Iterator[str]:
    steps = [step for phase in profile.phases for step in steps_of_phase(phase)]
    steps += [step for rule in profile.rules for step in all_steps(rule.do)]
    yield from (step.name for step in steps if step.op in _ASKING and step.name is not None)
