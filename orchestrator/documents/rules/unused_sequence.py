"""A sequence that nothing calls.

Its steps are never done. Either the call was forgotten, or the sequence is left over from an
earlier version of the profile.

Call it, as in `- call: wash`, or take it out. A call from another sequence counts only if that one
is called.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of sequences that no phase, item or rule comes to."""
    if draft.profile is None:
        return
    within = [each for each in draft.calls if each.path[0] == "sequences"]
    used: set[str] = set()
    waiting = [each.sequence for each in draft.calls if each.path[0] != "sequences"]
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += [each.sequence for each in within if each.path[1] == name]
    for name in draft.profile.sequences:
        if name not in used:
            span = draft.document.places.of_key(("sequences", name))
            yield draft.warning(span, "unused-sequence", f"nothing calls the sequence '{name}'")
