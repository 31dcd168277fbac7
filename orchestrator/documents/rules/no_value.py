"""A calculation of plain numbers that has no answer, such as a division by zero.

What stands around it can never be told: a condition stays unknown for as long as it is asked, a
value is never set, and a phase that waits for it waits for ever.

A result has to lie within ±2^53, an exponent within ±64; there is no root and no logarithm of a
number below zero. Write the number that was meant. Where an input has the say, give it a
`minimum:` that leaves the calculation its answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.reach import defaults_of
from orchestrator.execution.phrase import phrase
from orchestrator.model.expression import fold, inputs_of, without_value


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report what has no value, by itself or with the defaults of the inputs."""
    defaults = {} if draft.profile is None else defaults_of(draft.profile)
    for asked in draft.expressions:
        found = without_value(fold(asked.tree))
        if found is not None:
            message = f"{phrase(found[0])} has no value: {found[1]}"
            yield draft.error(asked.span, "no-value", message)
            continue
        if inputs_of(asked.tree):
            found = without_value(fold(asked.tree, defaults))
            if found is not None:
                message = f"with the inputs' defaults {phrase(found[0])} has no value: {found[1]}"
                yield draft.warning(asked.span, "no-value", message)
