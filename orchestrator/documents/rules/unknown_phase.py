"""A phase that the profile does not have.

`go_to`, a timeout's `then:` and comparisons with `phase` name a phase. With a name that does not
exist, nothing could be entered, and the comparison would never be true.

Mend the name; the message lists the profile's phases.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.domains import compared_with_phase
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report phases to go to, or to compare `phase` with, that are not under `phases:`."""
    if draft.profile is None:
        return
    known = [phase.name for phase in draft.profile.phases]
    for mention in draft.mentions("phase"):
        if mention.name not in known:
            message = f"there is no phase '{mention.name}'; this profile has {listed(known)}"
            if mention.words:
                message += f"; beside them, {', '.join(mention.words)} can stand here"
            meant = closest(mention.name, [*known, *mention.words])
            yield draft.error(mention.span, "unknown-phase", message, meant)
    for asked in draft.expressions:
        for name in compared_with_phase(asked.tree):
            if name not in known:
                span = draft.document.word_in(asked.span, name)
                message = f"there is no phase '{name}'; this profile has {listed(known)}"
                yield draft.error(span, "unknown-phase", message, closest(name, known))
