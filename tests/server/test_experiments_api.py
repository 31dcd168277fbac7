"""Submitting, listing, looking closely, steering."""

from __future__ import annotations

import hashlib

import pytest

from orchestrator.model.experiment import State
from orchestrator.ports.records import Binding
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S, DeskOffice, Told
from tests.server.rich import let_it_run, tell_of_workers


async def start(store: MemoryStore, experiment: str) -> str:
    """Have it run on two workers; answers the attempt."""
    bindings = {"control": Binding.parse("bench-1"), "warmed": Binding.parse("bench-2/left")}
    started = await store.begin_attempt(experiment, bindings, at_wall_s=NOW_S)
    assert started.attempt is not None
    return started.attempt


async def test_a_submitted_profile_is_an_experiment_that_waits(
    client: Client, profile_text: str
) -> None:
    body = {"text": profile_text, "file": "t.yaml", "bindings": {"control": "bench-1"}}
    headers = {"X-Axenic-Actor": "ada"}
    async with client.post("/api/experiments", json=body, headers=headers) as response:
        made = await response.json()
        assert response.status == 201
        assert response.headers["Location"] == f"/api/experiments/{made['id']}"
    assert made["state"] == "queued"
    assert made["name"] == "Heat-adapted turbidostat"
    assert made["actor"] == "ada"
    assert made["bindings"] == {"control": "bench-1"}
    assert made["profile_hash"] == hashlib.sha256(profile_text.encode()).hexdigest()
    async with client.get(response.headers["Location"]) as found:
        assert (await found.json())["id"] == made["id"]


async def test_without_a_name_the_actor_is_local(client: Client, experiment: str) -> None:
    async with client.get(f"/api/experiments/{experiment}") as response:
        assert (await response.json())["actor"] == "local"


async def test_a_wrong_profile_is_refused_with_every_diagnostic_and_nothing_is_kept(
    client: Client, profile_text: str
) -> None:
    wrong = profile_text.replace("stirring:", "stiring:", 1).replace("15 mL", "15 rpm")
    body = {"text": wrong, "file": "t.yaml"}
    async with client.post("/api/experiments", json=body) as response:
        problem = await response.json()
        assert response.status == 422
        assert response.content_type == "application/problem+json"
    assert problem["type"] == "urn:axenic:problem:profile-refused"
    said = problem["diagnostics"]
    lines = wrong.splitlines()
    misspelt = next(each for each in said if "stiring" in lines[each["line"] - 1])
    assert misspelt["file"] == "t.yaml"
    assert lines[misspelt["line"] - 1][misspelt["column"] - 1 :].startswith("stiring")
    assert "stirring" in misspelt["suggestion"]
    assert any("15 rpm" in lines[each["line"] - 1] for each in said)
    async with client.get("/api/experiments") as response:
        assert (await response.json())["items"] == []


async def test_the_list_is_paged_newest_first(client: Client, profile_text: str) -> None:
    for _ in range(5):
        await client.post("/api/experiments", json={"text": profile_text})
    seen, cursor = [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        async with client.get("/api/experiments", params=query) as response:
            page = await response.json()
        assert len(page["items"]) <= 2
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["e0005", "e0004", "e0003", "e0002", "e0001"]


async def test_the_list_may_be_of_some_states_only(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    async def found(query: str) -> list[str]:
        async with client.get(f"/api/experiments?{query}") as response:
            return [each["id"] for each in (await response.json())["items"]]

    assert await found("state=queued") == [experiment]
    assert await found("state=running") == []
    assert await found("state=running&state=queued") == [experiment]


async def test_the_detail_tells_runs_charts_and_limits(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    attempt = await start(store, experiment)
    told = Told(store, "bench-1", attempt, "control")
    await told.entry("run_began", 0.0)
    await told.entry("phase_entered", 0.0, phase="grow", visit=1)
    async with client.get(f"/api/experiments/{experiment}") as response:
        detail = await response.json()
    assert detail["state"] == "running"
    assert detail["bindings"] == {"control": "bench-1", "warmed": "bench-2/left"}
    control, warmed = sorted(detail["runs"], key=lambda run: str(run["vessel"]))
    assert (control["worker"], control["reactor"]) == ("bench-1", "bench-1")
    assert (control["state"], control["phase"], control["visit"]) == ("running", "grow", 1)
    assert (warmed["worker"], warmed["reactor"], warmed["state"]) == ("bench-2", "left", "queued")
    assert detail["charts"][0]["name"] == "growth"
    assert detail["charts"][0]["series"][0]["signal"] == "od600"
    assert detail["limits"]["control"] == {"temperature.maximum": 45.0}
    assert [each["name"] for each in detail["phases"]] == ["grow", "hold"]
    assert detail["profile_text_url"] == f"/api/experiments/{experiment}/profile"


async def test_rule_9_the_detail_tells_who_waits_for_whom_as_long_as_it_does(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    attempt = await let_it_run(store, experiment)

    async def waits(waits_at: str | None) -> tuple[str | None, list[str]]:
        await tell_of_workers(store, experiment, attempt, waits_at=waits_at)
        async with client.get(f"/api/experiments/{experiment}") as response:
            [run, _] = (await response.json())["runs"]
        return run["waits_at"], run["waits_for"]

    assert await waits("hold") == ("hold", ["warmed"])
    assert await waits(None) == (None, [])
    await waits("hold")
    told = Told(store, "bench-2", attempt, "control")
    await told.entry("phase_entered", 7300.0, phase="hold", visit=1)
    async with client.get(f"/api/experiments/{experiment}") as response:
        [run, _] = (await response.json())["runs"]
    assert run["waits_at"] is None, "the ledger is ahead of what its worker told last"


async def test_profile_and_plan_are_given_back_as_they_are_kept(
    client: Client, store: MemoryStore, experiment: str, profile_text: str
) -> None:
    async with client.get(f"/api/experiments/{experiment}/profile") as response:
        assert response.content_type == "text/yaml"
        assert await response.text() == profile_text
    documents = await store.documents(experiment)
    assert documents is not None
    async with client.get(f"/api/experiments/{experiment}/plan") as response:
        assert response.content_type == "application/json"
        assert await response.text() == documents.plan_json


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        (["pause"], State.PAUSED),
        (["pause", "resume"], State.RUNNING),
        (["cancel"], State.CANCELLED),
        (["finish"], State.COMPLETED),
    ],
)
async def test_a_running_experiment_is_steered(
    client: Client,
    store: MemoryStore,
    office: DeskOffice,
    experiment: str,
    verbs: list[str],
    state: State,
) -> None:
    await start(store, experiment)
    for verb in verbs:
        async with client.post(f"/api/experiments/{experiment}/{verb}") as response:
            assert response.status == 200, await response.text()
            answer = await response.json()
    assert answer["state"] == state
    assert office.asked[-1][-1] == "local"


async def test_a_move_that_the_table_does_not_list_is_a_conflict(
    client: Client, experiment: str
) -> None:
    async with client.post(f"/api/experiments/{experiment}/resume") as response:
        problem = await response.json()
        assert response.status == 409
    assert "queued" in problem["detail"]
    assert "resume" in problem["detail"]


PARTS = ("profile", "plan", "latest", "curves?signal=od600", "actions", "phases", "volumes")
FILES = ("coming", "export.csv", "actions.csv")


@pytest.mark.parametrize("path", ["", *(f"/{part}" for part in PARTS + FILES)])
async def test_what_does_not_exist_is_not_found(client: Client, path: str) -> None:
    async with client.get(f"/api/experiments/none{path}") as response:
        problem = await response.json(content_type=None)
        assert response.status == 404
        assert response.content_type == "application/problem+json"
    assert problem["status"] == 404
    assert "none" in problem["detail"]


async def test_a_profile_is_kept_with_what_it_includes(client: Client, profile_text: str) -> None:
    text = profile_text.partition("phases:")[0] + "phases: !include parts/p.yaml\n"
    body = {"text": text, "file": "t.yaml"}
    async with client.post("/api/experiments", json=body) as response:
        problem = await response.json()
        assert response.status == 422
    assert "among the files that came with the document" in problem["diagnostics"][0]["message"]
    files = {"parts/p.yaml": "- {name: a, duration: 1 dy}\n"}
    async with client.post("/api/experiments", json={**body, "files": files}) as response:
        (said,) = [
            each for each in (await response.json())["diagnostics"] if each["severity"] == "error"
        ]
    assert (said["file"], said["line"]) == ("parts/p.yaml", 1)
    assert said["included_from"][0]["file"] == "t.yaml"
    files = {"parts/p.yaml": "- {name: a, duration: 1 d}\n"}
    async with client.post("/api/experiments", json={**body, "files": files}) as response:
        made = await response.json()
        assert response.status == 201
    async with client.get(f"/api/experiments/{made['id']}/files") as response:
        assert await response.json() == {"file": "t.yaml", "text": text, "files": files}
    async with client.get("/api/experiments/none/files") as response:
        assert response.status == 404
