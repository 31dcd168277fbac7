"""The pictures of an experiment in its bundle: a list of all, and the newest on request."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from orchestrator.model.picture import JPEG, PNG
from orchestrator.ports.pictures import Picture
from orchestrator.server.api.export_text import as_csv, wall
from orchestrator.server.crate.archive import Archive
from orchestrator.server.services import Services

PORTION: Final = 1000
PICTURES_MAX: Final = 4000
"""Whoever reads a bundle takes so many files, and some more."""
BYTES_MAX: Final = 2_000_000_000
LIST: Final = "data/pictures.csv"
FOLDER: Final = "data/pictures/"
PICTURES: Final[Mapping[str, str]] = {
    "time_s": "When it was taken, in seconds since the vessel's run began.",
    "wall": "The same moment in UTC.",
    "vessel": "Of what.",
    "camera": "By which.",
    "label": "What somebody said that it shows.",
    "sha256": "Its checksum.",
    "size_bytes": "Its size.",
    "state": "waiting (on its worker), here (on the leader) or gone (nowhere any more).",
    "path": "Where it is in this bundle, if it is.",
}


async def add_pictures(
    archive: Archive, services: Services, experiment: str, *, whole: bool
) -> None:
    """Nothing where no picture was ever taken; `whole`: not only the list."""
    pictures = await _all(services, experiment)
    if not pictures:
        return
    held = await _held(services, pictures) if whole else {}
    rows = [_row(each, held.get(each.id)) for each in reversed(pictures)]
    listed = as_csv([tuple(PICTURES), *rows])
    await archive.add(LIST, "All pictures that were taken", "text/csv", listed)
    for picture in reversed(pictures):
        if (path := held.get(picture.id)) is not None:
            title = f"{picture.vessel} after {picture.process_s:.0f} s"
            media_type = PNG if path.suffix == ".png" else JPEG
            data = await asyncio.to_thread(path.read_bytes)
            await archive.add(_name(path), title, media_type, data)


async def _all(services: Services, experiment: str) -> Sequence[Picture]:
    """Newest first."""
    pictures: list[Picture] = []
    cursor: str | None = None
    while True:
        page = await services.store.pictures(experiment, limit=PORTION, cursor=cursor)
        pictures += page.items
        cursor = page.next
        if cursor is None:
            return pictures


async def _held(services: Services, pictures: Sequence[Picture]) -> dict[int, Path]:
    """The newest that are here, as many as fit."""
    held: dict[int, Path] = {}
    size_bytes = 0
    for picture in pictures if services.gallery is not None else ():
        assert services.gallery is not None
        path = await services.gallery.find(picture)
        if path is None:
            continue
        size_bytes += picture.size_bytes
        if len(held) >= PICTURES_MAX or size_bytes > BYTES_MAX:
            break
        held[picture.id] = path
    return held


def _row(picture: Picture, path: Path | None) -> tuple[object, ...]:
    return (
        picture.process_s,
        wall(picture.at_wall_s),
        picture.vessel,
        picture.camera,
        picture.label,
        picture.sha256,
        picture.size_bytes,
        picture.state,
        "" if path is None else _name(path),
    )


def _name(path: Path) -> str:
    return f"{FOLDER}{path.parent.name}/{path.name}"
