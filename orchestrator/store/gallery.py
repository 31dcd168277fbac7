"""Pictures of experiments as files beside the store: whole under their names, or half as parts."""

from __future__ import annotations

import asyncio
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Final

from orchestrator.ports.pictures import Picture

_UNFIT: Final = re.compile(r"[^A-Za-z0-9_-]+")
PART: Final = ".part"
BLOCK_BYTES: Final = 1_048_576


class FolderGallery:
    """`ports.pictures.Gallery`; a folder for each experiment and vessel."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def held(self, picture: Picture) -> int:
        """What is here, of the whole or of its part."""
        return await asyncio.to_thread(_held, self.path_of(picture))

    async def append(self, picture: Picture, offset: int, data: bytes) -> None:
        """Write a piece to its place, which is the end of what is here."""
        await asyncio.to_thread(_append, self.path_of(picture), offset, data)

    async def finish(self, picture: Picture) -> bool:
        """Whole and as the ledger says, or away with it."""
        return await asyncio.to_thread(_finish, self.path_of(picture), picture.sha256)

    async def find(self, picture: Picture) -> Path | None:
        """Where it lies."""
        path = self.path_of(picture)
        return path if await asyncio.to_thread(path.is_file) else None

    def path_of(self, picture: Picture) -> Path:
        """What a worker calls it does not lead anywhere: its number in the store tells it apart."""
        name = Path(picture.file)
        fit = [_UNFIT.sub("_", part) or "_" for part in (picture.experiment, picture.vessel)]
        ending = name.suffix if name.suffix in (".jpg", ".png") else ""
        stem = _UNFIT.sub("_", name.stem)[:100]
        return self._folder.joinpath(*fit, f"{picture.id:08d}-{stem}{ending}")


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}{PART}")


def _held(path: Path) -> int:
    for each in (path, _part(path)):
        if each.is_file():
            return each.stat().st_size
    return 0


def _append(path: Path, offset: int, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _part(path).open("r+b" if offset else "wb") as file:
        file.seek(offset)
        file.write(data)
        file.truncate()


def _finish(path: Path, digest: str) -> bool:
    if path.is_file():
        return True
    part, found = _part(path), sha256()
    with part.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            found.update(block)
        os.fsync(file.fileno())
    if found.hexdigest() != digest:
        part.unlink()
        return False
    part.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return True
