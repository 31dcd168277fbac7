"""The pictures of a unit: files beside its journal, bounded, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A picture that is on the disk."""

    file: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a picture."""

    data: bytes
    size_bytes: int
    """Of the whole."""


class Album(Protocol):
    """Keeps pictures, and makes room by taking away the oldest."""

    def keep(self, name: str, picture: bytes, deliver: Callable[[Kept | None, str], None]) -> None:
        """Keep one under a name without its ending, which the kind of picture gives.

        `deliver` is called once, on the loop's thread, perhaps before this returns; None with the
        reason in words where it could not be kept.
        """
        ...

    async def piece(self, file: str, offset: int, length: int) -> Piece | None:
        """Read a part; None if there is no such picture any more."""
        ...

    async def handed_over(self, file: str) -> None:
        """The leader has it: where room is needed, it goes before others."""
        ...
