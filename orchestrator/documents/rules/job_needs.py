"""A job without another, or without a bottle, that it cannot work without.

Growth rate is worked out from optical density, and a turbidostat holds one: without `od_reading`
beside them they would wait for ever. A law that exchanges medium needs the bottles it takes from
and gives to.

Add the job where this one runs (for the whole profile, or in the same phase), and the bottle under
`media:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft, JobMention
from orchestrator.documents.scopes import automation_of, runs_beside


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report jobs and automations whose needs the profile does not meet."""
    for mention in draft.jobs:
        if mention.job in draft.catalogue.jobs:
            yield from _jobs(draft, mention)
            yield from _media(draft, mention)


def _jobs(draft: Draft, mention: JobMention) -> Iterator[Diagnostic]:
    automation = automation_of(draft, mention)
    needs = [(mention.job, other) for other in draft.catalogue.jobs[mention.job].needs]
    if automation is not None:
        needs += [(automation.name, other) for other in automation.needs]
    for who, other in needs:
        if not runs_beside(draft, mention, other):
            message = f"{who} needs the job {other} beside it"
            yield draft.error(mention.span, "job-needs", message)


def _media(draft: Draft, mention: JobMention) -> Iterator[Diagnostic]:
    automation = automation_of(draft, mention)
    bottles = draft.profile.media if draft.profile is not None else {}
    for medium in automation.needs_media if automation is not None else ():
        if automation is not None and medium not in bottles:
            message = f"{automation.name} needs the bottle {medium} under media:"
            yield draft.error(mention.span, "job-needs", message)
