"""Two routes without a name that lead to the same place.

What became of each message is recorded under its route, and a route without a name is known by
where it leads. With two alike nobody could tell which of them has told.

Take one of the two out, or give one a `name:`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.draft import Cursor, Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report the later ones of those that are alike."""
    listed = Cursor(draft, draft.document.data).get("notifications")
    seen: dict[tuple[str, ...], Span] = {}
    for each in listed.elements() if listed is not None else ():
        if isinstance(each.data, dict) and "name" in each.data:
            continue
        first = seen.setdefault(_to(each.data), each.span)
        if first is not each.span:
            message = (
                f"another route without a name leads there, at {first.line}:{first.column}; "
                "give one of them a name, or take it out"
            )
            yield draft.error(each.span, "same-route", message)


def _to(route: Any) -> tuple[str, ...]:
    to = route.get("to") if isinstance(route, dict) else route
    return tuple(map(str, to)) if isinstance(to, list) else (str(to),)
