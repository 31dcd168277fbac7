"""Outputs of which some are simulated and some are not."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import Device, devices_in

BENCH = "bench"


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report the first output of another kind than those before: a keeper has pins, or a bench."""
    first: Device | None = None
    for device in devices_in(draft):
        if device.group in ("sensors", "cameras") or device.driver not in device.known_drivers:
            continue
        first = first or device
        place = device.cursor.get("driver")
        if place is not None and (device.driver == BENCH) != (first.driver == BENCH):
            which, other = _kind(device), _kind(first)
            message = (
                f"{device} is {which}, but {first} is {other}: one worker has one or the other"
            )
            yield draft.error(place.span, "mixed-bench", message)
            return


def _kind(device: Device) -> str:
    return "simulated" if device.driver == BENCH else "real"
