"""Pictures over HTTP: the list, and each as a file that never changes."""

from __future__ import annotations

from hashlib import sha256

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from orchestrator.ports.pictures import Gallery, Picture
from orchestrator.ports.records import Binding
from orchestrator.sim.picture import draw
from orchestrator.store.memory import MemoryStore
from tests.server.office import NOW_S, Told

Client = TestClient[web.Request, web.Application]
PICTURE = draw(0.4, 0.75, 1.0)


@pytest.fixture
async def told(store: MemoryStore, experiment: str) -> Told:
    found = await store.experiment(experiment)
    assert found is not None
    vessel = found.vessels[0]
    bindings = {each: Binding.parse(f"bench/{each}") for each in found.vessels}
    await store.begin_attempt(experiment, bindings, at_wall_s=NOW_S)
    return Told(store, "bench", f"{experiment}.1", vessel)


async def taken(told: Told, store: MemoryStore, experiment: str, at_s: float) -> Picture:
    about = {"sha256": sha256(PICTURE).hexdigest(), "size_bytes": len(PICTURE), "label": "Foam"}
    file = f"pictures/x/{at_s:g}-camera.png"
    await told.entry("picture", at_s, None, camera="camera", file=file, **about)
    return (await store.pictures(experiment, limit=1)).items[0]


async def test_pictures_are_listed_newest_first_in_pages(
    client: Client, store: MemoryStore, experiment: str, told: Told
) -> None:
    numbers = [(await taken(told, store, experiment, float(at))).id for at in range(3)]
    where = f"/api/experiments/{experiment}/pictures"
    async with client.get(where, params={"limit": 2}) as response:
        page = await response.json()
    assert [each["id"] for each in page["items"]] == numbers[:0:-1]
    assert page["items"][0] == {
        "id": numbers[2],
        "vessel": page["items"][0]["vessel"],
        "camera": "camera",
        "label": "Foam",
        "file": "pictures/x/2-camera.png",
        "sha256": sha256(PICTURE).hexdigest(),
        "size_bytes": len(PICTURE),
        "process_s": 2.0,
        "at_wall_s": NOW_S + 2.0,
        "state": "waiting",
    }
    async with client.get(where, params={"cursor": page["next"]}) as response:
        assert [each["id"] for each in (await response.json())["items"]] == numbers[:1]
    async with client.get(where, params={"vessel": "nobody"}) as response:
        assert (await response.json())["items"] == []


async def test_a_picture_is_shown_once_it_is_here_and_kept_by_whoever_has_it(
    client: Client, store: MemoryStore, gallery: Gallery, experiment: str, told: Told
) -> None:
    kept = await taken(told, store, experiment, 1.0)
    where = f"/api/experiments/{experiment}/pictures/{kept.id}"
    async with client.get(where) as response:
        assert response.status == 409
        assert "still on its worker" in (await response.json())["detail"]
    await gallery.append(kept, 0, PICTURE)
    assert await gallery.finish(kept)
    await store.settle_picture(kept.id, "here", at_wall_s=NOW_S)
    async with client.get(where) as response:
        assert (response.status, response.content_type) == (200, "image/png")
        assert await response.read() == PICTURE
        assert "immutable" in response.headers["Cache-Control"]
        etag = response.headers["ETag"]
    assert etag == f'"{kept.sha256}"'
    async with client.get(where, headers={"If-None-Match": etag}) as response:
        assert (response.status, await response.read()) == (304, b"")


async def test_what_is_gone_or_of_another_experiment_is_not_found(
    client: Client, store: MemoryStore, experiment: str, told: Told
) -> None:
    kept = await taken(told, store, experiment, 1.0)
    await store.settle_picture(kept.id, "gone", at_wall_s=NOW_S)
    for where in (
        f"/api/experiments/{experiment}/pictures/{kept.id}",
        f"/api/experiments/{experiment}/pictures/999",
        f"/api/experiments/{experiment}/pictures/..%2F1",
        f"/api/experiments/another/pictures/{kept.id}",
        "/api/experiments/another/pictures",
    ):
        async with client.get(where) as response:
            assert response.status == 404, where
