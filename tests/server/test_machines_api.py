"""The machines of the cluster by way of the leader: who may look, who may act, who answers."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from orchestrator.messages.reports import Capabilities
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import FILE, LINE, NOW_S, DeskOffice

GRACE = {"X-Axenic-Actor": "grace", "X-Axenic-Role": "administrator"}
ADA = {"X-Axenic-Actor": "ada"}


@pytest.fixture(autouse=True)
async def _workers(store: MemoryStore) -> None:
    for worker, plugins in (("bench-1", {"ph_meter": "1.0"}), ("dead", {})):
        said = Capabilities(worker=worker, version="1", reactors={}, jobs=[], plugins=plugins)
        await store.keep_capabilities(said, at_wall_s=NOW_S)


async def _get(client: Client, path: str) -> Any:
    async with client.get(path, headers=ADA) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_everybody_may_see_all_machines_and_one_that_is_dead_holds_up_nobody(
    client: Client,
) -> None:
    leader, bench, dead = (await _get(client, "/api/machines"))["items"]
    assert (leader["name"], leader["is_leader"], leader["ahead_s"]) == ("leader", True, 0.0)
    assert leader["report"]["may"] == []
    assert (bench["name"], bench["outcome"], bench["ahead_s"]) == ("bench-1", "done", 0.5)
    assert bench["report"]["may"] == ["reboot"]
    assert (dead["outcome"], dead["report"]) == ("unknown", None)
    assert "did not answer" in dead["reason"]


async def test_one_machine_its_log_and_the_leaders_own(client: Client) -> None:
    one = await _get(client, "/api/workers/bench-1/machine")
    assert one["report"]["system"]["model"].startswith("Raspberry Pi")
    log = await _get(client, "/api/workers/bench-1/logs?limit=10")
    assert [line["text"] for line in log["items"]] == [LINE.text]
    assert [line["source"] for line in (await _get(client, "/api/logs"))["items"]] == ["worker"]
    async with client.get("/api/workers/dead/machine") as response:
        assert response.status == 504
    async with client.get("/api/workers/new/logs") as response:
        assert response.status == 409


async def test_versions_that_differ_are_marked(client: Client) -> None:
    axenic, meter = (await _get(client, "/api/software"))["items"]
    assert axenic["name"] == "axenic"
    assert axenic["workers"] == {"bench-1": "1", "dead": "1"}
    assert axenic["differs"]
    assert meter == {
        "name": "ph_meter",
        "leader": "2.0",
        "workers": {"bench-1": "1.0", "dead": None},
        "differs": True,
    }


@pytest.mark.parametrize("do", ["reboot", "shutdown", "restart", "update"])
async def test_only_administrators_do_anything_to_a_machine(
    client: Client, office: DeskOffice, do: str
) -> None:
    for path in ("/api/workers/bench-1/machine", "/api/workers/machine"):
        async with client.post(path, json={"do": do}, headers=ADA) as response:
            assert response.status == 403
            assert "only administrators" in (await response.json())["detail"]
    assert not any(name == "command" for name, *_ in office.asked)
    body = {"do": do, "while_running": True}
    async with client.post("/api/workers/bench-1/machine", json=body, headers=GRACE) as response:
        assert (await response.json())["result"] == {"done": do}
    assert office.asked[-1] == ("command", "bench-1", "machine", body, "grace", {})


async def test_of_several_each_answers_for_itself(client: Client) -> None:
    body = {"do": "reboot", "workers": ["bench-1", "dead", "new", "bench-1"]}
    async with client.post("/api/workers/machine", json=body, headers=GRACE) as response:
        places = (await response.json())["places"]
    assert {name: said["outcome"] for name, said in places.items()} == {
        "bench-1": "done",
        "dead": "unknown",
        "new": "refused",
    }
    async with client.post("/api/workers/machine", json={"do": "reboot"}, headers=GRACE) as all_:
        assert (await all_.json())["places"].keys() == {"bench-1", "dead"}


async def test_self_tests_begin_on_all_that_are_named_and_each_answers(client: Client) -> None:
    body = {"places": ["bench-1/left", "dead"]}
    async with client.post("/api/workers/self-test", json=body, headers=ADA) as response:
        places = (await response.json())["places"]
    assert {name: said["outcome"] for name, said in places.items()} == {
        "bench-1/left": "done",
        "dead": "unknown",
    }


async def test_files_of_a_worker_are_for_administrators_and_come_whole(client: Client) -> None:
    path = "/api/workers/bench-1/files"
    for each in (path, f"{path}/photos%2Ffirst%20one.jpg"):
        async with client.get(each, headers=ADA) as response:
            assert response.status == 403
    async with client.get(f"{path}?under=photos%2F&limit=1", headers=GRACE) as response:
        listed = await response.json()
    assert [each["name"] for each in listed["items"]] == [FILE.name]
    assert listed["next"] == FILE.name, "as many as were asked for: there may be more"
    async with client.get(f"{path}/photos%2Ffirst%20one.jpg", headers=GRACE) as response:
        assert (response.status, await response.read()) == (200, b"a jpg")
        assert response.headers["Content-Length"] == "5"
        assert response.headers["Content-Disposition"].startswith("attachment")
    for name, status in (("x", 404), ("dead", 504)):
        worker = "dead" if name == "dead" else "bench-1"
        async with client.get(f"/api/workers/{worker}/files/{name}", headers=GRACE) as response:
            assert response.status == status


async def test_a_file_of_which_the_rest_does_not_come_passes_for_no_whole_one(
    client: Client,
) -> None:
    path = "/api/workers/bench-3/files/photos%2Ffirst%20one.jpg"
    async with client.get(path, headers=GRACE) as response:
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_what_is_no_deed_is_refused_with_all_that_are(client: Client) -> None:
    body = {"do": "melt"}
    async with client.post("/api/workers/bench-1/machine", json=body, headers=GRACE) as response:
        assert response.status == 422
