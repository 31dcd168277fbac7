"""A write that is sent again is not done again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orchestrator.ports.office import RequestRefused, Submission
from orchestrator.ports.records import Experiment
from orchestrator.server import idempotency
from orchestrator.server.idempotency import MEMORY
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import DeskOffice

KEY = {"Idempotency-Key": "k1"}


async def submit(
    client: Client, text: str, headers: dict[str, str]
) -> tuple[int, dict[str, Any], bool]:
    async with client.post("/api/experiments", json={"text": text}, headers=headers) as response:
        again = "Idempotency-Replayed" in response.headers
        return response.status, await response.json(content_type=None), again


async def test_a_submission_sent_again_gives_the_first_experiment(
    client: Client, office: DeskOffice, profile_text: str
) -> None:
    first = await submit(client, profile_text, KEY)
    again = await submit(client, profile_text, KEY)
    assert first[:2] == again[:2]
    assert (first[2], again[2]) == (False, True)
    assert len(office.asked) == 1


async def test_a_submission_sent_again_after_a_restart_gives_the_first_experiment(
    client: Client, profile_text: str
) -> None:
    """The store knows the key when the server has forgotten it."""
    _, first, _ = await submit(client, profile_text, KEY)
    client.app[MEMORY].by_key.clear()
    _, again, _ = await submit(client, profile_text, KEY)
    assert again["id"] == first["id"]
    async with client.get("/api/experiments") as response:
        assert len((await response.json())["items"]) == 1


async def test_without_a_key_or_by_somebody_else_it_is_another_one(
    client: Client, profile_text: str
) -> None:
    made = [
        (await submit(client, profile_text, headers))[1]["id"]
        for headers in ({}, {}, KEY, {**KEY, "X-Axenic-Actor": "ada"})
    ]
    assert len(set(made)) == 4


async def test_a_key_does_not_serve_two_requests(client: Client, profile_text: str) -> None:
    await submit(client, profile_text, KEY)
    status, problem, _ = await submit(client, profile_text + "\n", KEY)
    assert status == 422
    assert problem["type"] == "urn:axenic:problem:key-used-before"
    async with client.post("/api/emergency_stop", headers=KEY) as response:
        assert response.status == 422


async def test_two_at_once_are_done_once(
    client: Client, office: DeskOffice, profile_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, hold = office.submit, asyncio.Event()

    async def slow(submission: Submission) -> Experiment:
        await hold.wait()
        return await done(submission)

    monkeypatch.setattr(office, "submit", slow)
    both = [asyncio.create_task(submit(client, profile_text, KEY)) for _ in range(2)]
    await asyncio.sleep(0.05)
    hold.set()
    one, other = await asyncio.gather(*both)
    assert one[1] == other[1]
    assert {one[2], other[2]} == {False, True}
    assert len(office.asked) == 1


async def test_what_was_refused_may_be_tried_again(
    client: Client, office: DeskOffice, profile_text: str
) -> None:
    office.raises = RequestRefused("the disk is too full")
    assert (await submit(client, profile_text, KEY))[0] == 409
    office.raises = None
    assert (await submit(client, profile_text, KEY))[0] == 201


async def test_other_writes_are_done_once_too(
    client: Client, office: DeskOffice, store: MemoryStore
) -> None:
    body = {"name": "dose", "args": {"volume_ml": 1.0, "medium": "feed"}, "vessel": "control"}
    answers = []
    for _ in range(2):
        async with client.post("/api/workers/w/command", json=body, headers=KEY) as response:
            answers.append(await response.json())
    assert answers[0] == answers[1]
    assert len(office.asked) == 1, "a dose is not given twice"


async def test_what_had_no_answer_is_asked_again_as_the_same_command(
    client: Client, office: DeskOffice
) -> None:
    """Whether it was done only the worker knows, by the id that comes of the key (rule 17)."""
    body = {"name": "dose", "args": {"volume_ml": 1.0}, "vessel": "control"}
    for _ in range(2):
        async with client.post("/api/workers/dead/command", json=body, headers=KEY) as response:
            assert response.status == 504
    assert [where["key"] for *_, where in office.asked] == ["k1", "k1"]


async def test_only_so_many_answers_are_remembered(
    client: Client, office: DeskOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "REMEMBERED_MAX", 3)
    for number in range(6):
        headers = {"Idempotency-Key": f"k{number}"}
        async with client.post("/api/emergency_stop", headers=headers) as response:
            assert response.status == 200
    assert [key for _, key in client.app[MEMORY].by_key] == ["k3", "k4", "k5"]


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
async def test_a_key_that_cannot_be_kept_is_refused(client: Client, key: str) -> None:
    headers = {"Idempotency-Key": key}
    async with client.post("/api/emergency_stop", headers=headers) as response:
        assert response.status == 400
