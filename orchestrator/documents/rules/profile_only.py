"""An automation that names what only a profile has.

An automation goes with any profile that follows it, on any vessel, in any phase. So it cannot go to
a phase, call a sequence or speak of a vessel by name: the next profile has none that is called so.

Let the automation set, dose and alert, and let the profile's own rules decide what follows from it;
they can read the automation's inputs and variables as settings of its job.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.domains import compared_with_phase
from orchestrator.documents.draft import Draft, NameKind

_KINDS: Final[tuple[NameKind, ...]] = ("phase", "sequence", "vessel")


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report phases, sequences and vessels that an automation names."""
    for kind in _KINDS:
        for mention in draft.mentions(kind):
            yield draft.error(mention.span, "profile-only", _message(kind, mention.name))
    for asked in draft.expressions:
        for name in compared_with_phase(asked.tree):
            span = draft.document.word_in(asked.span, name)
            yield draft.error(span, "profile-only", _message("phase", name))


def _message(kind: str, name: str) -> str:
    return f"an automation goes with any profile, so it cannot name the {kind} '{name}'"
