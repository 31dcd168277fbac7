"""The bundle that the build hook makes loads in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page


@pytest.mark.browser
async def test_the_bundle_loads_without_an_error(page: Page, checkout: Path) -> None:
    application = web.Application()
    application.router.add_get("/", _shell)
    bundle = checkout / "orchestrator" / "server" / "static" / "bundle"
    application.router.add_static("/bundle", bundle)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfailed", lambda request: errors.append(request.url))
    async with TestServer(application) as server:
        await page.goto(str(server.make_url("/")))
        await page.wait_for_function("window.bundleLoaded === true")
    assert errors == []


async def _shell(request: web.Request) -> web.Response:
    return web.Response(
        text="""<!doctype html><title>Axenic</title>
        <link rel="icon" href="data:,"><link rel="stylesheet" href="/bundle/main.css">
        <script type="module">import "/bundle/main.js"; window.bundleLoaded = true;</script>""",
        content_type="text/html",
    )
