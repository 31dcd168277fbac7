"""Who asks. Until there is sign-in, callers on the loopback are believed."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from orchestrator.server.problems import Problem

HEADER: Final = "X-Axenic-Actor"
NOBODY_IN_PARTICULAR: Final = "local"
_LENGTH_MAX: Final = 64


def actor_of(request: web.Request) -> str:
    """The name that goes on record with what is asked for.

    Raises:
        Problem: if the header does not hold a name.
    """
    name = request.headers.get(HEADER, NOBODY_IN_PARTICULAR).strip()
    if not name or len(name) > _LENGTH_MAX or not name.isprintable():
        raise Problem(400, f"{HEADER} holds a name of 1 to {_LENGTH_MAX} printable characters")
    return name
