"""A call of a sequence that the profile does not have.

`call` does the steps of an entry of `sequences:`. With a name that does not exist there is nothing
to do.

Mend the name; the message lists the profile's sequences.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report calls of what is not under `sequences:`."""
    if draft.profile is None:
        return
    known = draft.profile.sequences
    for mention in draft.mentions("sequence"):
        if mention.name not in known:
            has = f"this profile has {listed(known)}" if known else "this profile has none"
            message = f"there is no sequence '{mention.name}'; {has}"
            meant = closest(mention.name, known)
            yield draft.error(mention.span, "unknown-sequence", message, meant)
