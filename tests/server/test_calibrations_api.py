"""Calibrations over HTTP: copies of what workers said, and what they are asked to do."""

from __future__ import annotations

import pytest

from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S, DeskOffice
from tests.support.compared_records import COMPARED


@pytest.fixture
async def known(store: MemoryStore) -> None:
    await store.keep_calibrations(COMPARED, at_wall_s=NOW_S)


@pytest.mark.usefixtures("known")
async def test_a_calibration_is_listed_with_its_curve_and_what_is_left_of_its_time(
    client: Client,
) -> None:
    async with client.get("/api/calibrations") as response:
        (found,) = (await response.json())["items"]
    assert (found["worker"], found["device"], found["active"]) == ("bench-1", "feed_pump", True)
    assert (found["raw_unit"], found["actual_unit"]) == ("s", "mL")
    assert found["expired"] is True
    assert found["expires_wall_s"] == NOW_S - 82800.0
    assert found["fit"]["residuals"] == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    assert found["fit"]["curve"][0] == pytest.approx([2.0, 0.2])
    assert found["fit"]["r_squared"] == pytest.approx(1.0)


@pytest.mark.usefixtures("known")
async def test_an_open_session_says_what_it_asks_and_in_which_unit(client: Client) -> None:
    async with client.get("/api/calibrations/sessions") as response:
        (found,) = (await response.json())["items"]
    assert found["session"]["asked"]["question"] == "How much did the balance show, in g?"
    assert (found["worker"], found["answer_unit"], found["raw_unit"]) == ("bench-1", "g", "s")


async def test_what_a_person_says_goes_to_the_worker_with_their_name(
    client: Client, office: DeskOffice
) -> None:
    body = {"do": "answer", "reactor": "r1", "args": {"session": "s1", "value": 0.47}}
    async with client.post(
        "/api/workers/bench-1/calibrate", json=body, headers={"X-Axenic-Actor": "ada"}
    ) as response:
        assert response.status == 200
        assert (await response.json())["outcome"] == "done"
    args = {"session": "s1", "value": 0.47, "do": "answer"}
    where = {"reactor": "r1"}
    assert office.asked[-1] == ("command", "bench-1", "calibrate", args, "ada", where)


async def test_nobody_can_do_something_else_with_a_calibration(client: Client) -> None:
    async with client.post("/api/workers/bench-1/calibrate", json={"do": "frame"}) as response:
        assert response.status == 422 or response.status == 400
