"""Calls that make more steps than a worker should carry.

The steps of a sequence stand in the plan once for each call. Sequences that call others several
times multiply: three of them, each with twenty calls of the next, make eight thousand steps out of
sixty.

Use `repeat` within a sequence instead of calling it many times over.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.build.nested import STEPS_MAX
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report the call with which it becomes too much."""
    total = 0
    for each in draft.calls:
        total += each.steps
        if total > STEPS_MAX:
            message = (
                f"with the {each.steps:,} steps of this call the calls of this profile make "
                f"{total:,}; {STEPS_MAX:,} are possible"
            )
            yield draft.error(each.span, "too-many-steps", message)
            return
