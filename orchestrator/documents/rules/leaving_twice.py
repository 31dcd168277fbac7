"""A step under `on_leave:` that would leave the phase.

`on_leave:` is what a phase does when it is left already: the way on has been decided. A `go_to`,
`finish` or `fail` there would decide it again, each time it is left.

Put the step where the phase itself decides: into its `do:`, its schedule or a rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.flow import MOVES, all_steps


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report `go_to`, `finish` and `fail` under `on_leave:`."""
    phases = () if draft.profile is None else draft.profile.phases
    for phase in phases:
        for step in all_steps(phase.on_leave):
            if step.op in MOVES:
                message = f"'{phase.name}' is being left here already; {step.op} cannot stand here"
                yield draft.error(draft.span_of(step.source), "leaving-twice", message)
