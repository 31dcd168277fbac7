"""The description tells of every route, and every answer is as described."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from aiohttp import web

from orchestrator.documents.calibration import calibration_text
from orchestrator.library.open_library import open_library
from orchestrator.ports.configuration import Configuration
from orchestrator.ports.library import Edit, Library
from orchestrator.ports.remarks import NewNote
from orchestrator.ports.silence import NewSilence
from orchestrator.server import examples
from orchestrator.server.api.experiments import ONE
from orchestrator.server.api.library import FILE
from orchestrator.server.app import ROUTES
from orchestrator.server.examples import Example
from orchestrator.server.routing import Route
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import SECRET, Client
from tests.server.office import NOW_S
from tests.server.rich import QUESTION, let_it_run
from tests.support.clusters import CLUSTER, a_cluster_document
from tests.support.compared_records import COMPARED, PUMP
from tests.support.examples import example_of, write
from tools import web_types

Described = dict[str, Any]


@pytest.fixture
async def described(client: Client) -> Described:
    async with client.get("/api/openapi.json") as response:
        assert response.status == 200
        document: Described = await response.json()
        return document


async def test_each_route_that_is_served_is_described_and_the_other_way_round(
    app: web.Application, described: Described
) -> None:
    served = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api")
    }
    told = {
        (method.upper(), path) for path, methods in described["paths"].items() for method in methods
    }
    assert served == told
    assert len(told) == len(ROUTES)


async def test_operations_have_names_of_their_own_and_say_what_they_do(
    described: Described,
) -> None:
    operations = [each for methods in described["paths"].values() for each in methods.values()]
    names = [each["operationId"] for each in operations]
    assert len(names) == len(set(names))
    assert all(each["summary"].endswith((".", ":")) for each in operations), names


async def test_path_parameters_are_declared(described: Described) -> None:
    for path, methods in described["paths"].items():
        for operation in methods.values():
            declared = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path))


async def test_a_webhook_says_what_it_takes(described: Described) -> None:
    body = described["paths"]["/api/webhooks/{name}"]["post"]["requestBody"]
    assert body["content"]["text/plain"]["schema"] == {"type": "string", "maxLength": 4096}
    assert "application/json" in body["content"]
    assert body["required"] is False


async def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(described: Described) -> None:
    assert described["openapi"].startswith("3.1.")
    known = described["components"]["schemas"]
    for name in set(re.findall(r"'#/components/schemas/(\w+)'", str(described))):
        assert name in known
    for component in known.values():
        jsonschema.Draft202012Validator.check_schema(component)
    twice = [name for name in known if "." in name]
    assert twice == [], "two types of one name cannot both be called by it"


async def test_every_answer_is_as_described(
    client: Client,
    store: MemoryStore,
    described: Described,
    experiment: str,
    profile_text: str,
    tmp_path: Path,
) -> None:
    attempt = await let_it_run(store, experiment)
    answers: dict[tuple[str, str], Any] = {}
    note = NewNote(experiment=experiment, text="foam", actor="ada", at_wall_s=NOW_S)
    await store.add_note(note)
    await store.keep_calibrations(COMPARED, at_wall_s=NOW_S)
    await store.silence(
        NewSilence(source="disk", actor="ada", began_wall_s=NOW_S, until_wall_s=NOW_S + 1e9)
    )
    run = await store.begin_maintenance(["backup"], cause="schedule", actor="", at_wall_s=NOW_S)
    await store.end_maintenance(run.id, "failed", at_wall_s=NOW_S)
    made: dict[str, Example] = {}
    for route in ROUTES:
        if route.name not in WITHOUT_EXAMPLE:
            status, answer, made[route.name] = await _ask(client, store, route, profile_text)
            if route.answer is not None:
                answers[route.method, route.path] = status, answer
    if os.environ.get("AXENIC_ACCEPT"):
        write(examples.FILE, made, {str(tmp_path): "/var/lib/axenic"})
    for (method, path), (status, answer) in answers.items():
        operation = described["paths"][path][method.lower()]
        content = operation["responses"][str(status)]["content"]["application/json"]
        schema = {**content["schema"], "components": described["components"]}
        jsonschema.validate(answer, schema, cls=jsonschema.Draft202012Validator)
        assert answer.get("items") != [], f"{path} shows nothing"
    assert QUESTION.format(attempt=attempt) in str(answers["GET", "/api/questions"])


async def test_every_operation_has_an_example_that_is_as_described(described: Described) -> None:
    operations = {
        operation["operationId"]: operation
        for methods in described["paths"].values()
        for operation in methods.values()
    }
    wrong = {*examples.examples()} ^ (operations.keys() - WITHOUT_EXAMPLE)
    wrong |= {
        name
        for name in examples.examples().keys() & operations.keys()
        for content in _shown(operations[name])
        if not _is_good(content, described)
    }
    assert wrong == set(), f"write examples anew: {ACCEPT}"


def _shown(operation: Described) -> list[Described]:
    """What is asked and answered, by media type; a webhook takes whatever comes."""
    good = min(status for status in operation["responses"] if status.isdigit())
    body = operation.get("requestBody", {}).get("content", {})
    asked = () if "text/plain" in body else body.values()
    return [*operation["responses"][good]["content"].values(), *asked]


def _is_good(content: Described, described: Described) -> bool:
    if isinstance(content.get("example"), str):
        return True  # a document or a table
    schema = {**content["schema"], "components": described["components"]}
    is_there = "example" in content
    return is_there and jsonschema.Draft202012Validator(schema).is_valid(content["example"])


@pytest.mark.parametrize(
    "path",
    [
        "/api/experiments/e0001/phases",
        "/api/experiments/e0001/notes",
        "/api/experiments/e0001/revisions",
        "/api/calibrations",
        "/api/library/files",
    ],
)
@pytest.mark.usefixtures("experiment")
async def test_a_list_that_grows_comes_in_pages_that_make_up_the_whole(
    client: Client, store: MemoryStore, path: str
) -> None:
    await let_it_run(store, "e0001")
    for text in ("foam", "less foam"):
        await store.add_note(NewNote(experiment="e0001", text=text, actor="ada", at_wall_s=NOW_S))
    await store.keep_calibrations(COMPARED, at_wall_s=NOW_S)
    async with client.get(path) as response:
        whole = await response.json()
    assert whole["items"]
    assert whole["next"] is None
    pieces, cursor = [], ""
    while cursor is not None:
        async with client.get(f"{path}?limit=1{cursor}") as response:
            page = await response.json()
        assert len(page["items"]) == 1
        pieces += page["items"]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert pieces == whole["items"]


@pytest.fixture
def library(tmp_path: Path, profile_text: str) -> Library:
    """With a document that said two things, and a remote."""
    remote = open_library(tmp_path / "remote")
    for name in ("growth.yaml", "other.yaml"):
        remote.save(name, "name: a\n", Edit(by="ada", at_wall_s=NOW_S))
    library = open_library(tmp_path / "library", remote=str(tmp_path / "remote"))
    library.pull()
    library.save("growth.yaml", profile_text, Edit(by="ada", at_wall_s=NOW_S, whatever=True))
    return library


@pytest.fixture
def configured(tmp_path: Path) -> Configuration:
    """As it was found."""
    return a_cluster_document(tmp_path)


BODIES: dict[str, Any] = {
    FILE: {"text": "name: b\n"},
    "/api/configuration": {"text": CLUSTER},
    f"{FILE}/remove": {"message": "Nobody grows this"},
    "/api/profiles/check": {"text": "axenic: profile/1\n"},
    "/api/questions/answer": {"key": "e0001.1:control:grow#1:do@0:0", "answer": "yes"},
    "/api/experiments/{id}/press": {"button": "rinse"},
    "/api/experiments/{id}/hold": {"note": "no inoculum"},
    "/api/experiments/{id}/move": {"to": "first"},
    "/api/experiments/{id}": {"name": "Warm"},
    "/api/experiments/{id}/doses/resolve": {
        "key": "e0001.1:control:*:dosing@1/in",
        "volume_ml": 1.0,
    },
    "/api/queue/hold": {"note": "new pumps"},
    "/api/maintenance/runs": {"steps": []},
    "/api/silences": {"source": "disk", "for_s": 60.0},
    "/api/experiments/{id}/notes": {"text": "foam"},
    "/api/experiments/{id}/notes/{note}": {"text": "foam, gone"},
    "/api/workers/{worker}/calibrate": {"do": "go", "args": {"session": "s1"}},
    "/api/workers/{worker}/calibrations": {"text": calibration_text(PUMP.calibration())},
    "/api/workers/{worker}/command": {"name": "stop", "args": {"job": "stirring"}},
    "/api/workers/{worker}/machine": {"do": "reboot"},
    "/api/workers/machine": {"do": "reboot"},
    "/api/workers/self-test": {"places": ["bench-1"]},
    "/api/workers/command": {"name": "stop", "args": {"job": "stirring"}},
}
ACCEPT = "AXENIC_ACCEPT=1 pytest tests/server/test_openapi.py -k every_answer"
READABLE = ("application/json", "text/csv", "text/yaml")
WITHOUT_EXAMPLE = {
    "get_openapi",  # would hold itself
    "import_experiment",  # of a ZIP
    *(route.name for route in ROUTES if route.answer is None and route.media_type not in READABLE),
}
"""Pictures, archives, pages, and a stream that never ends."""
WAITS = (
    "get_preflight",
    "hold_experiment",
    "release_experiment",
    "move_experiment",
    "change_experiment",
)
"""Asked of an experiment that has not begun."""
ANYBODYS = {"X-Axenic-Role": "administrator", "If-Match": "*", "X-Gitlab-Token": SECRET}
TEXTS = ("submit_experiment", "compare_experiment")
OF_COMMITS = (
    "compare_versions",
    "restore_library_file",
    "compare_configurations",
    "restore_configuration",
)
QUERIES = {
    "document": "?worker=bench-1&reactor=r1&device=feed_pump&name=weighed",
    "curves": "?signal=od600&signal=temperature.measured",
    "curves.csv": "?signal=od600",
}


async def _ask(
    client: Client, store: MemoryStore, route: Route, text: str
) -> tuple[int, Any, Example]:
    """Ask for something that is there."""
    name = "e0001"
    if route.name in WAITS:
        name = await _another(client, store, text, begins=False)
    elif route.method == "POST" and route.path.startswith(f"{ONE}/"):
        name = await _another(client, store, text, is_paused=route.path.endswith("/resume"))
    address = route.path.replace("{path}", "growth.yaml").replace("{session}", "s1")
    address = address.replace("{attempt}", f"{name}.1")
    address = address.replace("{worker}", "bench-1").replace("{name}", "door")
    if "{note}" in address:
        new = NewNote(experiment=name, text="?", actor="local", at_wall_s=NOW_S)
        address = address.replace("{note}", str((await store.add_note(new)).id))
        new = NewNote(experiment=name, text="!", actor="local", at_wall_s=NOW_S)
        await store.add_note(new)
    address = address.replace("{file}", "heat-adapted-turbidostat.yaml")
    is_numbered = any(part in route.path for part in ("alerts", "maintenance", "silences"))
    address = address.replace("{id}", "1" if is_numbered else name)
    address += QUERIES.get(route.path.rpartition("/")[2], "")
    body = {"text": text} if route.name in TEXTS else BODIES.get(route.path)
    if route.name == "compare_revision":
        address += "?revision=1"
    if route.name in OF_COMMITS:
        past = f"/api/{route.path.split('/')[2]}/history"
        async with client.get(past, headers=ANYBODYS) as response:
            commit = (await response.json())["items"][-1]["id"]
        address += f"?old={commit}" if route.method == "GET" else ""
        body = {"commit": commit}
    if route.name in ("revise_experiment", "roll_back_experiment"):
        async with client.get(f"/api/experiments/{name}/difference?revision=1") as response:
            shown = (await response.json())["hash"]
        more = {"text": text} if route.name == "revise_experiment" else {"revision": 1}
        body = {"difference": shown, **more}
    async with client.request(route.method, address, json=body, headers=ANYBODYS) as response:
        assert response.status < 300, f"{address}: {await response.text()}"
        is_json = response.content_type == "application/json"
        answer = await response.json() if is_json else await response.text()
        return (
            response.status,
            answer,
            example_of(route.path, address, body if route.body is not None else None, answer),
        )


async def _another(
    client: Client, store: MemoryStore, text: str, *, is_paused: bool = False, begins: bool = True
) -> str:
    """One more that waits, runs or is paused, to be steered."""
    async with client.post("/api/experiments", json={"text": text}) as response:
        name: str = (await response.json())["id"]
    if not begins:
        return name
    await store.begin_attempt(name, {}, at_wall_s=NOW_S)
    if is_paused:
        await store.change_state(name, "pause", at_wall_s=NOW_S)
    return name


def test_the_types_of_the_web_interface_are_up_to_date() -> None:
    assert web_types.FILE.read_text(encoding="utf-8") == web_types.types_text(), (
        "run python -m tools.web_types"
    )
