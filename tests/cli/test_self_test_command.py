"""`axenic self-test` waits for what reactors find, tells it with marks, and fails with them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner, Result

from orchestrator.cli.self_test import self_test
from tests.support.compared_records import TESTED

PASSED = msgspec.structs.replace(TESTED, trials=TESTED.trials[:1])
UNDER_WAY = msgspec.structs.replace(TESTED, ended_wall_s=None)


class Leader:
    """Knows one worker; each look at its self-test shows the next of those it was given."""

    def __init__(self, *tests: Any, refusal: str = "") -> None:
        self._tests, self._refusal = list(tests), refusal
        self.begun: list[str] = []

    async def workers(self, _: web.Request) -> web.Response:
        test = self._tests.pop(0) if len(self._tests) > 1 else self._tests[0]
        worker = {"worker": "unit1", "state": "ready", "free_reactors": ["unit1/vessel"]}
        return web.json_response({"items": [worker | {"self_tests": [msgspec.to_builtins(test)]}]})

    async def begin(self, request: web.Request) -> web.Response:
        self.begun.append(request.path_qs)
        if self._refusal:
            return web.json_response({"outcome": "refused", "reason": self._refusal, "result": {}})
        result = {"id": TESTED.id, "reactor": "vessel"}
        return web.json_response({"outcome": "done", "reason": "", "result": result})


async def unknown(_: web.Request) -> web.Response:
    problem = {"title": "Not Found", "status": 404, "detail": "there is no worker unit9"}
    return web.json_response(problem, status=404, content_type="application/problem+json")


async def told(leader: Leader, *words: str) -> Result:
    app = web.Application()
    app.router.add_get("/api/workers", leader.workers)
    app.router.add_post("/api/workers/unit1/self-test", leader.begin)
    app.router.add_post("/api/workers/unit9/self-test", unknown)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        words = (*words, "--leader", url)
        return await asyncio.to_thread(CliRunner().invoke, self_test, words)


async def test_it_waits_for_the_end_and_fails_where_a_device_did() -> None:
    leader = Leader(UNDER_WAY, UNDER_WAY, TESTED)
    said = await told(leader)
    assert leader.begun == ["/api/workers/unit1/self-test?reactor=vessel"]
    assert "✓ stirrer: 450 rpm at 30 %, 900 rpm at 60 %" in said.output
    assert "✗ heater: +0.0 °C in 60 s; no heat" in said.output
    assert said.exit_code == 1


async def test_what_passed_exits_well_and_as_json_on_request() -> None:
    leader = Leader(PASSED)
    said = await told(leader, "--on", "unit1/vessel,unit1/vessel", "--format", "json")
    assert leader.begun == ["/api/workers/unit1/self-test?reactor=vessel"]
    assert said.exit_code == 0, said.output
    [found] = json.loads(said.output)
    assert found["worker"] == "unit1"
    assert found["test"]["trials"][0]["result"] == "passed"


async def test_what_was_found_is_told_although_another_one_refused() -> None:
    said = await told(Leader(PASSED), "--on", "unit1/vessel,unit9")
    assert "✓ stirrer" in said.stdout
    assert "unit9: Not Found: there is no worker unit9" in said.stderr
    assert "tested 1 of 2" in said.output
    assert said.exit_code == 1


async def test_the_last_one_is_shown_without_another_one() -> None:
    leader = Leader(TESTED)
    said = await told(leader, "--last")
    assert not leader.begun
    assert "heater" in said.output


@pytest.mark.parametrize("words", [(), ("--on", "unit1/vessel")])
async def test_a_refusal_is_told_with_its_reason(words: tuple[str, ...]) -> None:
    said = await told(Leader(PASSED, refusal="vessel runs 20261128-abcd.1:a"), *words)
    assert said.exit_code == 1
    assert "vessel runs 20261128-abcd.1:a" in said.output
