"""A limit that no job keeps.

Limits stand below the job that keeps them: `dosing: {per_hour: 30 mL}`. A limit that nobody knows
would protect nothing, and look as if it did.

Look in the job's page of the reference for the limits that it keeps.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report limits that their job does not have."""
    for mention in draft.mentions("limit"):
        job, _, short = mention.name.partition(".")
        if job not in draft.catalogue.jobs or draft.catalogue.limit(mention.name) is not None:
            continue
        known = draft.catalogue.jobs[job].limits
        message = f"{job} keeps no limit '{short}'"
        message += f"; known are {listed(known)}" if known else ""
        yield draft.error(mention.span, "unknown-limit", message, closest(short, known))
