"""Whatever is sent, the server answers in words: nothing ends as an internal error."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from orchestrator.ports.store import Store
from orchestrator.server.app import ROUTES
from orchestrator.server.routing import Route
from orchestrator.store.sqlite import open_store
from tests.server.conftest import Client
from tests.server.office import DeskOffice

NASTY = (
    "%00",
    "%FF",
    "%ED%A0%80",
    "%F0%9F%A7%AB",
    "x" * 3000,
    "'%3B--",
    "%25",
    "%2e%2e",
    "-1",
    "1e9",
)
READS = [route for route in ROUTES if route.method == "GET" and route.name != "stream"]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "store.db")
    yield opened
    await opened.close()


@pytest.fixture
def office(store: Store) -> DeskOffice:
    return DeskOffice(store)  # type: ignore[arg-type]


def _named(routes: list[Route]) -> list[Route]:
    return [route for route in routes if "{" in route.path]


@pytest.mark.parametrize("text", NASTY)
async def test_any_name_in_a_path(client: Client, app: web.Application, text: str) -> None:
    for route in _named(READS):
        path = route.path.replace("{id}", text).replace("{file}", text)
        query = "?signal=od600" if path.endswith("/curves") else ""
        await _answered(client, f"{path}{query}")
    for page in (f"/experiments/{text}", f"/static/{text}/{text}", f"/{text}"):
        await _answered(client, page)


@pytest.mark.parametrize("text", NASTY)
async def test_any_value_of_a_parameter(client: Client, text: str, profile_text: str) -> None:
    async with client.post("/api/experiments", json={"text": profile_text}) as response:
        name = (await response.json())["id"]
    for route in READS:
        path = route.path.replace("{id}", name).replace("{file}", "none")
        for parameter in route.query.__struct_fields__:
            more = "&signal=od600" if path.endswith("/curves") and parameter != "signal" else ""
            await _answered(client, f"{path}?{parameter}={text}{more}")
    await _answered(client, f"/?cursor={text}")


@pytest.mark.parametrize("text", ["\x00", "\ud800", "é", "x" * 3000, "🧫", "../a", ""])
async def test_any_text_in_a_body(client: Client, text: str, profile_text: str) -> None:
    """As JSON may spell it; half of a surrogate pair is no text."""
    bodies = (
        ("/api/experiments", {"text": profile_text, "file": text}),
        ("/api/experiments", {"text": profile_text, "bindings": {"control": text}}),
        ("/api/experiments", {"text": profile_text, "bindings": {text: "bench-1"}}),
        ("/api/experiments", {"text": profile_text, "inputs": {text: text}}),
        ("/api/experiments", {"text": profile_text + text}),
        ("/api/profiles/check", {"text": text, "file": text}),
        ("/api/questions/answer", {"key": text, "answer": text}),
        ("/api/workers/w/command", {"name": "set", "args": {text: text}, "vessel": text}),
    )
    for path, body in bodies:
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        async with client.post(path, data=data, headers=headers) as response:
            assert response.status < 500, f"{path} {body}: {await response.text()}"


async def _answered(client: Client, path: str) -> None:
    async with client.get(URL(path, encoded=True)) as response:
        await response.read()
        assert response.status < 500, path
