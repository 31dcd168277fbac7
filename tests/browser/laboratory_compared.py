"""What the laboratory's devices were compared with, and a session that somebody is in."""

from __future__ import annotations

from msgspec import structs

from orchestrator.messages.calibrations import CalibrationRecord, CalibrationsMessage
from tests.browser.laboratory_ledger import BEGAN_S, Laboratory
from tests.support.compared_records import SESSION

PLACE = "bench-3"
"""Nothing runs there."""
DAY_S = 86400.0
VOLTS = ((0.08, 0.0), (0.61, 0.5), (1.09, 1.0), (1.9, 2.0), (2.6, 4.0))


async def compare(lab: Laboratory) -> None:
    """An expired calibration in force, a better one, and one that comes about."""
    expired = CalibrationRecord(
        reactor=PLACE,
        device="photodiode",
        name="2025-11-03",
        kind="od",
        method="spline",
        points=list(VOLTS),
        made_wall_s=BEGAN_S - 40 * DAY_S,
        by="anna",
        valid_for_s=30 * DAY_S,
        active=True,
    )
    better = CalibrationRecord(
        reactor=PLACE,
        device="photodiode",
        name="2025-11-19 with fresh standards of the same strain",
        kind="od",
        method="polynomial",
        points=[(raw * 1.05, actual) for raw, actual in VOLTS],
        made_wall_s=BEGAN_S - DAY_S,
        by="anna",
    )
    session = structs.replace(
        SESSION,
        id="1f9c2a7e",
        reactor=PLACE,
        by="anna",
        began_wall_s=BEGAN_S,
        done=3,
        of=8,
        points=[(2.0, 0.181), (2.0, 0.184), (5.0, 0.447)],
    )
    message = CalibrationsMessage(worker=PLACE, calibrations=[expired, better], sessions=[session])
    await lab.store.keep_calibrations(message, at_wall_s=BEGAN_S)
