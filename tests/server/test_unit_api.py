"""SEMANTICS rule 19: what a worker answers on its own machine, with nobody else there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest

from orchestrator.messages.reports import RunReport, StopReport
from orchestrator.server.unit_api import AT_ONCE_MAX, unit_listening


class PlayedUnit:
    """A worker of which only the stops are of interest."""

    name = "unit1"

    def __init__(self) -> None:
        self.stopped: Mapping[str, StopReport] = {}
        self.trouble = ""

    def runs(self) -> list[RunReport]:
        return []

    async def emergency_stop(self, by: str) -> str:
        self.stopped = {"unit1": StopReport(by=by, at_wall_s=1.0)}
        return self.trouble

    async def release_stop(self, by: str) -> str:
        self.stopped = {}
        return f"released by {by}" if self.trouble else ""


@pytest.fixture
def unit() -> PlayedUnit:
    return PlayedUnit()


@pytest.fixture
async def client(unit: PlayedUnit) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        unit_listening(unit) as address,
        aiohttp.ClientSession(base_url=address, headers={"X-Axenic-Actor": "ada"}) as session,
    ):
        yield session


async def test_rule_19_a_worker_is_stopped_and_released_at_its_own_machine(
    client: aiohttp.ClientSession,
) -> None:
    async with client.post("/unit_api/stop") as response:
        said = await response.json()
    assert (response.status, said["worker"], said["trouble"]) == (200, "unit1", "")
    async with client.get("/unit_api/state") as response:
        assert (await response.json())["stopped"] == {"unit1": {"by": "ada", "at_wall_s": 1.0}}
    async with client.post("/unit_api/release") as response:
        assert (await response.json())["stopped"] == {}


async def test_rule_19_what_did_not_work_is_said(
    unit: PlayedUnit, client: aiohttp.ClientSession
) -> None:
    unit.trouble = "unit1 could not be made safe"
    async with client.post("/unit_api/stop") as response:
        assert (await response.json())["trouble"] == "unit1 could not be made safe"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Length": "5000"}, 413),
        ({"Transfer-Encoding": "chunked"}, 400),
        ({"X-Long": "x" * 9000}, 413),
    ],
)
async def test_other_sites_and_nonsense_are_refused(
    unit: PlayedUnit, client: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    async with client.post("/unit_api/stop", headers=headers) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"
    assert unit.stopped == {}


async def test_what_is_not_there_is_said(client: aiohttp.ClientSession) -> None:
    async with client.get("/unit_api/stop") as response:
        assert response.status == 405
    async with client.get("/unit_api/heat") as response:
        assert response.status == 404


async def test_who_hangs_on_keeps_nobody_from_stopping(
    unit: PlayedUnit, client: aiohttp.ClientSession
) -> None:
    port = client._base_url.port if client._base_url else None
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(AT_ONCE_MAX - 1)]
    async with client.post("/unit_api/stop") as response:
        assert response.status == 200
    assert unit.stopped
    for _, writer in idle:
        writer.close()


async def test_a_taken_port_is_no_obstacle(unit: PlayedUnit) -> None:
    async with unit_listening(unit) as first:
        port = int(first.rpartition(":")[2])
        async with unit_listening(unit, port) as second:
            assert second != first
