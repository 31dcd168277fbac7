"""What was read before something is changed.

`If-Match` takes the `ETag`, so that nobody writes over what somebody else wrote meanwhile.
"""

from __future__ import annotations

import hashlib
from typing import Final

from aiohttp import web

from orchestrator.server.problems import Problem, kind_of

IF_MATCH: Final = "If-Match"
_ANY: Final = "*"


def version_of_text(*parts: str) -> str:
    """By what a text, or several, are known: another text has another one."""
    content = "\0".join(parts).encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def matched(request: web.Request) -> str | None:
    """The version that was read; None where any will do.

    Raises:
        Problem: it was not said.
    """
    if IF_MATCH not in request.headers:
        raise Problem(
            428,
            f'send {IF_MATCH} with the ETag that you read, such as "3", or * for whatever it is',
            kind=kind_of("version-needed"),
        )
    return matched_if_sent(request)


def matched_if_sent(request: web.Request) -> str | None:
    """The version that was read; None where any will do, or where nothing was said of it."""
    bare = request.headers.get(IF_MATCH, _ANY).strip().removeprefix("W/").strip('"')
    return None if bare == _ANY else bare


def number_of(version: str | None) -> int | None:
    """Of what is known by a number.

    Raises:
        Problem: it is none of ours.
    """
    if version is None:
        return None
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise changed_meanwhile(f"{version:.40} is no version of it: look again")
    return int(version)


def changed_meanwhile(detail: str) -> Problem:
    """Somebody else was faster."""
    return Problem(412, detail, kind=kind_of("changed-meanwhile"))
