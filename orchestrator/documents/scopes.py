"""Which jobs run beside each other, and what they follow there."""

from __future__ import annotations

from orchestrator.documents.draft import Draft, JobMention
from orchestrator.model.catalogue import AutomationDeclaration


def automation_of(draft: Draft, mention: JobMention) -> AutomationDeclaration | None:
    """Find the law that a job follows there: its own, the outer one, or the default."""
    name = mention.automation
    if name is None:
        outer = [each.automation for each in outside_of(draft, mention) if each.automation]
        name = outer[0] if outer else draft.catalogue.jobs[mention.job].default_automation
    return draft.catalogue.automations.get((mention.job, name)) if name is not None else None


def outside_of(draft: Draft, mention: JobMention) -> list[JobMention]:
    """List where the same job is given settings that hold here as well, the nearest first."""
    if mention.scope == "profile":
        return []
    return [each for each in draft.jobs if each.job == mention.job and each.scope == "profile"]


def runs_beside(draft: Draft, mention: JobMention, job: str) -> bool:
    """Tell whether another job runs wherever this one does."""
    scopes = {each.scope for each in draft.jobs if each.job == job}
    if "profile" in scopes or mention.scope in scopes:
        return True
    if mention.scope == "step":
        return bool(scopes)
    return on_all_vessels(draft, scopes)


def on_all_vessels(draft: Draft, scopes: set[str]) -> bool:
    """Tell whether scopes cover every vessel of the profile."""
    vessels = draft.profile.vessels.values() if draft.profile is not None else ()
    return bool(vessels) and all(f"vessel {each.written}" in scopes for each in vessels)
