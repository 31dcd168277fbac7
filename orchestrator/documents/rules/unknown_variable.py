"""A variable that the automation does not declare.

Variables are what an automation in YAML remembers of each vessel from step to step. They stand
under `variables:` with a kind of value, steps set them as `variables.NAME`, and expressions read
them by the same name.

Mend the name, or declare the variable.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report variables that are not under `variables:`."""
    known = draft.automation.variables if draft.automation is not None else {}
    for mention in draft.mentions("variable"):
        if mention.name not in known:
            message = f"there is no variable '{mention.name}'"
            message += f"; this automation has {listed(known)}" if known else ""
            near = closest(mention.name, known)
            meant = None if near is None else f"variables.{near}"
            yield draft.error(mention.span, "unknown-variable", message, meant)
