"""A phase that no vessel ever comes to.

Phases follow each other in their order. One whose steps always end in `go_to`, `finish` or `fail`
does not go on to the next, so the next needs another way in: a `go_to` of a phase or of a rule, or
a timeout's `then:`. Without one, what it says is dead: it looks like a part of the experiment and
never happens.

Let something lead there, or take the phase out. If the phase before is to go on by itself in some
cases, give its `go_to` an `if:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import move_of, reachable


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of phases that nothing leads to."""
    if draft.profile is None:
        return
    phases = draft.profile.phases
    found = reachable(draft.profile)
    for index, phase in enumerate(phases):
        if index in found:
            continue
        before = phases[index - 1]
        move = move_of(before)
        why = f"'{before.name}' before it ends in {move.op}" if move else "nor to those before it"
        span = draft.in_phase(index, "name")
        message = f"nothing leads to the phase '{phase.name}': {why}"
        yield draft.warning(span, "unreachable-phase", message)
