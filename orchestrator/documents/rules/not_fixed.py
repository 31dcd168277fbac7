"""A measurement where something has to be known beforehand, such as a duration or a limit.

How long a phase lasts, when something falls due and where a limit lies are worked out when the
experiment is planned, so that the timetable can be shown before anything runs. Inputs are known
by then, measurements are not.

Let a condition decide instead: `until: "{{ … }}"` for a phase, a rule for what should happen at
some value.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import listed
from orchestrator.model.expression import signals_of


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report signals in values that a plan fixes; inputs may stand there."""
    for amount in draft.amounts:
        signals = signals_of(amount.tree) - {"vessel"}
        if amount.fixed and signals:
            message = (
                f"this is fixed when the experiment is planned, so inputs may stand here, but not "
                f"{listed(signals)}"
            )
            yield draft.error(amount.span, "not-fixed", message)
