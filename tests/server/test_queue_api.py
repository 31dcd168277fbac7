"""`/api/queue` and what is asked of its entries: by whom, at which version."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S, DeskOffice

ADMINISTRATOR = {"X-Axenic-Role": "administrator", "X-Axenic-Actor": "root"}
ADA, BOB = {"X-Axenic-Actor": "ada"}, {"X-Axenic-Actor": "bob"}
ANY = {"If-Match": "*"}


async def submitted(client: Client, text: str, by: dict[str, str], **more: Any) -> str:
    async with client.post("/api/experiments", json={"text": text, **more}, headers=by) as response:
        assert response.status == 201, await response.text()
        name: str = (await response.json())["id"]
        return name


async def asked(
    client: Client, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any]:
    async with client.request(method, path, json=body, headers=headers) as response:
        return response.status, await response.json()


async def test_the_queue_shows_turn_reason_and_estimate(client: Client, profile_text: str) -> None:
    first = await submitted(client, profile_text, ADA)
    second = await submitted(client, profile_text, BOB)
    _, queue = await asked(client, "GET", "/api/queue")
    assert queue["hold"] is None
    assert [(e["position"], e["experiment"]["id"]) for e in queue["entries"]] == [
        (1, first),
        (2, second),
    ]
    entry = queue["entries"][0]
    assert (entry["reason"], entry["basis"]) == (
        "v waits for a free reactor",
        "old: an earlier run",
    )
    assert (entry["earliest_wall_s"], entry["latest_wall_s"]) == (NOW_S + 3600.0, None)


async def test_words_and_terms_come_with_a_submission(client: Client, profile_text: str) -> None:
    name = await submitted(
        client,
        profile_text,
        ADA,
        name="Warm",
        tags=["ecoli"],
        labels={"control": "MG1655"},
        bindings={"control": "tag:ph_probe", "warmed": "bench-1"},
        every="0 9 * * 1",
        hold="no inoculum",
    )
    _, shown = await asked(client, "GET", f"/api/experiments/{name}")
    assert (shown["name"], shown["tags"], shown["hold"]) == ("Warm", ["ecoli"], "no inoculum")
    assert shown["asked"] == {"control": "tag:ph_probe", "warmed": "bench-1"}
    assert shown["bindings"] == {"warmed": "bench-1"}
    assert (shown["every"], shown["labels"]) == ("0 9 * * 1", {"control": "MG1655"})


async def test_a_change_needs_the_version_that_was_read(client: Client, profile_text: str) -> None:
    name = await submitted(client, profile_text, ADA)
    path = f"/api/experiments/{name}"
    async with client.get(path) as response:
        etag = response.headers["ETag"]
    status, problem = await asked(client, "PATCH", path, {"name": "New"}, **ADA)
    assert (status, problem["type"]) == (428, "urn:axenic:problem:version-needed")
    async with client.patch(
        path, json={"name": "New"}, headers={**ADA, "If-Match": etag}
    ) as response:
        assert response.status == 200
        assert (await response.json())["name"] == "New"
        assert response.headers["ETag"] != etag
    status, problem = await asked(
        client, "PATCH", path, {"name": "Old"}, **{**ADA, "If-Match": etag}
    )
    assert (status, problem["type"]) == (412, "urn:axenic:problem:changed-meanwhile")
    status, _ = await asked(client, "PATCH", path, {"name": "Old"}, **ADA, **{"If-Match": '"abc"'})
    assert status == 412


OTHERS = [
    ("POST", "pause", None),
    ("POST", "resume", None),
    ("POST", "cancel", None),
    ("POST", "finish", None),
    ("POST", "hold", {"note": ""}),
    ("POST", "release", None),
    ("POST", "move", {"to": "first"}),
    ("POST", "revisions", {"text": "x", "difference": "d"}),
    ("POST", "rollback", {"difference": "d"}),
    ("PATCH", "", {"name": "Mine"}),
]


@pytest.mark.parametrize(("method", "verb", "body"), OTHERS)
async def test_nobody_handles_anothers_experiment_and_nobody_is_an_administrator_by_default(
    client: Client, office: DeskOffice, profile_text: str, method: str, verb: str, body: Any
) -> None:
    name = await submitted(client, profile_text, ADA)
    before = list(office.asked)
    for headers in (BOB, {}, {**BOB, "X-Axenic-Role": "user"}):
        path = f"/api/experiments/{name}/{verb}".rstrip("/")
        status, problem = await asked(client, method, path, body, **headers, **ANY)
        assert (status, problem["type"]) == (403, "urn:axenic:problem:not-yours")
        assert "belongs to ada" in problem["detail"]
    assert office.asked == before, "nothing was asked of the leader"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/queue/hold", {"note": "pumps"}),
        ("POST", "/api/queue/release", None),
        ("PATCH", "/api/experiments/e0001", {"priority": 3}),
        ("POST", "/api/experiments/e0001/abandon", None),
        ("POST", "/api/experiments", {"text": "x", "priority": 1}),
    ],
)
async def test_what_concerns_everybody_is_for_administrators(
    client: Client, profile_text: str, method: str, path: str, body: Any
) -> None:
    await submitted(client, profile_text, ADA)
    status, problem = await asked(client, method, path, body, **ADA, **ANY)
    assert (status, problem["type"]) == (403, "urn:axenic:problem:administrators-only")


async def test_an_administrator_handles_all(client: Client, profile_text: str) -> None:
    first = await submitted(client, profile_text, ADA)
    second = await submitted(client, profile_text, BOB)
    path = f"/api/experiments/{second}"
    status, _ = await asked(client, "POST", f"{path}/move", {"to": "first"}, **ADMINISTRATOR)
    assert status == 200
    _, queue = await asked(client, "GET", "/api/queue")
    assert [each["experiment"]["id"] for each in queue["entries"]] == [second, first]
    status, changed = await asked(client, "PATCH", path, {"priority": 2}, **ADMINISTRATOR, **ANY)
    assert (status, changed["priority"], changed["actor"]) == (200, 2, "bob")
    _, held = await asked(client, "POST", "/api/queue/hold", {"note": "pumps"}, **ADMINISTRATOR)
    assert held["hold"] == {"note": "pumps", "by": "root", "since_wall_s": NOW_S}
    _, released = await asked(client, "POST", "/api/queue/release", **ADMINISTRATOR)
    assert released["hold"] is None


async def test_whoever_saw_another_hold_changes_none(client: Client, profile_text: str) -> None:
    path = f"/api/experiments/{await submitted(client, profile_text, ADA)}"
    async with client.get("/api/queue") as response:
        free = {"If-Match": response.headers["ETag"]}
    body = {"note": "pumps"}
    _, held = await asked(client, "POST", "/api/queue/hold", body, **ADMINISTRATOR, **free)
    for deed, asks in (("hold", {"note": "mine"}), ("release", None)):
        status, problem = await asked(
            client, "POST", f"/api/queue/{deed}", asks, **ADMINISTRATOR, **free
        )
        assert (status, problem["type"]) == (412, "urn:axenic:problem:changed-meanwhile")
    seen = {"If-Match": f'"{held["version"]}"'}
    _, released = await asked(client, "POST", "/api/queue/release", **ADMINISTRATOR, **seen)
    assert (released["hold"], f'"{released["version"]}"') == (None, free["If-Match"])
    _, now = await asked(
        client, "POST", f"{path}/hold", {"note": "later"}, **ADA, **{"If-Match": "*"}
    )
    old = {"If-Match": f'"{now["version"] - 1}"'}
    assert (await asked(client, "POST", f"{path}/release", None, **ADA, **old))[0] == 412
    assert (await asked(client, "POST", f"{path}/release", None, **ADA))[0] == 200


async def test_users_move_their_own_among_their_own(client: Client, profile_text: str) -> None:
    first = await submitted(client, profile_text, ADA)
    others = await submitted(client, profile_text, BOB)
    second = await submitted(client, profile_text, ADA)
    path = f"/api/experiments/{second}/move"
    assert (await asked(client, "POST", path, {"to": first}, **ADA))[0] == 200
    _, queue = await asked(client, "GET", "/api/queue")
    assert [each["experiment"]["id"] for each in queue["entries"]] == [second, others, first]
    status, problem = await asked(client, "POST", path, {"to": others}, **ADA)
    assert (status, problem["type"]) == (409, "urn:axenic:problem:not-in-this-order")


async def test_positions_count_what_waits_and_nothing_else(
    client: Client, store: MemoryStore, profile_text: str
) -> None:
    names = [await submitted(client, profile_text, ADA) for _ in range(4)]
    await store.change_state(names[0], "cancel", at_wall_s=NOW_S)
    await store.begin_attempt(names[1], {}, at_wall_s=NOW_S)
    await store.change_state(names[1], "complete", at_wall_s=NOW_S)
    _, queue = await asked(client, "GET", "/api/queue")
    assert [(e["position"], e["experiment"]["id"]) for e in queue["entries"]] == [
        (1, names[2]),
        (2, names[3]),
    ]


async def test_anybody_copies_and_the_copy_is_theirs(client: Client, profile_text: str) -> None:
    name = await submitted(client, profile_text, ADA)
    async with client.post(f"/api/experiments/{name}/copy", headers=BOB) as response:
        assert response.status == 201
        made = await response.json()
        assert response.headers["Location"] == f"/api/experiments/{made['id']}"
    assert (made["actor"], made["state"]) == ("bob", "queued")
    assert made["id"] != name


async def test_an_entry_is_held_with_a_note_and_released(client: Client, profile_text: str) -> None:
    name = await submitted(client, profile_text, ADA)
    path = f"/api/experiments/{name}"
    _, held = await asked(client, "POST", f"{path}/hold", {"note": "later"}, **ADA)
    assert held["hold"] == "later"
    _, released = await asked(client, "POST", f"{path}/release", **ADA)
    assert released["hold"] is None
    assert released["version"] > held["version"]


@pytest.mark.parametrize(
    "body",
    [
        {"priority": 10},
        {"name": ""},
        {"tags": ["x" * 61]},
        {"not_before_wall_s": "tomorrow"},
        {"state": "completed"},
    ],
)
async def test_what_cannot_be_is_refused(client: Client, profile_text: str, body: Any) -> None:
    name = await submitted(client, profile_text, ADA)
    status, _ = await asked(client, "PATCH", f"/api/experiments/{name}", body, **ADA, **ANY)
    assert status == 422


async def test_a_role_is_one_of_two(client: Client) -> None:
    status, problem = await asked(client, "GET", "/api/queue", **{"X-Axenic-Role": "king"})
    assert status == 400
    assert "user or administrator" in problem["detail"]
