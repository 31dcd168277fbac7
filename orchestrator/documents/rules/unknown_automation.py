"""An automation that its job cannot follow.

An automation is the law that a job follows: thermostat, chemostat, turbidostat. Each belongs to one
job.

Look in the job's page of the reference for those that it knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report automations that their job cannot follow."""
    for mention in draft.mentions("automation"):
        job = mention.job or ""
        known = draft.catalogue.automations_of(job)
        if job not in draft.catalogue.jobs or mention.name in known:
            continue
        message = f"{job} has no automation '{mention.name}'"
        message += f"; known are {listed(known)}" if known else ""
        meant = closest(mention.name, known)
        yield draft.error(mention.span, "unknown-automation", message, meant)
