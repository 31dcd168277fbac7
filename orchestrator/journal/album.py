"""The pictures of a unit on its disk: written whole, counted, and the oldest taken away in time.

Pictures never fill a disk. Where there are more than `bytes_max` of them, or less than `free_min`
bytes are left on the disk, the oldest go: first those that the leader has, then the others. A
picture that the leader has is read-only: that is how the folder itself remembers it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from orchestrator.model.picture import ENDINGS, kind_of
from orchestrator.ports.album import Kept, Piece

FOLDER: Final = "pictures"
BYTES_MAX: Final = 1_000_000_000
FREE_MIN_BYTES: Final = 500_000_000
HAD: Final = 0o444
"""Mode of a picture that the leader has."""
PART: Final = ".part"


class Shelved(NamedTuple):
    """A picture as its folder shows it."""

    is_needed: bool
    changed_ns: int
    name: str
    size_bytes: int


class DiskAlbum:
    """`ports.Album` in a folder; one thread writes, so that no loop waits for a disk."""

    def __init__(
        self,
        folder: Path,
        *,
        bytes_max: int = BYTES_MAX,
        free_min_bytes: int = FREE_MIN_BYTES,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        """`folder` is the unit's; pictures live in one of their own below it."""
        self._folder, self._bytes_max, self._free_min = folder, bytes_max, free_min_bytes
        self._free_bytes = free_bytes
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="album")

    async def close(self) -> None:
        """Finish what is being written."""
        await asyncio.to_thread(self._writer.shutdown)

    def keep(self, name: str, picture: bytes, deliver: Callable[[Kept | None, str], None]) -> None:
        """Write one; answered on the loop's thread."""
        loop = asyncio.get_running_loop()

        def write() -> None:
            kept, fault = None, ""
            try:
                kept = self._write(name, picture)
            except (OSError, ValueError) as error:
                fault = f"the picture could not be kept: {error}"
            with contextlib.suppress(RuntimeError):  # the loop is gone, and nobody left to tell
                loop.call_soon_threadsafe(deliver, kept, fault)

        self._writer.submit(write)

    async def piece(self, file: str, offset: int, length: int) -> Piece | None:
        """Read a part of one."""
        return await self._do(partial(self._piece, file, offset, length))

    async def handed_over(self, file: str) -> None:
        """The leader has it."""
        await self._do(partial(self._mark, file))

    async def _do(self, work: Callable[[], Piece | None]) -> Piece | None:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    # ---- on the writer's thread

    def _write(self, name: str, picture: bytes) -> Kept:
        kind = kind_of(picture)
        if kind is None:
            raise ValueError("it is no picture")
        path = self._free_path(f"{name}.{ENDINGS[kind]}")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._make_room(len(picture))
        part = path.with_name(f".{path.name}{PART}")
        try:
            with part.open("wb") as file:
                file.write(picture)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        digest = sha256(picture).hexdigest()
        return Kept(file=self._name_of(path), sha256=digest, size_bytes=len(picture))

    def _free_path(self, name: str) -> Path:
        """Never one that is taken: a picture that is on record is not replaced."""
        path = self._below(name)
        if path is None:
            raise ValueError(f"{name!r} is no name of a picture")
        number = 1
        while path.exists():
            number += 1
            path = path.with_name(f"{Path(name).stem}-{number}{path.suffix}")
        return path

    def _make_room(self, wanted_bytes: int) -> None:
        """Take away the oldest until there is room.

        Raises:
            OSError: none is left, and the disk is too full even so.
        """
        shelved = sorted(self._shelved())
        taken_bytes = sum(each.size_bytes for each in shelved)
        free_bytes = self._free_bytes(self._folder)
        for each in shelved:
            if (
                taken_bytes + wanted_bytes <= self._bytes_max
                and free_bytes - wanted_bytes >= self._free_min
            ):
                return
            (self._folder / each.name).unlink(missing_ok=True)
            taken_bytes, free_bytes = taken_bytes - each.size_bytes, free_bytes + each.size_bytes
        if free_bytes - wanted_bytes < self._free_min:
            raise OSError(f"the disk has only {free_bytes / 1e6:.0f} MB left")

    def _shelved(self) -> Iterator[Shelved]:
        for path in (self._folder / FOLDER).rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                if path.name.endswith(PART):
                    path.unlink()  # of a process that was killed: there is one writer only
                elif path.is_file():
                    about = path.stat()
                    is_needed = bool(about.st_mode & 0o200)
                    name = self._name_of(path)
                    yield Shelved(is_needed, about.st_mtime_ns, name, about.st_size)

    def _piece(self, file: str, offset: int, length: int) -> Piece | None:
        path = self._below(file)
        if path is None:
            return None
        try:
            with path.open("rb") as opened:
                opened.seek(offset)
                size_bytes = os.fstat(opened.fileno()).st_size
                return Piece(data=opened.read(length), size_bytes=size_bytes)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None

    def _mark(self, file: str) -> None:
        path = self._below(file)
        if path is not None:
            with contextlib.suppress(FileNotFoundError):
                path.chmod(HAD)

    def _below(self, name: str) -> Path | None:
        """A path in the folder of pictures; None for a name that leads out of it."""
        parts = PurePosixPath(name).parts
        if len(parts) < 2 or parts[0] != FOLDER or ".." in parts or "\0" in name:
            return None
        path = self._folder.joinpath(*parts)
        inside = path.resolve().is_relative_to((self._folder / FOLDER).resolve())
        return path if inside else None

    def _name_of(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def _sync_folder(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
