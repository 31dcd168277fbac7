"""A reminder beside a step that asks nobody anything.

`remind:` says how soon people are told again of a question that waits: beside `ask` and `sample`.
No other step waits for a person.

Put it beside the question, or take it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import steps_of_profile

ASKING = ("ask", "sample")


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report `remind:` where nobody is asked."""
    if draft.profile is None:
        return
    for step in steps_of_profile(draft.profile):
        if step.remind_s is not None and step.op not in ASKING:
            message = f"remind: has nothing to remind of here: {step.op} asks nobody anything"
            yield draft.error(draft.span_of(step.source), "idle-reminder", message)
