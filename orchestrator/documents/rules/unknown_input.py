"""An input that the profile does not declare.

`inputs.name` stands for a value that the user is asked for. What is asked is declared under
`inputs:`, with its type, so that it can be checked and a form be made of it.

Declare the input, or mend its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report inputs that are not under `inputs:`."""
    known: Collection[str] = draft.profile.inputs if draft.profile is not None else ()
    whose = "profile"
    if draft.automation is not None:
        known, whose = draft.automation.inputs, "automation"
    for mention in draft.mentions("input"):
        if mention.name not in known:
            message = f"there is no input '{mention.name}'"
            message += f"; this {whose} has {listed(known)}" if known else ""
            meant = closest(mention.name, known)
            if (
                meant is not None
                and mention.span.column + len(mention.name) < mention.span.end_column
            ):
                meant = f"inputs.{meant}"
            yield draft.error(mention.span, "unknown-input", message, meant)
