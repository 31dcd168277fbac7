"""A vessel that the profile does not have.

Vessels are the roles under `vessels:`. `vessels: […]` of an item, a step or a rule, and
`vessels.name.od600` in expressions, refer to them.

Mend the name; the message lists the profile's vessels.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report vessels that are not under `vessels:`."""
    known = draft.profile.vessels if draft.profile is not None else {}
    for mention in draft.mentions("vessel"):
        if mention.name in draft.families:
            some = listed(draft.families[mention.name])
            message = f"'{mention.name}' stands for several vessels here; name one of {some}"
            yield draft.error(mention.span, "unknown-vessel", message)
        elif mention.name not in known:
            message = f"there is no vessel '{mention.name}'; this profile has {listed(known)}"
            meant = closest(mention.name, known)
            yield draft.error(mention.span, "unknown-vessel", message, meant)
