"""Routes of `/api`, declared where they are answered.

A handler is `async def name(call: Call[Query, Body]) -> Answer`. The types say how query and body
are read and refused, how the answer is written, and what OpenAPI tells of them.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar, get_args, get_type_hints

import msgspec
from aiohttp import web

from orchestrator.server.actor import ADMINISTRATOR, Role, actor_of, role_of
from orchestrator.server.audit import on_record
from orchestrator.server.idempotency import answered_once, key_of
from orchestrator.server.reading import decode_body, read_body, read_query
from orchestrator.server.services import SERVICES, Services

ANSWER_LIMIT_S: Final = 30.0
Q = TypeVar("Q")
B = TypeVar("B")


class NoQuery(msgspec.Struct):
    """Takes no query."""


@dataclass(frozen=True, slots=True)
class Call(Generic[Q, B]):
    """One request, read."""

    request: web.Request
    services: Services
    query: Q
    body: B
    actor: str
    role: Role
    idempotency_key: str | None

    @property
    def is_administrator(self) -> bool:
        """Whether all may be done, to what is others' too."""
        return self.role == ADMINISTRATOR

    def named(self, part: str) -> str:
        """What stands in the path for `{part}`."""
        return self.request.match_info[part]


Handler = Callable[[Call[Any, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method at one path, and the types that go in and out."""

    method: str
    path: str
    handler: Handler
    tag: str
    query: type[msgspec.Struct]
    body: type | None
    answer: Any
    """The type; None where the handler writes the response itself."""
    status: int = 200
    media_type: str = "application/json"
    location: str = ""
    """Where what was made is found: a path with fields of the answer."""
    etag: str = ""
    """The field of the answer that changes whenever it does."""
    problems: tuple[int, ...] = ()
    writes: bool = False
    text_length_max: int = 0
    """Of a body that the handler reads itself, as text of any kind; 0 where it takes none."""

    @property
    def name(self) -> str:
        """Its handler's, which is OpenAPI's `operationId`."""
        return self.handler.__name__

    @property
    def story(self) -> tuple[str, str]:
        """First line of the handler's docstring, and the rest."""
        first, _, rest = (inspect.getdoc(self.handler) or "").partition("\n")
        return first, rest.strip()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Read, answer, write."""
        if self.answer is None:
            written: web.StreamResponse = await self.handler(self._read(request, b""))
            return written
        raw = await read_body(request) if self.method != "GET" else b""
        call = self._read(request, raw)
        if self.writes:
            return await answered_once(
                request,
                call.actor,
                raw,
                lambda: on_record(call, self.name, lambda: self._answer(call)),
            )
        return await self._answer(call)

    def _read(self, request: web.Request, raw: bytes) -> Call[Any, Any]:
        return Call(
            request=request,
            services=request.app[SERVICES],
            query=read_query(request, self.query),
            body=None if self.body is None else decode_body(request, raw, self.body),
            actor=actor_of(request),
            role=role_of(request),
            idempotency_key=key_of(request),
        )

    async def _answer(self, call: Call[Any, Any]) -> web.Response:
        async with asyncio.timeout(ANSWER_LIMIT_S):
            answer = await self.handler(call)
        headers = {}
        if self.location:
            headers["Location"] = self.location.format_map(msgspec.structs.asdict(answer))
        if self.etag:
            headers["ETag"] = f'"{getattr(answer, self.etag)}"'
        return web.Response(
            status=self.status,
            body=msgspec.json.encode(answer),
            content_type=self.media_type,
            headers=headers,
        )


@dataclass(slots=True)
class Routes:
    """The routes of one module, in the order in which they are declared."""

    tag: str
    routes: list[Route] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> Callable[[Handler], Handler]:
        """Declare a read."""
        return self._declare("GET", path, more)

    def post(self, path: str, *, writes: bool = True, **more: Any) -> Callable[[Handler], Handler]:
        """Declare a write; `writes=False` for a question that is too long for a query."""
        return self._declare("POST", path, more | {"writes": writes})

    def patch(self, path: str, **more: Any) -> Callable[[Handler], Handler]:
        """Declare a change of some fields, which needs the `ETag` that was read."""
        return self._declare("PATCH", path, more | {"writes": True, "etag": "version"})

    def put(self, path: str, **more: Any) -> Callable[[Handler], Handler]:
        """Declare a change of the whole, which needs the `ETag` that was read, if there was one."""
        return self._declare("PUT", path, more | {"writes": True})

    def _declare(
        self, method: str, path: str, more: dict[str, Any]
    ) -> Callable[[Handler], Handler]:
        def keep(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            query, body = get_args(hints["call"])
            answer = hints["return"]
            if inspect.isclass(answer) and issubclass(answer, web.StreamResponse):
                answer = None
            self.routes.append(
                Route(
                    method=method,
                    path=path,
                    handler=handler,
                    tag=self.tag,
                    query=query,
                    body=None if body is type(None) else body,
                    answer=answer,
                    **more,
                )
            )
            return handler

        return keep
