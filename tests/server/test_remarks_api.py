"""Who did what, when, from where; and what people wrote about experiments."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest

from orchestrator.ports.remarks import NewDeed
from orchestrator.ports.store import StoreFull
from orchestrator.server import audit
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S, DeskOffice
from tests.server.rich import QUESTION, let_it_run
from tests.server.test_queue_api import ADA, ADMINISTRATOR, ANY, BOB, asked, submitted


async def test_every_write_is_on_record_with_who_what_when_and_where(
    client: Client, profile_text: str
) -> None:
    name = await submitted(client, profile_text, ADA, name="Warm")
    path = f"/api/experiments/{name}"
    await asked(client, "POST", f"{path}/hold", {"note": "later"}, **ADA)
    await asked(client, "POST", f"{path}/hold", {"note": "mine"}, **BOB)
    _, listed = await asked(client, "GET", f"{path}/audit")
    refused, held, made = listed["items"]
    assert (made["deed"], made["actor"], made["status"]) == ("submit_experiment", "ada", 201)
    assert made["experiment"] == name, "known only afterwards"
    assert made["detail"]["name"] == "Warm"
    assert "text" not in made["detail"], "profiles are kept elsewhere"
    assert (held["deed"], held["detail"], held["status"]) == (
        "hold_experiment",
        {"note": "later"},
        200,
    )
    assert (held["address"], held["role"], held["at_wall_s"]) == ("127.0.0.1", "user", NOW_S)
    assert (refused["actor"], refused["status"]) == ("bob", 403), "what was refused, too"


async def test_a_write_that_is_sent_again_is_on_record_once(
    client: Client, profile_text: str
) -> None:
    key = {"Idempotency-Key": "k"}
    first = await submitted(client, profile_text, {**ADA, **key})
    assert await submitted(client, profile_text, {**ADA, **key}) == first
    _, listed = await asked(client, "GET", f"/api/experiments/{first}/audit")
    assert len(listed["items"]) == 1


async def test_everybodys_deeds_are_for_administrators(client: Client, profile_text: str) -> None:
    name = await submitted(client, profile_text, ADA)
    await asked(client, "POST", "/api/emergency_stop", **BOB)
    status, _ = await asked(client, "GET", "/api/audit", **ADA)
    assert status == 403
    _, listed = await asked(client, "GET", "/api/audit", **ADMINISTRATOR)
    assert [each["experiment"] for each in listed["items"]] == [None, name]
    _, bobs = await asked(client, "GET", "/api/audit?actor=bob", **ADMINISTRATOR)
    assert [each["deed"] for each in bobs["items"]] == ["emergency_stop"]
    status, _ = await asked(client, "GET", "/api/experiments/none/audit")
    assert status == 404


async def test_what_is_done_by_hand_or_answered_is_on_record_with_its_experiment(
    client: Client, store: MemoryStore, profile_text: str
) -> None:
    name = await submitted(client, profile_text, ADA)
    attempt = await let_it_run(store, name)
    by_hand = {"name": "stop", "reactor": "bench-1", "args": {"job": "stirring"}}
    assert (await asked(client, "POST", "/api/workers/bench-1/command", by_hand, **ADA))[0] == 200
    assert (await asked(client, "POST", "/api/workers/bench-1/command", by_hand, **BOB))[0] == 403
    answer = {"key": QUESTION.format(attempt=attempt), "answer": "yes"}
    assert (await asked(client, "POST", "/api/questions/answer", answer, **BOB))[0] == 200
    assert (await asked(client, "POST", "/api/alerts/1/acknowledge", **BOB))[0] == 200
    _, listed = await asked(client, "GET", f"/api/experiments/{name}/audit")
    assert [(each["deed"], each["actor"], each["status"]) for each in listed["items"]] == [
        ("acknowledge_alert", "bob", 200),
        ("answer_question", "bob", 200),
        ("command_worker", "bob", 403),
        ("command_worker", "ada", 200),
        ("submit_experiment", "ada", 201),
    ]
    _, one = await asked(client, "GET", f"/api/experiments/{name}/audit?deed=answer_question")
    assert [each["deed"] for each in one["items"]] == ["answer_question"]


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"vessel": "no such"},
        {"reactor": "bench-1", "vessel": "no such"},
        {"reactor": "no such", "attempt": "{attempt}", "vessel": "control"},
    ],
)
async def test_nothing_that_a_command_says_besides_leads_a_stranger_past_the_owner(
    where: dict[str, str], client: Client, store: MemoryStore, profile_text: str
) -> None:
    attempt = await let_it_run(store, await submitted(client, profile_text, ADA))
    said = {name: text.format(attempt=attempt) for name, text in where.items()}
    body = {"name": "stop", "args": {"job": "stirring"}, **said}
    path = "/api/workers/bench-1/command"
    assert (await asked(client, "POST", path, body, **BOB))[0] == 403
    assert (await asked(client, "POST", path, body, **ADA))[0] == 200


@pytest.mark.parametrize(
    "trouble", [StoreFull("no room"), sqlite3.OperationalError("attempt to write a readonly file")]
)
async def test_a_disk_that_takes_nothing_keeps_nobody_from_stopping_everything(
    trouble: Exception,
    client: Client,
    store: MemoryStore,
    office: DeskOffice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(_: NewDeed) -> int:
        raise trouble

    monkeypatch.setattr(store, "begin_deed", full)
    status, _ = await asked(client, "POST", "/api/emergency_stop")
    assert status == 200
    assert ("emergency_stop", "local") in office.asked


async def test_a_disk_that_hangs_holds_a_stop_up_for_a_moment_only(
    client: Client, store: MemoryStore, office: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: NewDeed) -> int:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(audit, "_LIMIT_S", 0.05)
    monkeypatch.setattr(store, "begin_deed", hang)
    async with asyncio.timeout(5.0):
        status, _ = await asked(client, "POST", "/api/emergency_stop")
    assert status == 200
    assert ("emergency_stop", "local") in office.asked


async def test_what_broke_down_is_on_record_as_such(
    client: Client, office: DeskOffice, store: MemoryStore, profile_text: str
) -> None:
    name = await submitted(client, profile_text, ADA)
    office.raises = RuntimeError("broken")
    await asked(client, "POST", f"/api/experiments/{name}/pause", **ADA)
    (deed, _) = (await store.deeds(experiment=name)).items
    assert deed.status == 500


async def test_anybody_writes_a_note_and_its_author_changes_it(
    client: Client, profile_text: str
) -> None:
    name = await submitted(client, profile_text, ADA)
    path = f"/api/experiments/{name}/notes"
    body: dict[str, Any] = {"text": "foam", "vessel": "control", "pinned_wall_s": NOW_S - 60}
    status, note = await asked(client, "POST", path, body, **BOB)
    assert status == 201
    assert (note["actor"], note["vessel"], note["pinned_wall_s"]) == (
        "bob",
        "control",
        NOW_S - 60,
    )
    one = f"{path}/{note['id']}"
    status, problem = await asked(client, "POST", one, {"text": "no foam"}, **ADA)
    assert (status, problem["type"]) == (403, "urn:axenic:problem:not-yours")
    _, changed = await asked(client, "POST", one, {"text": "much foam"}, **BOB, **ANY)
    assert [each["text"] for each in changed["items"]] == ["much foam"]
    _, left = await asked(client, "POST", f"{one}/remove", **ADMINISTRATOR, **ANY)
    assert left["items"] == []
    assert (await asked(client, "POST", f"{one}/remove", **BOB))[0] == 404
    assert (await asked(client, "POST", f"{path}/x", {"text": "?"}, **BOB))[0] == 404


async def test_a_note_is_changed_as_it_was_read_or_not_at_all(
    client: Client, profile_text: str
) -> None:
    name = await submitted(client, profile_text, ADA)
    path = f"/api/experiments/{name}/notes"
    _, note = await asked(client, "POST", path, {"text": "foam"}, **ADA)
    one = f"{path}/{note['id']}"
    async with client.get(one) as response:
        read = {"If-Match": response.headers["ETag"]}
        assert read == {"If-Match": f'"{note["version"]}"'}
    for deed, body in ((one, {"text": "?"}), (f"{one}/remove", None)):
        assert (await asked(client, "POST", deed, body, **ADA))[0] == 428
    assert (await asked(client, "POST", one, {"text": "much foam"}, **ADA, **read))[0] == 200
    for deed, body in ((one, {"text": "?"}), (f"{one}/remove", None)):
        status, problem = await asked(client, "POST", deed, body, **ADA, **read)
        assert (status, problem["type"]) == (412, "urn:axenic:problem:changed-meanwhile")
    [left] = (await asked(client, "GET", path))[1]["items"]
    assert left["text"] == "much foam"
    read = {"If-Match": f'"{left["version"]}"'}
    assert (await asked(client, "POST", f"{one}/remove", None, **ADA, **read))[0] == 200


async def test_notes_come_in_pages(client: Client, profile_text: str) -> None:
    name = await submitted(client, profile_text, ADA)
    path = f"/api/experiments/{name}/notes"
    for number in range(5):
        await asked(client, "POST", path, {"text": f"foam {number}"}, **ADA)
    texts, cursor = [], ""
    while cursor is not None:
        _, page = await asked(client, "GET", f"{path}?limit=2{cursor}")
        assert len(page["items"]) <= 2
        texts += [each["text"] for each in page["items"]]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert texts == [f"foam {number}" for number in range(5)]


async def test_a_note_is_about_a_vessel_that_there_is(client: Client, profile_text: str) -> None:
    name = await submitted(client, profile_text, ADA)
    path = f"/api/experiments/{name}/notes"
    status, problem = await asked(client, "POST", path, {"text": "?", "vessel": "v9"})
    assert status == 422
    assert "there are: control, warmed" in problem["detail"]
    assert (await asked(client, "POST", path, {"text": ""}))[0] == 422
    assert (await asked(client, "GET", "/api/experiments/none/notes"))[0] == 404
