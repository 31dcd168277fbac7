"""A job that nobody offers.

Jobs are what runs on a vessel: stirring, od_reading, temperature, dosing. Which there are, the
documents in `contrib/jobs` and plugins say.

Mend the name; the message lists what is there. If a plugin should offer the job, see that it is
installed.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report jobs that are in no catalogue."""
    known = draft.catalogue.jobs
    for mention in draft.mentions("job"):
        if mention.name not in known:
            message = f"there is no job '{mention.name}'; known are {listed(known)}"
            yield draft.error(mention.span, "unknown-job", message, closest(mention.name, known))
