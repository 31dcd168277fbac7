"""A chart that nobody has drawn up.

A name under `charts:` stands for a document in `contrib/charts`.

Use one of the names that the message lists, or write the chart out: a `title:` and its `series:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report names under `charts:` that are not in `contrib/charts`."""
    known = draft.known_charts
    for mention in draft.mentions("chart"):
        if mention.name not in known:
            message = f"there is no chart '{mention.name}'; known are {listed(known)}"
            yield draft.error(mention.span, "unknown-chart", message, closest(mention.name, known))
