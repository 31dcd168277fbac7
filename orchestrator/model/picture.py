"""Pictures: how one is to be taken, and what is known of one that was."""

from __future__ import annotations

from typing import Final

from orchestrator.model.lazy_dataclass import dataclass

CAMERA: Final = "camera"
"""The device of a reactor that has one only, and the job."""
BYTES_MAX: Final = 16_777_216
"""No camera that looks at a vessel answers with more."""
JPEG, PNG = "image/jpeg", "image/png"
ENDINGS: Final = {JPEG: "jpg", PNG: "png"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """How a picture is to be taken."""

    light: str = ""
    """Output that is on meanwhile, and afterwards what it is wanted to be; empty: none."""
    brightness: float = 1.0
    """Its duty, 0–1, where nobody else drives it."""
    settle_s: float = 1.0
    """From turning it on to taking the picture."""
    quality: int = 85
    """Of a JPEG, 1–100."""


def kind_of(picture: bytes) -> str | None:
    """Which kind of picture this is, by how it begins and ends; None if it is none."""
    if picture.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in picture[-64:]:
        return JPEG
    if picture.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in picture[-16:]:
        return PNG
    return None
