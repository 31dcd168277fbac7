"""Two things of one list with the same name, which the ledger could not tell apart."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report names that stand twice in one list (SEMANTICS rule 2)."""
    seen: dict[tuple[object, str], Span] = {}
    for item in draft.items:
        key = (item.within, item.name)
        first = seen.setdefault(key, item.span)
        if first is not item.span:
            message = (
                f"another {item.noun} is called '{item.name}', at {first.line}:{first.column}; "
                "a name is unique in its list"
            )
            yield draft.error(item.span, "duplicate-name", message)
