"""A phase that is entered together, and that does not say how long a vessel waits.

With `together: true` no vessel enters before all the others are there. One that is lost, stands
still or is just slow would keep all of them waiting, for ever, while their cultures grow on.

Say how long they wait, and what then: `together: {timeout: {after: 6 h, then: enter}}`, where
`then` is `fail`, `next`, `pause`, `enter` (without the missing ones) or the name of a phase.
Without it the phase's own `timeout:` counts for the waiting as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report phases where nobody can tell how long vessels wait (SEMANTICS rule 9)."""
    phases = () if draft.profile is None else draft.profile.phases
    for number, phase in enumerate(phases):
        if phase.together is None or phase.together.timeout is not None:
            continue
        if phase.timeout is None:
            place = draft.document.written(draft.in_phase(number, "together"))
            if place != "true":
                continue  # what is wrong with its own timeout is reported there
            message = (
                f"nothing says how long a vessel waits for the others before '{phase.name}'; "
                "together: needs a timeout:"
            )
            meant = "{timeout: {after: 6 h, then: enter}}"
            yield draft.error(draft.in_phase(number, "together"), "open-barrier", message, meant)
