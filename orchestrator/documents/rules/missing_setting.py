"""A setting that an automation cannot do without.

Most settings have a default. Some cannot: no density to hold is right for every organism, no
temperature for every strain. The job's page in the reference lists them as required.

Write the setting beside the automation, or for the whole profile under `jobs:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft, JobMention
from orchestrator.documents.scopes import automation_of, on_all_vessels, outside_of
from orchestrator.model.catalogue import SettingDeclaration
from orchestrator.model.units import DIMENSIONS


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report jobs that lack a required setting of theirs or of the automation they follow."""
    for mention in draft.jobs:
        if mention.job not in draft.catalogue.jobs:
            continue
        automation = automation_of(draft, mention)
        declared = dict(draft.catalogue.jobs[mention.job].settings)
        declared.update(automation.inputs if automation is not None else {})
        for name, setting in declared.items():
            if setting.required and not _is_given(draft, mention, name):
                who = automation.name if automation and name in automation.inputs else mention.job
                yield draft.error(mention.span, "missing-setting", _message(who, name, setting))


def _is_given(draft: Draft, mention: JobMention, name: str) -> bool:
    if name in mention.settings:
        return True
    if any(name in each.settings for each in outside_of(draft, mention)):
        return True
    scopes = {
        each.scope for each in draft.jobs if each.job == mention.job and name in each.settings
    }
    return on_all_vessels(draft, scopes)


def _message(who: str, name: str, setting: SettingDeclaration) -> str:
    kind = DIMENSIONS.get(setting.type)
    unit = f" in {kind.symbol}" if kind is not None and kind.symbol else ""
    return f"{who} needs '{name}': {setting.description.lower()}{unit}"
