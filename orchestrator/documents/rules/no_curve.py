"""Points through which no curve of the wanted kind can be laid.

A calibration is read both ways, so its curve has to rise or fall throughout: one reading stands for
one thing. A line needs two different points, a polynomial one more than its degree. Of points that
go up and down again one was mistyped, or two standards were swapped.

Look at the points again, measure more, or take a simpler `fit:`.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.control.calibration.apply import curve_of
from orchestrator.control.calibration.fit import NotFitted
from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Cursor, Draft
from orchestrator.model.calibration import Calibration


def check(draft: Draft, calibration: Calibration | None) -> Iterator[Diagnostic]:
    """Report points that are too few, or that turn back."""
    place = Cursor(draft, draft.document.data).get("points")
    if calibration is None or place is None:
        return
    try:
        curve_of(calibration)
    except NotFitted as error:
        yield draft.error(place.span, "no-curve", str(error))
