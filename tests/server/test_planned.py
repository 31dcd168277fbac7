"""With planning behind it: the canonical profile as it is checked, and what is to come of it."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.documents.catalogue import load_offer
from orchestrator.documents.check import check_text
from orchestrator.model.canonical import canonical_json, digest, plain
from orchestrator.planning.compile import compile_profile
from orchestrator.planning.refusal import PlanningRefused
from orchestrator.ports.check import Checked, Files, Given
from orchestrator.ports.records import Binding
from orchestrator.server.plans import outline_of
from orchestrator.server.services import SERVICES
from orchestrator.store.memory import MemoryStore
from tests.server import office
from tests.server.conftest import Client
from tests.server.office import NOW_S, StandingClock, Told
from tests.support.plan_files import plan_of

HOUR_S = 3600.0


def planned(text: str, file: str, inputs: Given, _files: Files) -> Checked:
    """Documents and planning, as the command line wires them."""
    offer = load_offer()
    checked = check_text(text, file, offer)
    if checked.profile is None:
        return Checked(diagnostics=checked.diagnostics, profile=None, plan=None)
    try:
        plan = compile_profile(
            checked.profile,
            catalogue=offer.catalogue,
            profile_hash=digest(text.encode()),
            inputs=inputs,
        )
    except PlanningRefused as refused:
        return Checked(diagnostics=refused.diagnostics, profile=checked.profile, plan=None)
    return Checked(diagnostics=checked.diagnostics, profile=checked.profile, plan=plan)


@pytest.fixture(autouse=True)
def with_planning(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "check", planned)
    monkeypatch.setattr(type(client.app[SERVICES]), "check", property(lambda _: planned))


async def items(client: Client, path: str) -> list[dict[str, Any]]:
    async with client.get(path) as response:
        assert response.status == 200, await response.text()
        listed: list[dict[str, Any]] = (await response.json())["items"]
        return listed


async def test_the_check_shows_the_timetable(client: Client, profile_text: str) -> None:
    body = {"text": profile_text, "file": "t.yaml"}
    async with client.post("/api/profiles/check", json=body) as response:
        answer = await response.json()
    assert answer["ok"] is True
    table = answer["timetable"]
    assert (table[0]["phase"], table[0]["time_s"], table[0]["wall_s"]) == ("inoculate", 0.0, NOW_S)
    held = [row for row in table if row["phase"] == "hold"]
    assert held
    assert all(row["time_s"] is None and row["wall_s"] is None for row in held)
    lines = profile_text.splitlines()
    assert "Inoculate" in lines[table[1]["source"]["line"] - 1]


async def test_inputs_that_do_not_fit_are_told_and_the_form_stays(
    client: Client, profile_text: str
) -> None:
    body = {"text": profile_text, "inputs": {"warm_up_to": "60 °C"}}
    async with client.post("/api/profiles/check", json=body) as response:
        answer = await response.json()
    assert answer["ok"] is False
    assert answer["diagnostics"]
    assert [each["name"] for each in answer["profile"]["inputs"]] == ["target_od600", "warm_up_to"]


async def test_in_its_last_phase_all_that_is_to_come_has_its_time(
    client: Client, store: MemoryStore, experiment: str, clock: StandingClock
) -> None:
    """Two hours into `hold`, thirty hours after the start."""
    bindings = {"control": Binding.parse("bench-1"), "warmed": Binding.parse("bench-2")}
    attempt = (await store.begin_attempt(experiment, bindings, at_wall_s=NOW_S)).attempt or ""
    for worker, vessel in (("bench-1", "control"), ("bench-2", "warmed")):
        told = Told(store, worker, attempt, vessel)
        await told.entry("run_began", 0.0)
        await told.entry("phase_entered", 28 * HOUR_S, None, phase="hold", visit=1)
        await told.entry("note", 30 * HOUR_S, None, text="still there")
    clock.wall_s = NOW_S + 30 * HOUR_S
    rows = await items(client, f"/api/experiments/{experiment}/coming?for_s=86400")
    assert {row["phase"] for row in rows} == {"hold"}
    assert {row["vessel"] for row in rows} == {"control", "warmed"}
    aerate = next(row for row in rows if "aerate" in row["action_id"])
    assert aerate["time_s"] == 32 * HOUR_S
    assert aerate["wall_s"] == NOW_S + 32 * HOUR_S
    assert aerate["action_id"].startswith(f"{attempt}:control:hold#1:aerate@")
    samples = [row["wall"] for row in rows if row["action"] == "sample"]
    assert samples == ["2025-01-08T08:00:00Z"] * 2, "nine o'clock in Berlin, once on each vessel"
    assert all(row["wall_s"] >= clock.wall_s for row in rows)


CLIMATE = """\
axenic: profile/1
name: Climate
vessels:
  a: {volume: 15 mL}
signals:
  room: {topic: lab/room, unit: °F}
  count: {topic: lab/count}
jobs:
  stirring: {target: 500 rpm}
phases:
  - name: only
    duration: 1 h
"""


def test_a_signal_that_a_profile_names_has_the_unit_that_people_read() -> None:
    outline = outline_of(canonical_json(plain(plan_of(CLIMATE))).decode())
    assert outline.unit_of("external.room") == "°C"
    assert outline.unit_of("external.count") == outline.unit_of("od600") == ""
