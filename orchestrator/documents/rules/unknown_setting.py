"""A setting that the job, or the automation it follows, does not have.

Settings are written below their job, or as `job.setting` in `set` and ramps. An automation's inputs
are settings of its job, but only while the job follows that automation.

Mend the name, or choose the automation that the setting belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft, Mention
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report settings that do not exist where they are written."""
    for mention in draft.mentions("setting"):
        job, _, short = mention.name.partition(".")
        if job not in draft.catalogue.jobs:
            if mention.job is None:  # else unknown_job reports the job that it stands below
                yield _no_such_job(draft, mention)
            continue
        automations = draft.catalogue.automations_of(job)
        automation = mention.automation if mention.automation in automations else None
        if short not in draft.catalogue.settings_of(job, automation):
            yield _no_such_setting(draft, mention, job, short)


def _no_such_job(draft: Draft, mention: Mention) -> Diagnostic:
    names = [
        f"{job}.{short}"
        for job in draft.catalogue.jobs
        for short in draft.catalogue.settings_of(job)
    ]
    job, dot, _ = mention.name.partition(".")
    message = f"there is no job '{job}'; known are {listed(draft.catalogue.jobs)}"
    if not dot:
        message = f"'{mention.name}' is no setting; settings are written job.setting"
    return draft.error(mention.span, "unknown-setting", message, closest(mention.name, names))


def _no_such_setting(draft: Draft, mention: Mention, job: str, short: str) -> Diagnostic:
    automation = mention.automation
    owners = [
        name for name, each in draft.catalogue.automations_of(job).items() if short in each.inputs
    ]
    if owners and automation is not None:
        message = f"'{short}' belongs to the automation {owners[0]}, but {job} follows {automation}"
        return draft.error(mention.span, "unknown-setting", message)
    known = list(draft.catalogue.settings_of(job, automation))
    if not short:
        message = f"settings are written job.setting; {job} has {listed(known)}"
        return draft.error(
            mention.span,
            "unknown-setting",
            message,
            f"{job}.{known[0]}" if len(known) == 1 else None,
        )
    if mention.job is not None and draft.catalogue.automations_of(job):
        known.append("automation")
    message = f"{job} has no setting '{short}'"
    message += f"; known are {listed(known)}" if known else ""
    meant = closest(short, known)
    if meant is not None and mention.job is None:
        meant = f"{job}.{meant}"
    return draft.error(mention.span, "unknown-setting", message, meant)
