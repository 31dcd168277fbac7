"""A bottle that the profile does not declare.

`dose` and `dilute` take their medium from a bottle, `feed` unless they say otherwise. How much is
left in it is counted from what `media:` says.

Declare the bottle under `media:` with what it holds, or mend the name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report doses of a medium that is not under `media:`."""
    known: Collection[str] = draft.profile.media if draft.profile is not None else ()
    where, whose = "media:", "profile"
    if draft.automation is not None:
        known, where, whose = draft.automation.needs_media, "needs_media:", "automation"
    for mention in draft.mentions("medium"):
        if mention.name not in known:
            message = f"there is no bottle '{mention.name}' under {where}"
            message += f"; this {whose} has {listed(known)}" if known else ""
            meant = closest(mention.name, known)
            yield draft.error(mention.span, "unknown-medium", message, meant)
