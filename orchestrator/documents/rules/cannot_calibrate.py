"""A calibration of a device about which nothing can be calibrated.

Calibrated is what turns numbers into other numbers: pumps (seconds into millilitres), photodiodes
and probes (volts into what they stand for), stirrers (duty into speed) and thermometers. An LED or
a valve has nothing to compare, and a heater is judged by its thermometer.

Name the device as the hardware document does.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.documents.suggest import closest
from orchestrator.model.calibration import DEVICES, kind_of_device


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report devices that are neither pumps nor of a kind that has a calibration."""
    root = Cursor(draft, draft.document.data)
    device, place = root.text("device"), root.get("device")
    own = draft.catalogue.calibrations
    if device is None or place is None or device in own:
        return
    if kind_of_device(device) is None:
        message = (
            f"there is nothing to calibrate about '{device}'; calibrated are pumps, such as "
            f"feed_pump, and {', '.join((*DEVICES, *own))}"
        )
        known = (*DEVICES, *own, "feed_pump", "waste_pump")
        yield draft.error(place.span, "cannot-calibrate", message, closest(device, known))
