"""A value without its unit, with another's, or of another kind."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report values that could not be read as what is needed where they stand."""
    for misfit in draft.misfits:
        error = misfit.error
        yield draft.error(misfit.span, error.code, error.message, error.suggestion)
