"""An item or a rule with a name that the phase's own parts go by.

In the record of a run, `do`, `on_enter`, `on_leave`, `until`, `timeout`, `hold_while` and
`together` are what the phase itself does, what ends it and what holds it up. A schedule item or a
rule of the same name could not be told from them.

What an automation in YAML does goes by the names of its job, its own and its part's, as in
`dosing.morbidostat.escaped`; names that begin like this are kept for it.

Choose another name.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.model.key import RESERVED_ITEMS


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report names that the ledger keeps for phases."""
    for item in draft.items:
        if item.noun != "phase" and item.name in RESERVED_ITEMS:
            message = f"'{item.name}' is what the phase's own parts are called"
            yield draft.error(item.span, "reserved-name", message)
        for job, automation in draft.catalogue.behaviours:
            if item.name.startswith(f"{job}.{automation}."):
                message = f"'{item.name}' is what a part of the automation {automation} is called"
                yield draft.error(item.span, "reserved-name", message)
