"""Every error under /api is an RFC 9457 problem document, and says what to do."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from typing import Any

import aiohttp
import pytest

from orchestrator.model.arrangement import ArrangementRefused
from orchestrator.model.experiment import TransitionRefused
from orchestrator.ports.entries import ChangedMeanwhile, TooManyOpen
from orchestrator.ports.office import NoAnswer, RequestRefused
from orchestrator.ports.store import NotFound, StoreBusy, StoreFull, StoreUnusable
from orchestrator.server import reading, routing
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import DeskOffice


async def problem_in(response: aiohttp.ClientResponse, status: int) -> dict[str, Any]:
    """The document, which is one."""
    assert response.status == status
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = json.loads(await response.read())
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"]
    return problem


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/experiments/a/b/c"])
async def test_an_unknown_address(client: Client, path: str) -> None:
    async with client.get(path) as response:
        await problem_in(response, 404)


async def test_a_method_that_an_address_does_not_take(client: Client) -> None:
    async with client.delete("/api/experiments") as response:
        await problem_in(response, 405)
        assert set(response.headers["Allow"].split(",")) == {"GET", "POST"}


async def test_a_body_that_is_too_large(client: Client) -> None:
    body = io.BytesIO(b"x" * (reading.BODY_MAX_BYTES + 1))
    headers = {"Content-Type": "application/json"}
    async with client.post("/api/profiles/check", data=body, headers=headers) as response:
        problem = await problem_in(response, 413)
    assert "2 MiB" in problem["detail"]


async def test_a_body_of_unknown_length_that_is_too_large(client: Client) -> None:
    async def chunks() -> Any:
        for _ in range(40):
            yield b"x" * 65536

    headers = {"Content-Type": "application/json"}
    async with client.post("/api/profiles/check", data=chunks(), headers=headers) as response:
        await problem_in(response, 413)


async def test_a_body_that_does_not_come(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BODY_LIMIT_S", 0.1)
    assert client.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(
        b"POST /api/profiles/check HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"application/problem+json" in answer
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"text": "\\ud800"}', 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"text": 3}', 422),
        (b'{"text": "", "fil": "a.yaml"}', 422),
        (b'{"text": "", "file": ""}', 422),
        (b'{"text": "", "inputs": {"a": [1]}}', 422),
    ],
)
async def test_a_body_that_is_not_what_is_wanted(client: Client, body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    async with client.post("/api/profiles/check", data=body, headers=headers) as response:
        await problem_in(response, status)


async def test_a_body_that_is_nested_too_deeply(client: Client) -> None:
    body = b'{"name": "set", "args": {"value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    headers = {"Content-Type": "application/json"}
    async with client.post("/api/workers/w/command", data=body, headers=headers) as response:
        await problem_in(response, 400)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=2", "given 2 times"),
        ("state=happy", "state"),
        ("colour=red", "known here: state, limit, cursor"),
        ("cursor=" + "x" * 201, "cursor"),
    ],
)
async def test_a_query_that_is_wrong_names_the_parameter(
    client: Client, query: str, said: str
) -> None:
    async with client.get(f"/api/experiments?{query}") as response:
        assert said in (await problem_in(response, 400))["detail"]


@pytest.mark.parametrize("cursor", ["0", "-1", "%00", "abc", "é", "9" * 30])
@pytest.mark.parametrize("path", ["/api/experiments", "/api/alerts", "/api/events"])
async def test_a_cursor_that_nobody_gave_out_is_refused_or_passes(
    client: Client, path: str, cursor: str
) -> None:
    async with client.get(f"{path}?cursor={cursor}") as response:
        if response.status != 200:
            await problem_in(response, 400)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("there is no worker w"), 404),
        (TransitionRefused("a queued experiment cannot resume"), 409),
        (RequestRefused("the disk is too full"), 409),
        (TooManyOpen("ada has 5"), 409),
        (ArrangementRefused("e9 does not wait in the queue"), 409),
        (ChangedMeanwhile("e1 has changed since"), 412),
        (StoreBusy("too many writes wait"), 503),
        (StoreUnusable("the database is in use by another leader"), 503),
        (NoAnswer("bench-1 did not answer in 8 s"), 504),
        (TimeoutError(), 504),
        (StoreFull("the disk is full"), 507),
    ],
)
async def test_what_the_leader_refuses_has_a_status_of_its_own(
    client: Client, office: DeskOffice, experiment: str, error: Exception, status: int
) -> None:
    office.raises = error
    async with client.post(f"/api/experiments/{experiment}/pause") as response:
        problem = await problem_in(response, status)
    assert str(error) in problem["detail"]
    if status in (503, 507):
        assert int(response.headers["Retry-After"]) > 0


async def test_what_nobody_expected_is_logged_and_not_told(
    client: Client, office: DeskOffice, experiment: str, caplog: pytest.LogCaptureFixture
) -> None:
    office.raises = RuntimeError("the password is sesame")
    with caplog.at_level(logging.ERROR):
        async with client.post(f"/api/experiments/{experiment}/pause") as response:
            problem = await problem_in(response, 500)
    assert "sesame" not in json.dumps(problem)
    assert "sesame" in caplog.text


async def test_what_takes_too_long_is_given_up(
    client: Client, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(**_: Any) -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr(routing, "ANSWER_LIMIT_S", 0.05)
    monkeypatch.setattr(store, "experiments", slow)
    async with client.get("/api/experiments") as response:
        await problem_in(response, 504)


async def test_on_a_page_an_error_is_a_page(client: Client) -> None:
    for path in ("/experiments/none", "/nowhere"):
        async with client.get(path) as response:
            assert response.status == 404
            assert response.content_type == "text/html"
            assert "<h1>" in await response.text()


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\tb"])
async def test_an_actor_has_a_name(client: Client, name: str) -> None:
    async with client.get("/api/clock", headers={"X-Axenic-Actor": name}) as response:
        await problem_in(response, 400)
