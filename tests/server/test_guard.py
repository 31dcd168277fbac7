"""Other sites' pages cannot use this server, and browsers are told what pages may do."""

from __future__ import annotations

import re

import pytest
from aiohttp.test_utils import TestClient, TestServer

from orchestrator.documents.catalogue import load_catalogue
from orchestrator.server.app import make_app
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import DeskOffice, StandingClock, check

OURS = ("localhost", "localhost:8420", "LOCALHOST", "127.0.0.1:1", "127.8.9.1", "[::1]:8420")
NOT_OURS = ("evil.example", "localhost.evil.example", "192.168.1.4:8420", "0.0.0.0", "", "[::2]")


@pytest.mark.parametrize("host", [*OURS, "axenic.localhost"])
async def test_names_of_the_loopback_are_ours(client: Client, host: str) -> None:
    async with client.get("/api/clock", headers={"Host": host}) as response:
        assert response.status == 200


@pytest.mark.parametrize("host", [*NOT_OURS, "[", "a b"])
@pytest.mark.parametrize("path", ["/api/clock", "/", "/api/stream", "/static/x/main.js"])
async def test_a_rebound_name_is_refused(client: Client, host: str, path: str) -> None:
    async with client.get(path, headers={"Host": host}) as response:
        assert response.status == 421
        if path.startswith("/api"):
            assert (await response.json(content_type=None))["status"] == 421


async def test_a_name_may_be_added(store: MemoryStore) -> None:
    app = make_app(
        DeskOffice(store),
        store=store,
        check=check,
        clock=StandingClock(),
        catalogue=load_catalogue(),
        also_called=["Lab-Pi.local"],
    )
    async with TestClient(TestServer(app)) as client:
        for host, status in (("lab-pi.local:8420", 200), ("lab-pi2.local", 421)):
            async with client.get("/api/clock", headers={"Host": host}) as response:
                assert response.status == status


OTHER_SITES = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:9"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


@pytest.mark.parametrize("headers", OTHER_SITES)
async def test_pages_of_other_sites_cannot_write(
    client: Client, office: DeskOffice, headers: dict[str, str]
) -> None:
    headers = {"Host": "localhost:8420", **headers}
    async with client.post("/api/emergency_stop", headers=headers) as response:
        assert response.status == 403
        assert response.content_type == "application/problem+json"
    assert office.asked == []


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://localhost:8420"}, {"Sec-Fetch-Site": "same-origin"}]
)
async def test_our_own_pages_and_programs_may_write(
    client: Client, office: DeskOffice, headers: dict[str, str]
) -> None:
    headers = {"Host": "localhost:8420", **headers}
    async with client.post("/api/emergency_stop", headers=headers) as response:
        assert response.status == 200
    assert office.asked == [("emergency_stop", "local")]


async def test_a_form_of_another_site_is_no_json(client: Client, profile_text: str) -> None:
    """What a form can send without asking first is not taken."""
    body = f'{{"text": "{profile_text[:10]}"}}'.encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        headers = {"Content-Type": kind}
        async with client.post("/api/experiments", data=body, headers=headers) as response:
            assert response.status == 415


@pytest.mark.parametrize("path", ["/", "/new", "/workers", "/api/docs", "/nothing"])
async def test_pages_run_nothing_but_our_own_scripts(client: Client, path: str) -> None:
    async with client.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert re.fullmatch(r"script-src 'self' 'nonce-[\w-]{20,}'", scripts)
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<[^>]+\son\w+=", text), "an inline handler would not run"
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or "application/json" in attributes or "nonce=" in attributes


async def test_each_page_has_a_nonce_of_its_own(client: Client) -> None:
    policies = set()
    for _ in range(3):
        async with client.get("/") as response:
            policies.add(response.headers["Content-Security-Policy"])
    assert len(policies) == 3


@pytest.mark.parametrize(
    "path", ["/", "/api/clock", "/api/nothing", "/api/openapi.json", "/static/x/y"]
)
async def test_every_answer_is_taken_as_what_it_says_it_is(client: Client, path: str) -> None:
    async with client.get(path) as response:
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
