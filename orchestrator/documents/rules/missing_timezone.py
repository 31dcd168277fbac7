"""A cron entry whose timezone depends on the cluster that it runs on.

`0 9 * * *` is nine o'clock somewhere. Without a `timezone:` it is that of whatever cluster the
experiment is submitted to, so that the same profile does different things in two laboratories. It
is written into the plan, so it does not change while the experiment runs.

Write `timezone: Europe/Berlin`, or wherever the people are who take the samples, for the whole
profile or beside the entry.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.intervals import goes_by_the_clock


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of cron entries without a timezone (SEMANTICS rule 7)."""
    if draft.profile is None or draft.profile.timezone is not None:
        return
    for mention in draft.crons:
        if mention.follows is None or mention.timezone is not None:
            continue
        if goes_by_the_clock(mention.follows, draft.profile):
            message = "without timezone: this follows the clock of whatever cluster it runs on"
            yield draft.warning(mention.span, "missing-timezone", message)
