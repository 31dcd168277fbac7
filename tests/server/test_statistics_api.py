"""What became of all that was started, over HTTP and on the command line."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.ports.statistics import Expected
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.rich import let_it_run
from tests.support.stores import HOUR_S, WALL, lived


async def get(client: Client, path: str, status: int = 200) -> Any:
    async with client.get(path) as response:
        assert response.status == status, await response.text()
        return await response.json()


async def test_attempts_are_counted_with_their_length_against_the_estimate(
    client: Client, store: MemoryStore
) -> None:
    expected = Expected(least_s=HOUR_S, most_s=3 * HOUR_S, basis="a rehearsal", profile="Hold")
    for name, end, lasted_h in (("a", "complete", 2), ("b", "complete", 4), ("c", "fail", 1)):
        await lived(store, name, lasted_h=lasted_h, end=end, expected=expected)
    found = await get(client, "/api/statistics")
    (hold,) = found["items"]
    assert (found["by"], hold["name"], found["next"]) == ("profile", "Hold", None)
    assert found["total"] == {**hold, "name": ""}
    assert hold["success_rate"] == pytest.approx(2 / 3)
    assert (hold["mean_duration_s"], hold["mean_expected_s"]) == (3 * HOUR_S, 2 * HOUR_S)
    assert (hold["mean_ratio"], hold["within"], hold["estimated"]) == (1.5, 1, 2)
    assert hold["last_success_wall_s"] == WALL + 4 * HOUR_S
    by_user = await get(client, "/api/statistics?by=user")
    assert [each["name"] for each in by_user["items"]] == ["ada"]
    later = await get(client, f"/api/statistics?by=vessel&since_wall_s={WALL + 1}")
    assert (later["items"], later["total"]["attempts"]) == ([], 0)
    assert later["total"]["success_rate"] is None


@pytest.mark.parametrize("query", ["by=weather", "since_wall_s=x", "limit=0", "month=5"])
async def test_what_cannot_be_counted_by_is_refused(client: Client, query: str) -> None:
    await get(client, f"/api/statistics?{query}", 400)


async def test_an_attempt_leads_to_its_steps_and_these_to_their_trace(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    attempt = await let_it_run(store, experiment)
    (listed,) = (await get(client, "/api/attempts?vessel=bench-1"))["items"]
    assert listed == await get(client, f"/api/attempts/{attempt}")
    assert (listed["attempt"], listed["state"]) == (attempt, "running")
    assert (listed["duration_s"], listed["expected_most_s"]) == (None, None)
    assert listed["outcomes"] == {"late": 1, "open": 1}
    page = await get(client, f"/api/attempts/{attempt}/steps?limit=2")
    rest = await get(client, f"/api/attempts/{attempt}/steps?limit=2&cursor={page['next']}")
    steps = [*page["items"], *rest["items"]]
    assert [step["kind"] for step in steps] == ["phase", "ask", "set"]
    assert (steps[2]["outcome"], steps[2]["reason"]) == ("late", "begun 40 s late")
    traced = await get(client, steps[2]["trace"])
    assert [line["key"] for line in traced["items"]] == [steps[2]["action_id"]]
    assert (await get(client, "/api/attempts/e9.1", 404))["detail"] == "there is no attempt e9.1"
    await get(client, "/api/attempts/e9.1/steps", 404)
