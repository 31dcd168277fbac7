"""What another profile would change is told of vessels where they are now."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.ports.check import NO_FILES, Checked, Files, Given
from orchestrator.server.services import SERVICES
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S, StandingClock, check
from tests.server.rich import let_it_run

HOUR_S = 3600.0


async def differing(client: Client, experiment: str, text: str, **more: Any) -> dict[str, Any]:
    path = f"/api/experiments/{experiment}/difference"
    async with client.post(path, json={"text": text, **more}) as response:
        assert response.status == 200, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer


async def test_the_same_profile_changes_nothing_and_tells_where_vessels_are(
    client: Client, store: MemoryStore, experiment: str, clock: StandingClock, profile_text: str
) -> None:
    await let_it_run(store, experiment)
    clock.wall_s = NOW_S + 2 * HOUR_S
    found = await differing(client, experiment, profile_text)
    assert {part["change"] for part in found["parts"]} == {"unchanged"}
    assert found["revision"] == 1
    assert {"vessel": "control", "phase": "grow", "visit": 1, "removed": False} in found["stands"]
    control = [row for row in found["coming"] if row["vessel"] == "control"]
    assert control[0]["time_s"] == 4 * HOUR_S
    assert control[0]["wall_s"] == NOW_S + 2 * HOUR_S


async def test_a_changed_profile_says_what_is_another(
    client: Client, store: MemoryStore, experiment: str, profile_text: str
) -> None:
    await let_it_run(store, experiment)
    renamed = profile_text.replace("Heat-adapted turbidostat", "Heat-adapted chemostat", 1)
    found = await differing(client, experiment, renamed)
    changed = [part for part in found["parts"] if part["change"] != "unchanged"]
    assert [(part["kind"], part["name"], part["after"]) for part in changed] == [
        ("plan", "name", "Heat-adapted chemostat")
    ]
    assert found["hash"] != (await differing(client, experiment, profile_text))["hash"]


async def test_inputs_stay_as_they_were_chosen_unless_they_are_given(
    client: Client, profile_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the profile no longer asks for is let go."""
    body = {"text": profile_text, "inputs": {"target_od600": 0.6, "of_old": 1.0}}
    async with client.post("/api/experiments", json=body) as response:
        experiment = (await response.json())["id"]
    asked: list[Given] = []

    def noting(text: str, file: str, inputs: Given, files: Files = NO_FILES) -> Checked:
        asked.append(inputs)
        return check(text, file, inputs, files)

    services = client.app[SERVICES]
    monkeypatch.setattr(type(services), "check", property(lambda _: noting))
    await differing(client, experiment, profile_text)
    assert asked[-1] == {"target_od600": 0.6}
    await differing(client, experiment, profile_text, inputs={"target_od600": 0.7})
    assert asked[-1] == {"target_od600": 0.7}


async def test_a_wrong_profile_is_refused_with_every_diagnostic(
    client: Client, experiment: str, profile_text: str
) -> None:
    wrong = profile_text.replace("stirring:", "stiring:", 1)
    path = f"/api/experiments/{experiment}/difference"
    async with client.post(path, json={"text": wrong}) as response:
        assert response.status == 422
        assert (await response.json())["diagnostics"]


async def test_nothing_is_compared_with_an_experiment_that_does_not_exist(
    client: Client, profile_text: str
) -> None:
    async with client.post(
        "/api/experiments/nobody/difference", json={"text": profile_text}
    ) as response:
        assert response.status == 404
