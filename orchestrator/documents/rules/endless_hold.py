"""A `hold_while:` that may hold its phase for ever.

While the condition is true, the clocks of the vessel stand: the phase's `duration`, its `timeout`,
its schedule and every `wait`. A probe that fell out, a bath that never gets warm, and the
experiment stands for good, without an end that anything could tell.

Say how long one visit of the phase may be held, in all: `hold_while: {when: …, max: 2 h}`. When
that is used up, the clocks go on and people are told.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report holds without a `max:` (SEMANTICS rule 8)."""
    phases = () if draft.profile is None else draft.profile.phases
    for number, phase in enumerate(phases):
        if phase.hold is not None and phase.hold.max_s is None:
            message = (
                f"this may hold the phase '{phase.name}' for ever; say how long it may be held, "
                "with max:"
            )
            yield draft.error(draft.in_phase(number, "hold_while"), "endless-hold", message)
