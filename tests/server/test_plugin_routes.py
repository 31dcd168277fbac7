"""Routes that plugins bring are like our own; one that hangs or dies delays nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from orchestrator.documents.catalogue import load_catalogue
from orchestrator.plugin_host import route as module
from orchestrator.plugin_host.route import HostedRoute, RouteSpec
from orchestrator.plugin_host.wire import Config
from orchestrator.server.app import make_app
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import DeskOffice, StandingClock, check
from tests.support.guests import UNRULY

pytestmark = pytest.mark.processes
WITHIN_S = 1.0
CONFIG = Config(
    name="echo",
    folder=str(UNRULY),
    module="routes",
    attribute="Echo",
    memory_mb=300,
    vessel="",
    simulated=False,
    options={},
    seed=0,
)


def echo(name: str, **more: Any) -> HostedRoute:
    spec: dict[str, Any] = {
        "plugin": "unruly",
        "name": name,
        "method": "GET",
        "description": "Says it again.",
        "query": {"do": "What to do instead."},
        "is_for_administrators": False,
        "config": CONFIG,
        "within_s": WITHIN_S,
    }
    return HostedRoute(RouteSpec(**{**spec, **more}))


@pytest.fixture
async def asking(store: MemoryStore, clock: StandingClock) -> AsyncIterator[Client]:
    """A server with routes of a plugin."""
    async with AsyncExitStack() as stack:
        routes = [echo("echo"), echo("write", method="POST")]
        routes.append(echo("secret", is_for_administrators=True))
        for each in routes:
            stack.push_async_callback(each.close)
        app = make_app(
            DeskOffice(store),
            store=store,
            check=check,
            clock=clock,
            catalogue=load_catalogue(),
            plugin_routes=routes,
        )
        server = TestServer(app, host="127.0.0.1")
        yield await stack.enter_async_context(TestClient[web.Request, web.Application](server))


async def ask(client: Client, path: str, **more: Any) -> tuple[int, Any]:
    async with client.get(f"/api/plugins/unruly/{path}", **more) as response:
        return response.status, await response.json()


async def test_a_plugin_answers_as_our_own_routes_do(asking: Client, store: MemoryStore) -> None:
    status, said = await ask(asking, "echo", headers={"X-Axenic-Actor": "anna"})
    assert (status, said) == (200, {"times": 1, "body": None, "actor": "anna", "role": "user"})
    assert (await ask(asking, "echo"))[1]["times"] == 2, "by the same process"
    assert (await ask(asking, "echo?nonsense=1"))[0] == 400
    wish = {"json": {"dose": [1, 2]}, "headers": {"Idempotency-Key": "once"}}
    for _ in range(2):
        async with asking.post("/api/plugins/unruly/write", **wish) as response:
            assert response.status == 200
            assert (await response.json()) == {
                "times": 1,
                "body": {"dose": [1, 2]},
                "actor": "local",
                "role": "user",
            }
    deeds = (await store.deeds(limit=5)).items
    assert [(each.deed, each.status) for each in deeds] == [("unruly_write", 200)]
    assert (await ask(asking, "secret"))[0] == 403
    status, said = await ask(asking, "secret", headers={"X-Axenic-Role": "administrator"})
    assert (status, said["role"]) == (200, "administrator")


async def test_it_stands_in_the_description_of_the_api(asking: Client) -> None:
    async with asking.get("/api/openapi.json") as response:
        paths = (await response.json())["paths"]
    told = paths["/api/plugins/unruly/echo"]["get"]
    assert (told["operationId"], told["summary"]) == ("unruly_echo", "Says it again.")
    assert [each["name"] for each in told["parameters"]] == ["do"]
    assert {"200", "403", "503", "504"} <= told["responses"].keys()
    assert "requestBody" in paths["/api/plugins/unruly/write"]["post"]


@pytest.mark.parametrize(
    ("do", "status", "detail"),
    [
        ("leave", 503, "its process ended with exit code 3"),
        ("eat", 500, "it wanted more than the 300 MB that it may have"),
        ("fail", 500, "ValueError: no such culture (routes.py:"),
        ("refuse", 409, "not now"),
        ("chatter", 500, "ValueError: its answer of 1000"),
        ("babble", 500, "TypeError: Encoding objects of type object is unsupported"),
        ("pretend", 503, "its answer makes no sense: Invalid enum value 200"),
    ],
)
async def test_what_goes_wrong_in_it_is_told_as_a_problem(
    asking: Client, do: str, status: int, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START_S", 10.0)
    monkeypatch.setattr(module, "AGAIN_S", 0.3)
    said = await ask(asking, f"echo?do={do}")
    assert said[0] == status
    assert detail in said[1]["detail"]
    again, told = await ask(asking, "echo")
    if status == 503:
        assert (again, detail in told["detail"]) == (503, True), "not started anew at once"
        await asyncio.sleep(0.35)
        again, told = await ask(asking, "echo")
    assert (again, told.get("times")) == (200, 2 if do == "refuse" else 1)


async def test_one_that_hangs_is_ended_in_time_and_delays_nobody(
    asking: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    await ask(asking, "echo")
    async with asyncio.TaskGroup() as tasks:
        hanging = tasks.create_task(ask(asking, "echo?do=sleep"))
        waiting = [tasks.create_task(ask(asking, "echo")) for _ in range(module.WAITING_MAX)]
        slowest_s = 0.0
        while not hanging.done():
            began_s = time.monotonic()
            async with asking.get("/api/health") as response:
                assert response.status == 200
            slowest_s = max(slowest_s, time.monotonic() - began_s)
            await asyncio.sleep(0.02)
    status, said = hanging.result()
    assert (status, said["type"]) == (504, "urn:axenic:problem:plugin-late")
    assert "it did not answer within 1 s" in said["detail"]
    assert slowest_s < 0.5 * WITHIN_S
    ends = sorted(each.result()[0] for each in waiting)
    assert ends == [200] * (module.WAITING_MAX - 1) + [503], "one too many waited"
