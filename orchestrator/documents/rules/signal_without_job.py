"""A signal that is asked for, but that no job of this profile measures.

A signal comes from a job. If that job never runs, the signal has no value; a condition on it is
unknown and never fires, and a text shows `unknown`.

Add the job under `jobs:`, or in the phase that needs it.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.model.catalogue import full_name


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of signals that will be unknown for ever, since their job never runs."""
    running, missing = {each.job for each in draft.jobs}, "which never runs in this profile"
    if draft.automation is not None:
        running = {draft.automation.job, *draft.automation.needs}
        missing = "which is not under needs:"
    for mention in draft.mentions("signal"):
        job, _, short = full_name(mention.name).partition(".")
        if short and job in draft.catalogue.jobs and job not in running:
            message = f"'{mention.name}' comes from the job {job}, {missing}"
            yield draft.warning(mention.span, "signal-without-job", message)
