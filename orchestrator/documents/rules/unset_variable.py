"""A variable of an automation that none of its steps sets.

Variables are what an automation remembers from step to step. One that nothing sets stays at its
default for ever, or unknown without one; then whatever waits for it never happens.

Set it, as in `set: {variables.name: 1}`, or make it an input, which whoever writes a profile can
choose.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of variables that are declared and nowhere set."""
    own = draft.automation
    if own is None:
        return
    written = {mention.name for mention in draft.mentions("setting")}
    for name in own.variables:
        if f"{own.job}.{name}" not in written:
            span = draft.document.places.of_key(("variables", name))
            yield draft.warning(span, "unset-variable", f"nothing sets the variable '{name}'")
