"""Names that become a folder's: they stay where they are put."""

from __future__ import annotations

import re

from orchestrator.cli.exits import BadRequest

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def plain(name: str, what: str) -> str:
    """The name, which is no path.

    Raises:
        BadRequest: it could lead out of its folder, or is no name at all.
    """
    if not _PLAIN.fullmatch(name):
        raise BadRequest(
            f"{name!r} cannot be {what}: it takes up to 64 letters, digits, '.', '_' and '-', "
            "beginning with a letter or a digit"
        )
    return name
