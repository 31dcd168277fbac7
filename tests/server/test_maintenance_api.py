"""Maintenance over HTTP: shown to everybody, run by administrators, one run at a time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orchestrator.leader.maintain import Maintain, Schedule
from orchestrator.ports.maintenance import Step, Tell
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import StandingClock

ADMINISTRATOR = {"X-Axenic-Role": "administrator", "X-Axenic-Actor": "root"}
RUNS = "/api/maintenance/runs"


@pytest.fixture
def go_on() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def caretaker(store: MemoryStore, clock: StandingClock, go_on: asyncio.Event) -> Maintain:
    async def back_up(tell: Tell) -> str:
        tell(0.25)
        await go_on.wait()
        return "12 readings"

    step = Step(name="backup", does="Copy the store.", perform=back_up)
    return Maintain(store, clock, [step], Schedule(cron="30 3 * * *"))


async def _get(client: Client, path: str) -> Any:
    async with client.get(path) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_a_run_is_begun_followed_and_counted(
    client: Client, caretaker: Maintain, go_on: asyncio.Event
) -> None:
    before = await _get(client, "/api/maintenance")
    assert (before["cron"], before["newest"]) == ("30 3 * * *", None)
    assert before["steps"][0]["success_rate"] is None
    task = asyncio.create_task(caretaker.run())
    async with client.post(RUNS, json={}, headers=ADMINISTRATOR) as response:
        assert response.status == 201, await response.text()
        path = response.headers["Location"]
    async with client.post(RUNS, json={}, headers=ADMINISTRATOR) as response:
        assert response.status == 409
        assert "run 1 of maintenance is under way" in (await response.json())["detail"]
    async with asyncio.timeout(5):
        while (await _get(client, path))["steps"][0]["share"] != 0.25:
            await asyncio.sleep(0.005)
        go_on.set()
        while (run := await _get(client, path))["state"] == "running":
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.wait([task])
    assert (run["state"], run["actor"], run["steps"][0]["text"]) == ("done", "root", "12 readings")
    after = await _get(client, "/api/maintenance")
    assert after["newest"] == run
    assert (after["steps"][0]["tried"], after["steps"][0]["success_rate"]) == (1, 1.0)
    assert (await _get(client, RUNS))["items"] == [run]


@pytest.mark.parametrize(
    ("by", "body", "status"),
    [({}, {}, 403), (ADMINISTRATOR, {"steps": ["mow"]}, 409), (ADMINISTRATOR, {"step": 1}, 422)],
)
async def test_what_cannot_be_run_is_refused(
    client: Client, store: MemoryStore, by: dict[str, str], body: Any, status: int
) -> None:
    async with client.post(RUNS, json=body, headers=by) as response:
        assert response.status == status, await response.text()
    assert (await store.maintenance_runs()).items == []


async def test_a_run_that_there_is_not_is_not_found(client: Client) -> None:
    for name in ("7", "x", "9" * 40):
        async with client.get(f"{RUNS}/{name}") as response:
            assert response.status == 404
