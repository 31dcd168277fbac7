"""Query and body of a request as values, or a problem that says what is wrong with them."""

from __future__ import annotations

import asyncio
import types
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

import msgspec
from aiohttp import web

from orchestrator.server.problems import Problem, kind_of

BODY_MAX_BYTES: Final = 2 * 1024 * 1024
BODY_LIMIT_S: Final = 15.0
T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)


async def read_body(request: web.Request) -> bytes:
    """All of it; aiohttp refuses one that is larger than `BODY_MAX_BYTES`.

    Raises:
        Problem: it did not come in time.
    """
    try:
        async with asyncio.timeout(BODY_LIMIT_S):
            return await request.read()
    except TimeoutError:
        raise Problem(408, f"the body did not come within {BODY_LIMIT_S:g} s") from None


def decode_body(request: web.Request, raw: bytes, kind: type[T]) -> T:
    """The body as a value.

    Raises:
        Problem: it is no JSON, or not what is wanted here.
    """
    if request.content_type != "application/json":
        raise Problem(415, "send JSON, with Content-Type: application/json")
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise Problem(422, str(error), kind=kind_of("unexpected-body")) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"the body is not JSON: {error}", kind=kind_of("no-json")) from None


def read_query(request: web.Request, kind: type[S], *, only_known: bool = True) -> S:
    """The query as a value of a struct; a page may pass over what it does not know.

    Raises:
        Problem: a parameter that is unknown, missing, given twice or out of range.
    """
    fields = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
    given: dict[str, Any] = {}
    for name in request.query:
        if name not in fields and not only_known:
            continue
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise Problem(400, f"unknown parameter '{name}'; known here: {known}")
        values = request.query.getall(name)
        if takes_many(fields[name]):
            given[name] = values
        elif len(values) == 1:
            given[name] = values[0]
        else:
            raise Problem(400, f"the parameter '{name}' is given {len(values)} times")
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(400, f"in the query: {error}", kind=kind_of("unexpected-query")) from None


def takes_many(kind: Any) -> bool:
    """Whether a parameter of this type may be repeated."""
    if get_origin(kind) is Annotated:
        return takes_many(get_args(kind)[0])
    if get_origin(kind) is types.UnionType:
        return any(takes_many(each) for each in get_args(kind))
    return get_origin(kind) is list
