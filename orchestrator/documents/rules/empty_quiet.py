"""Quiet hours that begin and end at the same time.

Nobody could tell whether that is never or always. Messages that are to be told at every hour go by
a route without `quiet:`.

Mend one of the two times, or leave `quiet:` out.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.routes import routes_in


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report quiet hours of no length."""
    for route in routes_in(draft):
        quiet = route.get("quiet")
        until = quiet.get("until") if quiet is not None else None
        if quiet is None or until is None or until.data != quiet.text("from"):
            continue
        message = f"quiet from {until.data} until {until.data} is never, or always"
        yield draft.error(until.span, "empty-quiet", message)
