"""Two photodiodes of a reactor at one angle.

Signals and calibrations go by the angle: `photodiode_45` tells `od_reading.od_45`. The one called
`photodiode` may say its own with `angle:`.

Two that do stand at the same angle are one too many; give the other one the angle that it has.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import reactors_in
from orchestrator.model.photodiode import angle_of, is_photodiode


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report the second of two photodiodes at the same angle."""
    for reactor, cursor in reactors_in(draft):
        taken: dict[int, str] = {}
        sensors = cursor.get("sensors")
        for name, sensor in sensors.items() if sensors is not None else ():
            said = sensor.get("angle")
            angle = angle_of(name) or (said.data if said is not None else None)
            if not is_photodiode(name) or not isinstance(angle, int):
                continue
            if (other := taken.setdefault(angle, name)) != name:
                span = said.span if said is not None else sensor.key_span
                message = f"{reactor} has a photodiode at {angle}° already, its {other}"
                yield draft.error(span, "angle-taken", message)
