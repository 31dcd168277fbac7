"""Of a worker that was given nowhere to keep pictures."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.ports.album import Kept, Piece


class NoAlbum:
    """`ports.Album` that keeps nothing, and says so."""

    def keep(
        self, _name: str, _picture: bytes, deliver: Callable[[Kept | None, str], None], /
    ) -> None:
        deliver(None, "the picture could not be kept: this worker has no folder for pictures")

    async def piece(self, _file: str, _offset: int, _length: int, /) -> Piece | None:
        return None

    async def handed_over(self, _file: str, /) -> None:
        """Nothing is here."""
