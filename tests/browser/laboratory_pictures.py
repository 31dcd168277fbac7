"""What cameras saw in the laboratory: a culture that grows dense, picture by picture."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from orchestrator.ports.pictures import Gallery
from orchestrator.sim.picture import draw
from tests.browser.laboratory_ledger import EXPERIMENT, VESSELS, Laboratory

EVERY_S: Final = 3600.0


async def take_pictures(lab: Laboratory, until_s: float) -> None:
    """One an hour of each vessel; the newest has still to come."""
    assert lab.gallery is not None
    hours = int(until_s // EVERY_S)
    for vessel in VESSELS:
        for hour in range(hours):
            label = "Before the first sample" if hour == hours - 2 else ""
            await take_picture(lab, vessel, hour * EVERY_S, hour / hours, label)
            if hour < hours - 1:
                await bring_picture(lab, lab.gallery, hour / hours)


async def take_picture(
    lab: Laboratory, vessel: str, at_s: float, od600: float, label: str = ""
) -> None:
    """A ledger tells of one."""
    picture, name = draw(od600, 0.75, 1.0), f"pictures/{vessel}/{at_s:011.2f}-camera.png"
    about = {"sha256": sha256(picture).hexdigest(), "size_bytes": len(picture), "label": label}
    await lab.entry(vessel, "picture", at_s=at_s, camera="camera", file=name, **about)


async def bring_picture(lab: Laboratory, gallery: Gallery, od600: float) -> None:
    """The newest one comes to the leader."""
    [newest] = (await lab.store.pictures(EXPERIMENT, limit=1)).items
    await gallery.append(newest, 0, draw(od600, 0.75, 1.0))
    assert await gallery.finish(newest)
    await lab.store.settle_picture(newest.id, "here", at_wall_s=newest.at_wall_s)
