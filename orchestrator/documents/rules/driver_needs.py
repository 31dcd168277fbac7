"""A device without what its driver cannot do without: a pin, a file, a bench."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.hardware import devices_in


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report devices whose driver lacks something."""
    root = Cursor(draft, draft.document.data)
    for device in devices_in(draft):
        driver = device.known_drivers.get(device.driver or "")
        for key in driver.needs if driver is not None else ():
            if driver is not None and (root if key == "bench" else device.cursor).get(key) is None:
                where = " at the top of the document" if key == "bench" else ""
                message = f"{device.name} needs '{key}'{where}: {driver.why}"
                yield draft.error(device.cursor.key_span, "driver-needs", message)
