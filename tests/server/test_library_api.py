"""A laboratory's profiles over HTTP: history, difference, restore, pull, and nobody overwritten."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import os
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from orchestrator.library.open_library import open_library
from orchestrator.library.plain_folder import FolderLibrary
from orchestrator.ports.library import Edit, Library
from orchestrator.server.api.library import WEBHOOK_BYTES_MAX
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import SECRET, Client
from tests.server.office import NOW_S, DeskOffice

FILES = "/api/library/files"


@pytest.fixture
def remote(tmp_path: Path) -> Library:
    return open_library(tmp_path / "remote")


@pytest.fixture
def library(tmp_path: Path, remote: Library) -> Library:
    return open_library(tmp_path / "library", remote=str(tmp_path / "remote"))


async def ask(
    client: Client,
    method: str,
    path: str,
    body: Any = None,
    *,
    status: int = 200,
    **headers: str,
) -> Any:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    address = URL(path, encoded=True)
    async with client.request(method, address, json=body, headers=given) as response:
        assert response.status == status, await response.text()
        return {**await response.json(), "etag": response.headers.get("ETag")}


async def save(client: Client, path: str, text: str, *, status: int = 200, **more: str) -> Any:
    body = {"text": text, "message": more.pop("message", "")}
    return await ask(client, "PUT", f"{FILES}/{path}", body, status=status, **more)


async def test_what_somebody_writes_is_a_commit_of_theirs_and_comes_back(
    client: Client, profile_text: str
) -> None:
    path = "growth%2Fheat.yaml"
    made = await save(client, path, profile_text, X_Axenic_Actor="ada", message="Begin")
    assert (made["path"], made["file"], made["text"]) == (
        "growth/heat.yaml",
        "heat.yaml",
        profile_text,
    )
    assert made["etag"] == f'"{made["blob"]}"'
    warmer = profile_text.replace("42 °C", "43 °C")
    changed = await save(client, path, warmer, X_Axenic_Actor="bob", If_Match=made["etag"])
    past = (await ask(client, "GET", f"{FILES}/{path}/history"))["items"]
    assert [(each["author"], each["message"]) for each in past] == [
        ("bob", "Write growth/heat.yaml"),
        ("ada", "Begin"),
    ]
    shown = await ask(client, "GET", f"{FILES}/{path}/difference?old={past[1]['id']}")
    assert "-  warm_up_to:" in shown["difference"]
    assert "43 °C" in shown["difference"]
    assert (await ask(client, "GET", f"{FILES}/{path}?commit={past[1]['id']}"))["blob"] == made[
        "blob"
    ]
    back = await ask(
        client,
        "POST",
        f"{FILES}/{path}/restore",
        {"commit": past[1]["id"]},
        If_Match=changed["etag"],
        X_Axenic_Actor="eve",
    )
    assert back["text"] == profile_text
    newest = (await ask(client, "GET", f"{FILES}/{path}/history?limit=1"))["items"][0]
    assert (newest["author"], newest["message"]) == (
        "eve",
        f"Restore growth/heat.yaml of {past[1]['id'][:12]}",
    )


async def test_two_who_edit_at_once_are_shown_the_difference(client: Client) -> None:
    first = await save(client, "a.yaml", "name: a\nvolume: 10 mL\n")
    second = await save(client, "a.yaml", "name: a\nvolume: 20 mL\n", If_Match=first["etag"])
    for headers in ({"If_Match": first["etag"]}, {}):
        text = "name: a\nvolume: 30 mL\n"
        refused = await save(client, "a.yaml", text, status=412, **headers)
        assert refused["type"] == "urn:axenic:problem:changed-meanwhile"
        assert "-volume: 20 mL\n+volume: 30 mL\n" in refused["difference"]
        assert refused["blob"] == second["blob"]
        assert refused["etag"] == second["etag"]
    assert (await ask(client, "GET", f"{FILES}/a.yaml"))["text"] == "name: a\nvolume: 20 mL\n"
    await save(client, "a.yaml", "name: a\nvolume: 30 mL\n", If_Match=refused["etag"])


async def test_of_many_who_save_at_once_one_wins_and_the_others_are_told(client: Client) -> None:
    made = await save(client, "a.yaml", "0\n")

    async def try_it(number: int) -> int:
        body, match = {"text": f"{number}\n"}, {"If-Match": made["etag"]}
        async with client.put(f"{FILES}/a.yaml", json=body, headers=match) as response:
            return response.status

    said = await asyncio.gather(*(try_it(number) for number in range(1, 5)))
    assert sorted(said) == [200, 412, 412, 412]
    assert len((await ask(client, "GET", f"{FILES}/a.yaml/history"))["items"]) == 2


async def test_what_is_taken_away_is_restored_from_its_past(client: Client) -> None:
    made = await save(client, "a.yaml", "1\n")
    assert "428" in str(await ask(client, "POST", f"{FILES}/a.yaml/remove", {}, status=428))
    gone = await ask(client, "POST", f"{FILES}/a.yaml/remove", {}, If_Match=made["etag"])
    assert gone["items"] == []
    await ask(client, "GET", f"{FILES}/a.yaml", status=404)
    past = (await ask(client, "GET", f"{FILES}/a.yaml/history"))["items"]
    restored = {"commit": past[1]["id"]}
    back = await ask(client, "POST", f"{FILES}/a.yaml/restore", restored)
    assert back["text"] == "1\n"


async def test_history_comes_in_pages(client: Client) -> None:
    for number in range(5):
        await save(client, "a.yaml", f"{number}\n", If_Match="*")
    seen, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = await ask(client, "GET", f"/api/library/history?limit=2{more}")
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
    assert len(set(seen)) == len(seen) == 5


async def test_profiles_are_listed_by_what_they_are_about(
    client: Client, profile_text: str
) -> None:
    await save(client, "heat.yaml", profile_text)
    await save(client, "parts%2Fa.yaml", "name: a\n")
    heat, part = (await ask(client, "GET", FILES))["items"]
    assert (heat["path"], heat["name"], heat["is_profile"]) == (
        "heat.yaml",
        "Heat-adapted turbidostat",
        True,
    )
    assert heat["tags"] == ["ecoli", "evolution"]
    assert (part["path"], part["is_profile"]) == ("parts/a.yaml", False)


async def test_a_profile_comes_with_what_it_includes(client: Client, profile_text: str) -> None:
    whole = profile_text.replace("  - growth ", "  - !include parts/growth.yaml ")
    assert whole != profile_text
    chart = "title: Growth\nseries: [od600]\n"
    await save(client, "lab%2Fparts%2Fgrowth.yaml", chart)
    await save(client, "lab%2Fheat.yaml", whole)
    read = await ask(client, "GET", f"{FILES}/lab%2Fheat.yaml")
    assert read["files"] == {"parts/growth.yaml": chart}


@pytest.mark.parametrize(
    "name", ["..%2Fup.yaml", "%2Fetc%2Fup.yaml", ".git%2Fa.yaml", "a%00.yaml", "secrets.yaml", "a"]
)
async def test_names_that_escape_their_folder_are_refused(
    client: Client, tmp_path: Path, name: str
) -> None:
    """A defect of queues of this kind: names that escape their folder."""
    said = await save(client, name, "x\n", status=422)
    assert said["type"] == "urn:axenic:problem:no-name"
    await ask(client, "GET", f"{FILES}/{name}", status=422)
    assert not any("up.yaml" in names for _, _, names in os.walk(tmp_path))


async def test_a_pull_takes_over_what_the_remote_has(client: Client, remote: Library) -> None:
    remote.save("theirs.yaml", "1\n", Edit(by="eve", at_wall_s=NOW_S))
    said = await ask(client, "POST", "/api/library/pull", {})
    assert said["outcome"] == "forwarded"
    assert (await ask(client, "GET", "/api/library"))["commit"] == said["commit"]
    await save(client, "mine.yaml", "1\n")
    remote.save("theirs.yaml", "2\n", Edit(by="eve", at_wall_s=NOW_S, whatever=True))
    refused = await ask(client, "POST", "/api/library/pull", {}, status=409)
    assert "git pull --no-rebase" in refused["detail"]
    assert [each["path"] for each in (await ask(client, "GET", FILES))["items"]] == [
        "mine.yaml",
        "theirs.yaml",
    ]


async def test_a_webhook_pulls_if_it_knows_the_secret(
    client: Client, remote: Library, office: DeskOffice
) -> None:
    remote.save("theirs.yaml", "1\n", Edit(by="eve", at_wall_s=NOW_S))
    body = b'{"ref": "refs/heads/main"}'
    signed = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    wrong = hmac.new(b"guessed", body, hashlib.sha256).hexdigest()
    said = {
        "nothing": ({}, 403),
        "a guess": ({"X-Hub-Signature-256": f"sha256={wrong}"}, 403),
        "no signature": ({"X-Hub-Signature-256": "sha256="}, 403),
        "strange": ({"X-Gitlab-Token": "\u00e9"}, 403),
        "GitHub": ({"X-Hub-Signature-256": f"sha256={signed}"}, 200),
        "Gitea": ({"X-Gitea-Signature": signed}, 200),
        "GitLab": ({"X-Gitlab-Token": SECRET}, 200),
        "anybody": ({"Authorization": f"Bearer {SECRET}"}, 200),
    }
    for who, (headers, status) in said.items():
        async with client.post("/api/library/webhook", data=body, headers=headers) as response:
            assert response.status == status, who
    assert office.asked == [("pull", "webhook")] * 4
    large = io.BytesIO(b"x" * (WEBHOOK_BYTES_MAX + 1))
    async with client.post("/api/library/webhook", data=large) as response:
        assert response.status == 413


async def test_the_audit_tells_who_saved_what(client: Client, store: MemoryStore) -> None:
    await save(client, "a.yaml", "name: secret recipe\n", X_Axenic_Actor="ada", message="Begin")
    (deed,) = (await store.deeds()).items
    assert (deed.deed, deed.actor, deed.status) == ("save_library_file", "ada", 200)
    assert deed.detail == {"message": "Begin", "path": "a.yaml"}


class TestAFolder:
    """Of which git knows nothing."""

    @pytest.fixture
    def library(self, tmp_path: Path) -> Library:
        return FolderLibrary(tmp_path, "it is a plain folder")

    async def test_it_works_and_says_what_it_cannot_do(self, client: Client) -> None:
        made = await save(client, "a.yaml", "1\n")
        assert made["commit"] is None
        assert (await ask(client, "GET", "/api/library"))["kind"] == "folder"
        for path in ("/api/library/history", f"{FILES}/a.yaml/history"):
            said = await ask(client, "GET", path, status=409)
            assert said["detail"] == "this library has no history: it is a plain folder"
        await ask(client, "POST", "/api/library/pull", {}, status=409)


class TestNone:
    """A leader that keeps no library."""

    @pytest.fixture
    def library(self) -> None:
        return None

    async def test_there_is_nothing_to_be_found(self, client: Client) -> None:
        for path in ("/api/library", FILES, f"{FILES}/a.yaml"):
            await ask(client, "GET", path, status=404)
