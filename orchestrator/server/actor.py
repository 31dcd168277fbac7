"""Who asks, and as what. Until there is sign-in, callers on the loopback are believed."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, cast

from aiohttp import web

from orchestrator.server.problems import Problem

HEADER: Final = "X-Axenic-Actor"
ROLE_HEADER: Final = "X-Axenic-Role"
NOBODY_IN_PARTICULAR: Final = "local"
ADMINISTRATOR: Final = "administrator"
USER: Final = "user"
Role: TypeAlias = Literal["user", "administrator"]
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


def role_of(request: web.Request) -> Role:
    """As what they ask; nobody is an administrator who does not say so.

    Raises:
        Problem: if the header holds something else.
    """
    role = request.headers.get(ROLE_HEADER, USER).strip()
    if role not in (USER, ADMINISTRATOR):
        raise Problem(400, f"{ROLE_HEADER} is {USER} or {ADMINISTRATOR}")
    return cast(Role, role)
