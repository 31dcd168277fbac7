"""Another vessel's signal where only the vessel's own can be relied on.

A worker holds all that its vessel needs, and goes on when network, leader and the other workers
are gone. What another vessel measures comes over the network. A rule or a wait that asks for it
can wait until it is back; a setpoint that follows it would follow a value that is old or missing.

Let a rule that reads the other vessel's signal `set` what is to change.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.model.expression import Signal, nodes_of


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report other vessels' signals in what jobs are set to (SEMANTICS rule 12)."""
    for assignment in draft.assignments:
        if assignment.moves:
            continue
        for node in nodes_of(assignment.value):
            if isinstance(node, Signal) and node.vessel is not None:
                message = (
                    f"{node.key} comes over the network; it may stand in rules, waits and until, "
                    "but no job may depend on it"
                )
                yield draft.error(assignment.span, "foreign-signal", message)
