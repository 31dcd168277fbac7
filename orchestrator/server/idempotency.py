"""A write that is sent again under its `Idempotency-Key` is not done again.

Answers are remembered while the leader runs, so many of them; a submitted experiment is known by
its key in the store as well, for as long as the experiment is kept.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from orchestrator.server.problems import Problem, kind_of

HEADER: Final = "Idempotency-Key"
REMEMBERED_MAX: Final = 2000
_LENGTH_MAX: Final = 200
_AGAIN: Final = ("Location", "ETag")


@dataclass(frozen=True, slots=True)
class Answered:
    """A response as it is given again."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Remembered:
    """What was asked under a key, and its answer, now or soon."""

    fingerprint: bytes
    answer: asyncio.Future[Answered]


@dataclass(slots=True)
class Memory:
    """By (actor, key), the oldest forgotten first."""

    by_key: OrderedDict[tuple[str, str], Remembered] = field(default_factory=OrderedDict)

    def keep(self, key: tuple[str, str], asked: Remembered) -> None:
        """Remember one more."""
        self.by_key[key] = asked
        while len(self.by_key) > REMEMBERED_MAX:
            self.by_key.popitem(last=False)

    def forget(self, key: tuple[str, str], asked: Remembered) -> None:
        """It came to nothing: trying again is right."""
        if self.by_key.get(key) is asked:
            del self.by_key[key]


MEMORY = web.AppKey("idempotency", Memory)


def key_of(request: web.Request) -> str | None:
    """The key under which this is sent, if it has one.

    Raises:
        Problem: it has one that cannot be used.
    """
    key = request.headers.get(HEADER)
    if key is not None and not (0 < len(key) <= _LENGTH_MAX and key.isprintable()):
        raise Problem(400, f"{HEADER} takes 1 to {_LENGTH_MAX} printable characters")
    return key


async def answered_once(
    request: web.Request, actor: str, body: bytes, answer: Callable[[], Awaitable[web.Response]]
) -> web.Response:
    """Answer, or give the answer again that the same request had before.

    Raises:
        Problem: the key was used for another request.
    """
    text = key_of(request)
    if text is None:
        return await answer()
    memory, key = request.app[MEMORY], (actor, text)
    fingerprint = _fingerprint(request, body)
    known = memory.by_key.get(key)
    if known is None:
        return await _answer_first(memory, key, fingerprint, answer)
    if known.fingerprint != fingerprint:
        detail = f"the {HEADER} '{text}' was used for another request"
        raise Problem(422, detail, kind=kind_of("key-used-before"))
    return _again(await asyncio.shield(known.answer))


async def _answer_first(
    memory: Memory,
    key: tuple[str, str],
    fingerprint: bytes,
    answer: Callable[[], Awaitable[web.Response]],
) -> web.Response:
    asked = Remembered(fingerprint, asyncio.get_running_loop().create_future())
    memory.keep(key, asked)
    try:
        response = await answer()
    except BaseException as error:
        memory.forget(key, asked)
        asked.answer.set_exception(error if isinstance(error, Exception) else NotAnswered())
        asked.answer.exception()  # whoever waits is told; if nobody does, that is no mistake
        raise
    content = response.body if isinstance(response.body, bytes) else b""
    kept = {name: response.headers[name] for name in _AGAIN if name in response.headers}
    asked.answer.set_result(Answered(response.status, content, response.content_type, kept))
    return response


class NotAnswered(TimeoutError):
    """The first of two equal requests was given up."""


def _again(answered: Answered) -> web.Response:
    headers = {"Idempotency-Replayed": "true", **answered.headers}
    return web.Response(
        status=answered.status,
        body=answered.body,
        content_type=answered.content_type,
        headers=headers,
    )


def _fingerprint(request: web.Request, body: bytes) -> bytes:
    asked = f"{request.method} {request.raw_path}\n".encode()
    return hashlib.sha256(asked + body).digest()
