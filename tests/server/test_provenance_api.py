"""What each data point rests on, in one record."""

from __future__ import annotations

import platform

from orchestrator import __version__
from orchestrator.leader.made_with import made_with
from orchestrator.leader.presence import Presences
from orchestrator.messages.reports import Capabilities, ReactorReport
from orchestrator.ports.records import Binding
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S

UNIT1, LEFT = Binding.parse("unit1"), Binding.parse("unit2/left")


def presences() -> Presences:
    found = Presences()
    reactor = ReactorReport(
        sensors=["photodiode"],
        outputs=[],
        pumps={},
        calibrations={"photodiode": "2026-11"},
        capacity_ml=20.0,
    )
    found.hear("unit1").capabilities = Capabilities(
        worker="unit1",
        version="1.2",
        reactors={"unit1": reactor},
        jobs=[],
        plugins={"ph-meter": "0.3"},
    )
    return found


async def test_what_an_attempt_begins_with_is_what_its_workers_said() -> None:
    made = made_with({"control": UNIT1, "warmed": LEFT}, presences())
    assert made["leader"]["version"] == __version__
    assert made["leader"]["python"] == platform.python_version()
    assert made["workers"]["unit1"] == {
        "version": "1.2",
        "simulated": False,
        "plugins": {"ph-meter": "0.3"},
        "reactors": {"unit1": {"calibrations": {"photodiode": "2026-11"}}},
    }
    assert made["workers"]["unit2"]["reactors"] == {"left": {"calibrations": {}}}


async def test_the_record_holds_profile_inputs_reactors_versions_and_calibrations(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    bindings = {"control": UNIT1, "warmed": LEFT}
    made = made_with(bindings, presences())
    await store.begin_attempt(experiment, bindings, at_wall_s=NOW_S, made_with=made)
    async with client.get(f"/api/experiments/{experiment}/provenance") as response:
        assert response.status == 200
        said = await response.json()
    (revision,) = said["revisions"]
    assert (revision["file"], revision["revision"]) == ("turbidostat.yaml", 1)
    assert len(revision["profile_hash"]) == 64
    (attempt,) = said["attempts"]
    assert attempt["attempt"] == f"{experiment}.1"
    assert attempt["bindings"] == {"control": "unit1", "warmed": "unit2/left"}
    assert attempt["workers"]["unit1"]["plugins"] == {"ph-meter": "0.3"}
    photodiode = attempt["workers"]["unit1"]["reactors"]["unit1"]["calibrations"]["photodiode"]
    assert photodiode == "2026-11"


async def test_an_attempt_of_an_older_store_says_that_nobody_wrote_it_down(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await store.begin_attempt(experiment, {"control": UNIT1}, at_wall_s=NOW_S)
    async with client.get(f"/api/experiments/{experiment}/provenance") as response:
        (attempt,) = (await response.json())["attempts"]
    assert (attempt["leader"], attempt["workers"]) == (None, {})
