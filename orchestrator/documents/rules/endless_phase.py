"""A phase that nothing ends."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.model.profile import Cron, Every


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Warn of phases whose schedule is never through and that say no other end."""
    if draft.profile is None:
        return
    for index, phase in enumerate(draft.profile.phases):
        if phase.until is not None or phase.duration_s is not None or phase.timeout is not None:
            continue
        endless = [item for item in phase.schedule if _is_endless(item)]
        if endless:
            span = draft.document.places.of_value(("phases", index, "name"))
            message = (
                f"the phase '{phase.name}' never ends by itself, since its schedule goes on for "
                "ever; it has no until:, duration: or timeout:"
            )
            yield draft.warning(span, "endless-phase", message)


def _is_endless(item: object) -> bool:
    if isinstance(item, Every):
        return item.count is None and item.until_s is None
    return isinstance(item, Cron)
