"""A picture on its way to the leader, piece by piece."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from orchestrator.model.outcome import Outcome
from orchestrator.ports.album import Album

PIECE_BYTES: Final = 49_152
"""In base64 that is 64 KiB, which every broker takes."""


async def show_picture(album: Album, args: Mapping[str, Any]) -> dict[str, Any]:
    """Answer as commands are answered: a piece, or that there is none."""
    try:
        file, offset, have = str(args["file"]), int(args.get("offset", 0)), bool(args.get("have"))
        if offset < 0:
            raise ValueError(f"offset is at least 0, not {offset}")
        if have:
            await album.handed_over(file)
            return {"outcome": Outcome.DONE.value}
        piece = await album.piece(file, offset, PIECE_BYTES)
    except (KeyError, TypeError, ValueError) as error:
        reason = f"picture lacks or misuses an argument: {error}"
        return {"outcome": Outcome.REFUSED.value, "reason": reason}
    except OSError as error:
        return {"outcome": Outcome.FAILED.value, "reason": str(error)}
    if piece is None:
        return {"outcome": Outcome.REFUSED.value, "reason": f"there is no picture {file:.200}"}
    told = {"data": b64encode(piece.data).decode(), "size_bytes": piece.size_bytes}
    return {"outcome": Outcome.DONE.value, "result": told}
