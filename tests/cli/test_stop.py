"""An emergency stop goes by every way at once, and trouble on one keeps it from no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from orchestrator.cli.exits import Unreachable
from orchestrator.cli.stop import _end, _tell, stop

NOBODY = "http://127.0.0.1:9"


@asynccontextmanager
async def answering(path: str, status: int, body: dict[str, object]) -> AsyncIterator[str]:
    """A server that says the same to everything; its address."""

    async def answer(_: web.Request) -> web.Response:
        kind = "application/json" if status < 400 else "application/problem+json"
        return web.json_response(body, status=status, content_type=kind)

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
        url = {"an error": broken, "no address": "htp:/nowhere", "nobody": NOBODY}
        said = await _tell("stop", [], url[leader], {"unit1": unit})
    assert said["unit1"] == {"outcome": "done", "reason": ""}
    assert said["the leader"]["outcome"] != "done"


async def test_a_worker_that_the_leader_does_not_know_was_not_reached() -> None:
    """A name with a slip in it must not pass for one that was told and could not."""
    unknown: dict[str, object] = {
        "title": "Not Found",
        "status": 404,
        "detail": "there is no worker unit9",
    }
    async with answering("/{all:.*}", 404, unknown) as leader:
        said = await _tell("stop", ["unit9"], leader, {})
    assert "there is no worker unit9" in said["unit9"]["reason"]
    with pytest.raises(Unreachable, match="not reached: unit9"):
        _end("stop", said)
    assert Unreachable.exit_code == 3


def test_rule_19_places_may_be_separated_by_commas(tmp_path: Path) -> None:
    words = ["--on", "unit1, unit2/left", "--on", "unit3"]
    said = CliRunner().invoke(stop, [*words, "--leader", NOBODY, "--data", str(tmp_path)])
    assert [line.partition(":")[0] for line in said.stdout.splitlines()] == [
        "unit1",
        "unit2/left",
        "unit3",
    ]
    assert said.exit_code == 3
