"""Two devices on one pin."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic, Span
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import wired_in


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report pins that a device before takes already, of whatever reactor."""
    taken: dict[int, tuple[str, Span]] = {}
    for name, cursor in wired_in(draft):
        pin = cursor.get("pin")
        if pin is None or not isinstance(pin.data, int):
            continue
        if pin.data in taken:
            first, place = taken[pin.data]
            message = f"{first} is on pin {pin.data} already, at {place.line}:{place.column}"
            yield draft.error(pin.span, "pin-taken", message)
        else:
            taken[pin.data] = name, pin.span
