"""An input that is asked for, but changes nothing.

Whoever fills in the form for an experiment takes an input for something that matters. One that no
expression reads is a question without consequences, and often a sign that a value was written out
where the input was meant.

Use it, as in `"{{ inputs.name }}"`, or take it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.model.expression import inputs_of, signals_of


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of inputs that no expression uses."""
    used = {name for asked in draft.expressions for name in inputs_of(asked.tree)}
    own = draft.automation
    if own is not None:
        read = {name for asked in draft.expressions for name in signals_of(asked.tree)}
        used |= {name for name in own.inputs if f"{own.job}.{name}" in read}
    declared = draft.profile or own
    for name in declared.inputs if declared is not None else ():
        if name not in used:
            span = draft.document.places.of_key(("inputs", name))
            yield draft.warning(span, "unused-input", f"the input '{name}' is used nowhere")
