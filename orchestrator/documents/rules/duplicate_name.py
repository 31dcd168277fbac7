"""Two things of one list with the same name, which the ledger could not tell apart.

What becomes of each action is recorded under its name, so that a worker that restarts knows what it
has done, and so that a change of a running experiment finds what it is about. With two equal names
in a list, neither would be certain.

Choose another name for one of the two, or leave names out where nothing refers to them.
"""

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
