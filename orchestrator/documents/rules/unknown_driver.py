"""A driver that nobody has, or that is for another kind of device."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import devices_in
from orchestrator.documents.suggest import closest, listed


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report drivers that do not exist for sensors, outputs or pumps."""
    for device in devices_in(draft):
        name, known, place = device.driver, device.known_drivers, device.cursor.get("driver")
        if name is not None and name not in known and place is not None:
            message = f"there is no driver '{name}' for {device.group}; known are {listed(known)}"
            yield draft.error(place.span, "unknown-driver", message, closest(name, known))
