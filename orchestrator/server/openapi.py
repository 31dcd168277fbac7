"""OpenAPI 3.1 out of the routes' declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, get_args, get_origin

import msgspec

from orchestrator.server import actor, idempotency
from orchestrator.server.examples import Example, examples, shown
from orchestrator.server.problems import MEDIA_TYPE, ProblemDocument
from orchestrator.server.routing import Route
from orchestrator.server.views.events import Event
from orchestrator.server.views.readings import ReadingsEvent
from orchestrator.server.words import field_words

_REFERENCE: Final = "#/components/schemas/{name}"
_OF_OBJECTS: Final = ("application/json", "text/yaml")
_NONE: Final = Example()
_IN_PATH: Final = re.compile(r"{(\w+)}")
# What a stream carries no route answers, but clients need the types.
_ALSO: Final = (ProblemDocument, Event, ReadingsEvent)


def openapi(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """Describe all routes, and every type that goes in or out."""
    types = list(dict.fromkeys(_types(routes)))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    known = dict(zip(types, schemas, strict=True))
    _describe_fields(types, components)
    _require_what_answers_always_have(routes, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Axenic",
            "version": version,
            "summary": "Experiments as code for bioreactors.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": _paths(routes, known),
        "components": {"schemas": dict(sorted(components.items()))},
    }


def _types(routes: Iterable[Route]) -> Iterable[Any]:
    yield from _ALSO
    for route in routes:
        yield from (each for each in (route.body, route.answer) if each is not None)
        yield from (each.type for each in msgspec.structs.fields(route.query))


def _describe_fields(types: Iterable[Any], components: Mapping[str, Any]) -> None:
    for kind in _structs_in(types):
        component = components.get(kind.__name__, {})
        for name, words in field_words(kind).items():
            if name in component.get("properties", {}):
                component["properties"][name]["description"] = words


def _require_what_answers_always_have(
    routes: Iterable[Route], components: Mapping[str, Any]
) -> None:
    """A default lets a request leave a field out; an answer has it all the same."""
    asked = {kind.__name__ for kind in _structs_in(each.body for each in routes if each.body)}
    for name, component in components.items():
        if name not in asked and "properties" in component:
            component["required"] = list(component["properties"])


def _structs_in(types: Iterable[Any]) -> set[type[msgspec.Struct]]:
    """All structs that these types are made of."""
    found: set[type[msgspec.Struct]] = set()
    waiting = list(types)
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        origin = get_origin(kind) or kind
        if isinstance(origin, type) and issubclass(origin, msgspec.Struct) and origin not in found:
            found.add(origin)
            waiting += [each.type for each in msgspec.structs.fields(origin)]
    return found


def _paths(routes: Iterable[Route], known: Mapping[Any, Any]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, known)
    return paths


def _operation(route: Route, known: Mapping[Any, Any]) -> dict[str, Any]:
    summary, description = route.story
    example = examples().get(route.name, _NONE)
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": summary,
        "parameters": [*_path_parameters(route, example), *_query_parameters(route, known)],
        "responses": _responses(route, known, example),
    }
    if description:
        operation["description"] = description
    if route.writes:
        operation["parameters"] += [_header(actor.HEADER, 64), _header(idempotency.HEADER, 200)]
        operation["parameters"].append(_role_header())
    if route.method in ("PATCH", "PUT") or {412} & set(route.problems):
        operation["parameters"].append(_header("If-Match", 40))
    if route.body is not None:
        content = {"application/json": shown({"schema": known[route.body]}, example.body)}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.text_length_max:
        text = {"type": "string", "maxLength": route.text_length_max}
        content = {"text/plain": {"schema": text}, "application/json": {"schema": {}}}
        operation["requestBody"] = {"required": False, "content": content}
    return operation


def _path_parameters(route: Route, example: Example) -> Iterable[dict[str, Any]]:
    for name in _IN_PATH.findall(route.path):
        said = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        yield shown(said, example.path.get(name))


def _query_parameters(route: Route, known: Mapping[Any, Any]) -> Iterable[dict[str, Any]]:
    for each in msgspec.structs.fields(route.query):
        schema = dict(known[each.type])
        if each.default is not msgspec.NODEFAULT:
            schema["default"] = msgspec.to_builtins(each.default)
        elif each.default_factory is not msgspec.NODEFAULT:
            schema["default"] = msgspec.to_builtins(each.default_factory())
        yield {"name": each.encode_name, "in": "query", "required": each.required, "schema": schema}


def _header(name: str, length: int) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": length}
    return {"name": name, "in": "header", "required": False, "schema": schema}


def _role_header() -> dict[str, Any]:
    schema = {"type": "string", "enum": [actor.USER, actor.ADMINISTRATOR], "default": actor.USER}
    return {"name": actor.ROLE_HEADER, "in": "header", "required": False, "schema": schema}


def _responses(route: Route, known: Mapping[Any, Any], example: Example) -> dict[str, Any]:
    schema = {"type": "string"} if route.answer is None else known[route.answer]
    if route.answer is None and route.media_type in _OF_OBJECTS:
        schema = {"type": "object"}
    good: dict[str, Any] = {
        "description": HTTPStatus(route.status).phrase,
        "content": {route.media_type: shown({"schema": schema}, example.answer)},
    }
    headers = {"Location": route.location, "ETag": route.etag}
    if any(headers.values()):
        text = {"schema": {"type": "string"}}
        good["headers"] = {name: text for name, has in headers.items() if has}
    problem = {"content": {MEDIA_TYPE: {"schema": known[ProblemDocument]}}}
    responses: dict[str, Any] = {str(route.status): good}
    for status in sorted({400, *route.problems, *_problems_of_reading(route)}):
        responses[str(status)] = {"description": HTTPStatus(status).phrase, **problem}
    responses["default"] = {"description": "Any other problem", **problem}
    return responses


def _problems_of_reading(route: Route) -> Iterable[int]:
    """What a body may be refused for, and an `Idempotency-Key`."""
    if route.body is not None:
        yield 415
    if route.body is not None or route.writes:
        yield 422
