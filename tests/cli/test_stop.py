"""An emergency stop goes by every way at once, and trouble on one keeps it from no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from orchestrator.cli.stop import _tell


@asynccontextmanager
async def answering(path: str, status: int, body: dict[str, object]) -> AsyncIterator[str]:
    """A server that says the same to everything; its address."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_route("*", path, answer)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.mark.parametrize("leader", ["an error", "no address", "nobody"])
async def test_rule_19_a_leader_in_trouble_keeps_nobody_from_stopping_the_workers_here(
    leader: str,
) -> None:
    problem: dict[str, object] = {"title": "Broken", "status": 500, "detail": "the store is gone"}
    stands: dict[str, object] = {"stopped": {}, "trouble": ""}
    async with (
        answering("/{all:.*}", 500, problem) as broken,
        answering("/unit_api/stop", 200, stands) as unit,
    ):
        url = {"an error": broken, "no address": "htp:/nowhere", "nobody": "http://127.0.0.1:9"}
        said = await _tell("stop", [], url[leader], {"unit1": unit})
    assert said["unit1"] == {"outcome": "done", "reason": ""}
    assert said["the leader"]["outcome"] != "done"
