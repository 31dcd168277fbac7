"""A running experiment is changed by what was shown, and by nothing else."""

from __future__ import annotations

from typing import Any

from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.rich import let_it_run

OLD, NEW = "Heat-adapted turbidostat", "Heat-adapted chemostat"
NEWER = "Heat-adapted batch"


async def post(client: Client, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    async with client.post(f"/api/experiments/{path}", json=body) as response:
        return response.status, await response.json()


async def test_what_was_shown_comes_into_force_and_is_on_record(
    client: Client, store: MemoryStore, experiment: str, profile_text: str
) -> None:
    await let_it_run(store, experiment)
    text = profile_text.replace(OLD, NEW, 1)
    _, shown = await post(client, f"{experiment}/difference", {"text": text})
    body = {"text": text, "difference": shown["hash"], "accept_jumps": True}
    status, made = await post(client, f"{experiment}/revisions", body)
    assert (status, made["revision"]) == (200, 2)
    async with client.get(f"/api/experiments/{experiment}/revisions") as response:
        kept = (await response.json())["items"]
    assert [each["revision"] for each in kept] == [1, 2]
    assert kept[1]["accept_jumps"] is True
    assert kept[1]["at_wall_s"] > 0
    async with client.get(f"/api/experiments/{experiment}/profile") as response:
        assert NEW in await response.text()


async def test_what_moved_on_is_refused_with_the_new_difference(
    client: Client, store: MemoryStore, experiment: str, profile_text: str
) -> None:
    await let_it_run(store, experiment)
    text = profile_text.replace(OLD, NEW, 1)
    body = {"text": text, "difference": "0" * 64}
    status, problem = await post(client, f"{experiment}/revisions", body)
    assert (status, problem["type"]) == (409, "urn:axenic:problem:moved-on")
    status, made = await post(
        client, f"{experiment}/revisions", {**body, "difference": problem["difference"]["hash"]}
    )
    assert (status, made["revision"]) == (200, 2)


async def test_rolling_back_is_one_more_revision(
    client: Client, store: MemoryStore, experiment: str, profile_text: str
) -> None:
    await let_it_run(store, experiment)
    text = profile_text.replace(OLD, NEW, 1)
    _, shown = await post(client, f"{experiment}/difference", {"text": text})
    await post(client, f"{experiment}/revisions", {"text": text, "difference": shown["hash"]})
    async with client.get(f"/api/experiments/{experiment}/difference") as response:
        back = await response.json()
    changed = [part for part in back["parts"] if part["change"] != "unchanged"]
    assert [(part["before"], part["after"]) for part in changed] == [(NEW, OLD)]
    status, made = await post(client, f"{experiment}/rollback", {"difference": back["hash"]})
    assert (status, made["revision"]) == (200, 3)
    async with client.get(f"/api/experiments/{experiment}/profile") as response:
        assert OLD in await response.text()


async def test_rolling_back_reaches_any_earlier_revision(
    client: Client, store: MemoryStore, experiment: str, profile_text: str
) -> None:
    await let_it_run(store, experiment)
    for name in (NEW, NEWER):
        text = profile_text.replace(OLD, name, 1)
        _, shown = await post(client, f"{experiment}/difference", {"text": text})
        await post(client, f"{experiment}/revisions", {"text": text, "difference": shown["hash"]})
    back: dict[int, dict[str, Any]] = {}
    for revision, name in ((1, OLD), (2, NEW)):
        query = {"revision": str(revision)}
        async with client.get(f"/api/experiments/{experiment}/difference", params=query) as said:
            back[revision] = await said.json()
        changed = [part for part in back[revision]["parts"] if part["change"] != "unchanged"]
        assert [(part["before"], part["after"]) for part in changed] == [(NEWER, name)]
    other = {"revision": 1, "difference": back[2]["hash"]}
    status, problem = await post(client, f"{experiment}/rollback", other)
    assert (status, problem["type"]) == (409, "urn:axenic:problem:moved-on")
    shown = {"revision": 1, "difference": back[1]["hash"]}
    status, made = await post(client, f"{experiment}/rollback", shown)
    assert (status, made["revision"]) == (200, 4)
    async with client.get(f"/api/experiments/{experiment}/profile") as response:
        assert await response.text() == profile_text
    first, *_, newest = await store.revisions(experiment)
    assert (newest.revision, newest.plan_hash) == (4, first.plan_hash)


async def test_there_is_nothing_before_the_first_revision(client: Client, experiment: str) -> None:
    status, _ = await post(client, f"{experiment}/rollback", {"difference": ""})
    assert status == 404
