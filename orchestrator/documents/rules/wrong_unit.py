"""A value with another kind's unit, or one that nobody knows.

A setting of a temperature takes °C, °F or K, a volume µL, mL or L, and so on; the reference lists
the units of each kind. What is given in one of them is converted, what is of another kind is never
guessed at.

Write the unit that is meant. Upper and lower case matter: `mL` and `°C`, but `rpm`.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report values that could not be read as what is needed where they stand."""
    for misfit in draft.misfits:
        error = misfit.error
        yield draft.error(misfit.span, error.code, error.message, error.suggestion)
