"""Pictures as `/api` shows them."""

from __future__ import annotations

from typing import Literal

import msgspec

from orchestrator.ports import pictures
from orchestrator.server.views.common import Cursor, Limit


class PicturesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which ones."""

    vessel: str | None = None
    limit: Limit = 100
    cursor: Cursor | None = None


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a vessel."""

    id: int
    vessel: str
    camera: str
    label: str
    """What it shows, where somebody said so."""
    file: str
    """Its name on the worker."""
    sha256: str
    size_bytes: int
    process_s: float
    """On the run's clock, from its begin."""
    at_wall_s: float
    state: Literal["waiting", "here", "gone"]
    """Still on its worker, here, or taken away on its worker before it could be fetched."""


def picture_view(kept: pictures.Picture) -> Picture:
    """As the API shows it."""
    return Picture(
        id=kept.id,
        vessel=kept.vessel,
        camera=kept.camera,
        label=kept.label,
        file=kept.file,
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        process_s=kept.process_s,
        at_wall_s=kept.at_wall_s,
        state=kept.state,
    )
