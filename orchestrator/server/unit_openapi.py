"""OpenAPI 3.1 of `/unit_api`, out of its routes; without a web framework."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from orchestrator import __version__
from orchestrator.model.picture import JPEG, PNG
from orchestrator.server.examples import UNIT_FILE, Example, examples, shown
from orchestrator.server.unit_http import WORDS
from orchestrator.server.unit_routes import PREFIX, ROUTES, Route

_REFERENCE: Final = "#/components/schemas/{name}"
FILE_PATH: Final = f"{PREFIX}files/{{name}}"


class Problem(msgspec.Struct, kw_only=True):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


def unit_openapi() -> dict[str, Any]:
    """Describe all routes, and every type that goes in or out."""
    types = [Problem, *dict.fromkeys(_types(ROUTES.values()))]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    known = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, Any] = {}
    for route in ROUTES.values():
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, known)
    paths[FILE_PATH] = {"get": _file_operation(known)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Axenic, one worker", "version": __version__},
        "servers": [{"url": "http://127.0.0.1:8430"}],
        "paths": paths,
        "components": {"schemas": components},
    }


def _types(routes: Iterable[Route]) -> Iterable[Any]:
    for route in routes:
        yield route.answer
        if route.body is not None:
            yield route.body


def _operation(route: Route, known: dict[str, Any]) -> dict[str, Any]:
    summary, description = route.story
    example = examples(UNIT_FILE).get(route.handler.__name__, Example())
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": summary,
        "responses": _responses(
            {"application/json": shown({"schema": known[repr(route.answer)]}, example.answer)},
            {400, *route.problems, *((413, 422) if route.body is not None else ())},
            known,
        ),
    }
    if description:
        operation["description"] = description
    parameters = [
        {"name": name, "in": "query", "description": words, "schema": {"type": "string"}}
        for name, words in route.queries.items()
    ]
    if route.method == "POST":
        parameters += [_header("X-Axenic-Actor"), _header("Idempotency-Key")]
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        content = {"application/json": shown({"schema": known[repr(route.body)]}, example.body)}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _file_operation(known: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"application/octet-stream": {}, JPEG: {}, PNG: {}}
    return {
        "operationId": "unit_file",
        "summary": "Download a file of the worker's data folder.",
        "description": "Its ETag changes with it: If-None-Match fetches only what is new.",
        "parameters": [
            {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}},
            _header("If-None-Match"),
        ],
        "responses": {
            "304": {"description": WORDS[304]},
            **_responses(content, {400, 404}, known),
        },
    }


def _header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "string", "maxLength": 64}}


def _responses(
    content: dict[str, Any], problems: Iterable[int], known: dict[str, Any]
) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": known[repr(Problem)]}}
    return {
        "200": {"description": "OK", "content": content},
        **{
            str(each): {"description": WORDS[each], "content": problem} for each in sorted(problems)
        },
        "default": {"description": "Any other problem", "content": problem},
    }
