"""A pump under a name by which doses of its medium would not find it."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import devices_in


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report pumps that are not called after what they move."""
    for device in devices_in(draft):
        medium = device.cursor.text("medium")
        if device.group == "pumps" and medium is not None and device.name != f"{medium}_pump":
            message = f"the pump that moves '{medium}' has to be called {medium}_pump"
            span, meant = device.cursor.key_span, f"{medium}_pump"
            yield draft.error(span, "misnamed-pump", message, meant)
