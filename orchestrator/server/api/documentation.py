"""`/api/openapi.json` and `/api/docs`: what there is to ask."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from orchestrator.server.render import render
from orchestrator.server.routing import Call, NoQuery, Routes

routes = Routes("documentation")
OPENAPI = web.AppKey("openapi", dict[str, Any])


@routes.get("/api/openapi.json")
async def get_openapi(call: Call[NoQuery, None]) -> web.Response:
    """Read this description, as OpenAPI 3.1."""
    body = msgspec.json.encode(call.request.app[OPENAPI])
    return web.Response(body=body, content_type="application/json")


@routes.get("/api/docs", media_type="text/html")
async def get_docs(call: Call[NoQuery, None]) -> web.Response:
    """Read it as a page."""
    return render(call.request, "docs.html", title="API", data=call.request.app[OPENAPI])
