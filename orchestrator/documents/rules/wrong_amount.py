"""A duration, volume or count that is too small or too large to mean anything.

A phase of no duration, a dose of nothing, an `every:` of ten milliseconds or a loop of a million
turns are slips of the pen, and some of them would keep a worker from its other work.

Write the amount that is meant; the message names the least or the most that is possible there.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Amount, Draft
from orchestrator.documents.reach import Reach, reaches
from orchestrator.documents.values import SOMETHING
from orchestrator.model.units import DIMENSIONS, format_quantity


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report amounts outside what is possible where they stand."""
    for amount in draft.amounts:
        for reach in reaches(amount.tree, draft.profile):
            if amount.least <= reach.value <= amount.most:
                continue
            report = draft.warning if reach.only_possible else draft.error
            yield report(amount.span, "wrong-amount", _message(amount, reach))


def _message(amount: Amount, reach: Reach) -> str:
    kind = amount.type if amount.type in DIMENSIONS else "number"
    found = f"{format_quantity(reach.value, kind)}{reach.how}"
    if amount.least == SOMETHING and reach.value < SOMETHING:
        return f"{found} is not possible here; it has to be more than nothing"
    if reach.value < amount.least:
        return f"{found} is not possible here; the least is {format_quantity(amount.least, kind)}"
    return f"{found} is not possible here; the most is {format_quantity(amount.most, kind)}"
