"""`/api/plugins/<plugin>/<route>`: what plugins answer, declared by their documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from orchestrator.ports.plugin_routes import (
    PluginRoute,
    RouteBroke,
    RouteLate,
    RouteLost,
    RouteRefused,
)
from orchestrator.server.permission import administrators_only
from orchestrator.server.problems import Problem, kind_of
from orchestrator.server.routing import Call, Handler, Route

RETRY_AFTER_S = "5"


def routes_of(offered: Iterable[PluginRoute]) -> tuple[Route, ...]:
    """Routes like our own: read, refused, recorded and described as they are."""
    return tuple(_route(each) for each in offered)


def _route(offered: PluginRoute) -> Route:
    is_write = offered.method == "POST"
    return Route(
        method=offered.method,
        path=f"/api/plugins/{offered.plugin}/{offered.name}",
        handler=_handler(offered),
        tag="plugins",
        query=msgspec.defstruct(
            f"{offered.plugin}_{offered.name}_query",
            [(name, str, "") for name in offered.query],
            frozen=True,
        ),
        body=Any if is_write else None,
        answer=Any,
        problems=(403, 404, 409, 500, 503, 504),
        writes=is_write,
    )


def _handler(offered: PluginRoute) -> Handler:
    who = f"the plugin {offered.plugin}"

    async def ask(call: Call[Any, Any]) -> msgspec.Raw:
        if offered.is_for_administrators:
            administrators_only(call, f"ask {offered.plugin} for {offered.name}")
        query = {name: text for name, text in msgspec.structs.asdict(call.query).items() if text}
        try:
            return msgspec.Raw(await offered.answer(query, call.body, call.actor, call.role))
        except RouteRefused as refused:
            raise Problem(refused.status, str(refused), kind=kind_of("plugin-refused")) from None
        except RouteBroke as broke:
            raise Problem(500, f"{who} broke: {broke}", kind=kind_of("plugin-broke")) from None
        except RouteLost as lost:
            raise Problem(
                503,
                f"{who} is not there: {lost}",
                kind=kind_of("plugin-lost"),
                headers={"Retry-After": RETRY_AFTER_S},
            ) from None
        except RouteLate as late:
            raise Problem(504, f"{who}: {late}", kind=kind_of("plugin-late")) from None

    ask.__name__ = f"{offered.plugin}_{offered.name}"
    queries = "\n".join(f"`{name}`: {words}" for name, words in offered.query.items())
    ask.__doc__ = f"{offered.description}\n\n{queries}".strip()
    return ask
