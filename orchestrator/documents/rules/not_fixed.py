"""A measurement where something has to be known beforehand, such as a duration or a limit."""

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
