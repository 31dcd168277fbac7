"""A photodiode under a name by which its readings would not be found, or an angle of something
else.

The first is called `photodiode`; the others are called after their angle, `photodiode_45`,
`photodiode_90`, `photodiode_135` and `photodiode_180`, and so are their signals. An `angle:` beside
such a name has to be the same one.

Mend the name or the angle; a sensor that is no photodiode has none.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.hardware import Device, devices_in
from orchestrator.model.photodiode import ANGLES, AT_ANGLE, PHOTODIODE, angle_of, is_photodiode


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report names of photodiodes with an angle that is none, or not theirs, and other angles."""
    for device in devices_in(draft):
        if device.group != "sensors":
            continue
        before, _, suffix = device.name.partition("_")
        has_angle = suffix.isdigit() or device.cursor.get("angle") is not None
        if before == PHOTODIODE and has_angle and not is_photodiode(device.name):
            yield _nameless(draft, device)
        else:
            yield from _angles(draft, device)


def _nameless(draft: Draft, device: Device) -> Diagnostic:
    message = f"no photodiode is called '{device.name}': they are called {', '.join(AT_ANGLE)}"
    said = device.cursor.get("angle")
    meant = f"{PHOTODIODE}_{said.data}" if said is not None and said.data in ANGLES else None
    return draft.error(device.cursor.key_span, "misnamed-photodiode", message, meant)


def _angles(draft: Draft, device: Device) -> Iterator[Diagnostic]:
    said, named = device.cursor.get("angle"), angle_of(device.name)
    if said is None or said.data not in ANGLES or said.data == named:
        return
    if not is_photodiode(device.name):
        message = f"a {device.name} has no angle: it is no photodiode"
        yield draft.error(said.span, "misnamed-photodiode", message)
    elif named is not None:
        message = f"{device.name} says that it stands at {said.data}°, and is called after {named}°"
        yield draft.error(said.span, "misnamed-photodiode", message, str(named))
