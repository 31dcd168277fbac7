"""Shipped profiles, and checking one's own."""

from __future__ import annotations

import asyncio
import io
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from orchestrator.model.plan import Plan
from orchestrator.planning.timetable import Row
from orchestrator.ports.check import Checked, Files, Given
from orchestrator.server.api import profiles
from orchestrator.server.app import CHECKS_AT_ONCE
from orchestrator.server.services import SERVICES
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import check
from tests.server.test_coming import hourly


@pytest.fixture(autouse=True)
def timetable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something every hour; what planning makes of plans is planning's."""

    def table(plan: Plan, start_wall_s: float, for_s: float) -> list[Row]:
        return hourly(plan, start_wall_s, for_s, "plan")

    monkeypatch.setattr(profiles, "timetable", table)


async def checked(client: Client, text: str, **more: Any) -> dict[str, Any]:
    async with client.post("/api/profiles/check", json={"text": text, **more}) as response:
        assert response.status == 200, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer


async def test_a_right_profile_is_summed_up(client: Client, profile_text: str) -> None:
    answer = await checked(client, profile_text, file="t.yaml")
    assert answer["ok"] is True
    assert all(each["severity"] == "warning" for each in answer["diagnostics"])
    profile = answer["profile"]
    assert profile["name"] == "Heat-adapted turbidostat"
    assert profile["vessels"] == ["control", "warmed"]
    assert profile["tags"] == ["ecoli", "evolution"]
    warm_up_to = next(each for each in profile["inputs"] if each["name"] == "warm_up_to")
    assert warm_up_to == {
        "name": "warm_up_to",
        "type": "temperature",
        "unit": "°C",
        "default": 42.0,
        "minimum": 30.0,
        "maximum": 44.0,
        "choices": [],
        "description": "Final temperature",
        "step": None,
        "section": "",
        "vessels": {},
    }
    assert answer["timetable"][0]["time_s"] == 3600.0
    assert answer["timetable"][0]["wall"] == "2025-01-06T09:00:00Z"


async def test_a_form_is_told_of_sections_and_of_what_vessels_have_of_their_own(
    client: Client, profile_text: str
) -> None:
    text = profile_text.replace("type: number,", "type: number, step: 0.1, section: Density,")
    text = text.replace("control: {", "control: {series: {target_od600: [0.5, 0.7]}, ")
    text = text.replace("vessels.control.", "vessels.control_1.")
    profile = (await checked(client, text))["profile"]
    assert profile["vessels"] == ["control_1", "control_2", "warmed"]
    density = next(each for each in profile["inputs"] if each["name"] == "target_od600")
    assert (density["step"], density["section"]) == (0.1, "Density")
    assert density["vessels"] == {"control_1": 0.5, "control_2": 0.7}


async def test_a_wrong_profile_is_told_everything_at_its_place(
    client: Client, profile_text: str
) -> None:
    wrong = profile_text.replace("stirring:", "stiring:", 1).replace("15 mL", "15 rpm", 1)
    answer = await checked(client, wrong, file="mine.yaml")
    assert answer["ok"] is False
    assert answer["timetable"] is None
    errors = [each for each in answer["diagnostics"] if each["severity"] == "error"]
    assert len(errors) >= 2
    assert {each["file"] for each in errors} == {"mine.yaml"}
    places = [(each["line"], each["column"]) for each in answer["diagnostics"]]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "text", ["", "\x00", "- a\n- b", "axenic: profile/1", "a: &a [*a]", "é" * 9]
)
async def test_any_text_is_answered(client: Client, text: str) -> None:
    answer = await checked(client, text)
    assert answer["ok"] is False
    assert answer["diagnostics"]


async def test_the_timetable_is_not_endless(
    client: Client, profile_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "ROWS_MAX", 5)
    assert len((await checked(client, profile_text))["timetable"]) == 5


async def test_checking_does_not_hold_up_anybody_else(
    client: Client, profile_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads think at most, and the loop answers others meanwhile."""
    at_once, most, hold = 0, 0, threading.Event()
    lock = threading.Lock()

    def slow(text: str, file: str, inputs: Given, files: Files) -> Checked:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        hold.wait(5)
        with lock:
            at_once -= 1
        return check(text, file, inputs, files)

    services = client.app[SERVICES]
    monkeypatch.setattr(type(services), "check", property(lambda _: slow))
    asking = [asyncio.create_task(checked(client, profile_text)) for _ in range(5)]
    await asyncio.sleep(0.05)
    before_s = time.monotonic()
    async with client.get("/api/clock") as response:
        assert response.status == 200
    assert time.monotonic() - before_s < 1.0
    hold.set()
    assert all(each["ok"] for each in await asyncio.gather(*asking))
    assert most == CHECKS_AT_ONCE


async def test_nothing_that_is_checked_is_kept(
    client: Client, store: MemoryStore, profile_text: str
) -> None:
    await checked(client, profile_text)
    assert (await store.experiments()).items in ([], ())


async def test_shipped_profiles_are_listed_and_read(
    client: Client, canonical_profile: Path, profile_text: str
) -> None:
    async with client.get("/api/profiles") as response:
        listed = {each["file"]: each for each in (await response.json())["items"]}
    assert listed[canonical_profile.name]["name"] == "Heat-adapted turbidostat"
    assert listed[canonical_profile.name]["tags"] == ["ecoli", "evolution"]
    async with client.get(f"/api/profiles/{canonical_profile.name}") as response:
        answer = await response.json()
    assert answer["text"] == profile_text


async def test_a_shipped_profile_is_looked_at_once_until_it_changes(
    client: Client, tmp_path: Path, profile_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def counted(text: str, file: str, inputs: Given, files: Files) -> Checked:
        looked.append(file)
        return check(text, file, inputs, files)

    services = client.app[SERVICES]
    monkeypatch.setattr(type(services), "check", property(lambda _: counted))
    monkeypatch.setattr(type(services), "profiles", property(lambda _: tmp_path))
    path = tmp_path / "a.yaml"
    path.write_text(profile_text)
    for _ in range(3):
        await client.get("/api/profiles")
    path.write_text(profile_text.replace("Heat-adapted", "Cold-adapted"))
    os.utime(path, (1, 1))
    async with client.get("/api/profiles") as response:
        assert (await response.json())["items"][0]["name"] == "Cold-adapted turbidostat"
    assert looked == ["a.yaml", "a.yaml"]


@pytest.mark.parametrize("name", ["none.yaml", "..%2Fpyproject.toml", "%2e%2e%2fREADME.md", "a%00"])
async def test_only_shipped_profiles_are_read(client: Client, name: str) -> None:
    async with client.get(f"/api/profiles/{name}") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../up.yaml", "leads out of the profile's folder"),
        ("/etc/up.yaml", "leads out of the profile's folder"),
        ("parts/./a.yaml", "leads out of the profile's folder"),
        ("parts\\a.yaml", "is no path of a file"),
        ("a\0.yaml", "is no path of a file"),
    ],
)
@pytest.mark.parametrize("path", ["/api/profiles/check", "/api/experiments"])
async def test_files_beside_a_profile_have_paths_from_its_folder_on(
    client: Client, profile_text: str, path: str, name: str, said: str
) -> None:
    sent = {"text": profile_text, "files": {name: "{}"}}
    async with client.post(path, json=sent) as response:
        assert response.status == 422
        assert said in (await response.json())["detail"]


async def test_there_is_a_bound_to_the_files_beside_a_profile(
    client: Client, profile_text: str
) -> None:
    sent = {"text": profile_text, "files": {f"{n}.yaml": "{}" for n in range(501)}}
    async with client.post("/api/profiles/check", json=sent) as response:
        assert response.status == 422
    large = json.dumps({"text": profile_text, "files": {"a.yaml": "x" * 2 * 1024 * 1024}})
    headers = {"Content-Type": "application/json"}
    body = io.BytesIO(large.encode())
    async with client.post("/api/profiles/check", data=body, headers=headers) as response:
        assert response.status == 413
