"""A cron entry whose timezone depends on the cluster that it runs on."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of cron entries without a timezone (SEMANTICS rule 7)."""
    if draft.profile is None or draft.profile.timezone is not None:
        return
    for mention in draft.crons:
        if mention.timezone is None:
            message = "without timezone: this follows the clock of whatever cluster it runs on"
            yield draft.warning(mention.span, "missing-timezone", message)
