"""A device that no reactor can have for this profile.

`on: {device: …}` starts a rule when a sensor, pump or camera fails, or works again. Devices are
called as in a reactor's description: `photodiode`, `thermometer`, `tachometer`, a pump for each
bottle, such as `feed_pump`, and `camera`, or any name that ends like that, such as `side_camera`.
A rule that waits for another name waits for ever.

Mend the name; the message lists what there is.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.documents.diagnostic import Diagnostic
from orchestrator.documents.draft import Draft
from orchestrator.documents.suggest import closest, listed
from orchestrator.model.event import SENSORS
from orchestrator.model.picture import CAMERA


def check(draft: Draft) -> Iterator[Diagnostic]:
    """Report devices that are no sensors, no cameras, and no pumps of the profile's bottles."""
    media = draft.profile.media if draft.profile is not None else {}
    known = [*SENSORS, CAMERA, *(f"{medium}_pump" for medium in media)]
    for mention in draft.starts:
        if mention.kind == "device" and mention.name not in known and not _is_camera(mention.name):
            message = f"there is no device '{mention.name}' here; known are {listed(known)}"
            meant = closest(mention.name, known)
            yield draft.error(mention.span, "unknown-device", message, meant)


def _is_camera(name: str) -> bool:
    """Cameras beyond the first are called as their owner likes, by a habit."""
    return name.endswith(f"_{CAMERA}")
