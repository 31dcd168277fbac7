"""Pictures of experiments, as the leader knows and keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.ports.records import Page

PictureState = Literal["waiting", "here", "gone"]
"""Still on its worker; on the leader; nowhere, since it was thinned before it could be fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One that a ledger tells of."""

    id: int
    run: str
    experiment: str
    attempt: str
    vessel: str
    file: str
    """Its name on the worker."""
    camera: str
    label: str
    sha256: str
    size_bytes: int
    process_s: float
    at_wall_s: float
    key: str | None = None
    """The action that asked for it."""
    state: PictureState = "waiting"


class Pictures(Protocol):
    """What is asked of a store about them."""

    async def pictures(
        self,
        experiment: str,
        *,
        vessel: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Picture]:
        """Newest first."""
        ...

    async def picture(self, picture: int) -> Picture | None: ...

    async def next_picture(self, worker: str) -> Picture | None:
        """The oldest one of a worker's that waits to be fetched."""
        ...

    async def settle_picture(self, picture: int, state: PictureState, *, at_wall_s: float) -> None:
        """It is here, or gone.

        Raises:
            NotFound: no such picture.
        """
        ...


class Gallery(Protocol):
    """The pictures themselves, beside the store; nothing here waits for a network."""

    async def held(self, picture: Picture) -> int:
        """How many bytes of it are here already; what comes next goes on from there."""
        ...

    async def append(self, picture: Picture, offset: int, data: bytes) -> None:
        """Add the next bytes.

        Raises:
            OSError: the disk does not take them.
        """
        ...

    async def finish(self, picture: Picture) -> bool:
        """All has come: whether it is what the ledger says; if not, it begins anew."""
        ...

    async def find(self, picture: Picture) -> Path | None:
        """Where it lies, whole."""
        ...
