"""A waste pump that fills the vessel, or another one that empties it."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import devices_in

WASTE = "waste"


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report pumps that turn the wrong way for what they move."""
    for device in devices_in(draft):
        medium, direction = device.cursor.text("medium"), device.cursor.text("direction")
        place = device.cursor.get("direction")
        right = "out" if medium == WASTE else "in"
        wrong = direction in ("in", "out") and direction != right
        if wrong and medium is not None and place is not None:
            message = f"{medium} is pumped {right}, not {direction}"
            yield draft.error(place.span, "wrong-direction", message, right)
