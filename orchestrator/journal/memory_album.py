"""Pictures in memory, the newest of them: for rehearsals, which only have to know that there are
some, and for tests."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from orchestrator.model.picture import ENDINGS, kind_of
from orchestrator.ports.album import Kept, Piece

PICTURES_MAX: Final = 50


class MemoryAlbum:
    """`ports.Album` that forgets all but the newest pictures."""

    def __init__(self, most: int = PICTURES_MAX) -> None:
        self._most = most
        self.pictures: OrderedDict[str, bytes] = OrderedDict()

    def keep(self, name: str, picture: bytes, deliver: Callable[[Kept | None, str], None]) -> None:
        """Keep one, answered at once."""
        kind = kind_of(picture)
        if kind is None:
            return deliver(None, "the picture could not be kept: it is no picture")
        file = f"{name}.{ENDINGS[kind]}"
        self.pictures[file] = picture
        while len(self.pictures) > self._most:
            self.pictures.popitem(last=False)
        digest = sha256(picture).hexdigest()
        return deliver(Kept(file=file, sha256=digest, size_bytes=len(picture)), "")

    async def piece(self, file: str, offset: int, length: int) -> Piece | None:
        """Read a part of one."""
        picture = self.pictures.get(file)
        if picture is None:
            return None
        return Piece(data=picture[offset : offset + length], size_bytes=len(picture))

    async def handed_over(self, file: str) -> None:
        """The leader has it; the oldest go in any case."""
