"""An experiment as one file that explains itself (RO-Crate 1.1)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli.experiment_report import report
from orchestrator.leader.made_with import made_with
from orchestrator.leader.presence import Presences
from orchestrator.library.open_library import open_library
from orchestrator.ports.library import Edit, Library
from orchestrator.ports.pictures import Gallery
from orchestrator.ports.records import Binding
from orchestrator.ports.remarks import NewNote
from orchestrator.server.crate.archive import Archive
from orchestrator.server.services import SERVICES
from orchestrator.sim.picture import draw
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S
from tests.server.rich import let_it_run
from tests.support.compared_records import COMPARED

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
async def bundle(client: Client, store: MemoryStore, experiment: str) -> zipfile.ZipFile:
    """Of one that has been through something."""
    await let_it_run(store, experiment)
    note = NewNote(experiment=experiment, text="foam | and\nmore", actor="ada", at_wall_s=NOW_S)
    await store.add_note(note)
    await store.keep_calibrations(COMPARED, at_wall_s=NOW_S)
    return await fetched(client, experiment)


async def fetched(client: Client, experiment: str, query: str = "") -> zipfile.ZipFile:
    async with client.get(f"/api/experiments/{experiment}/bundle.zip{query}") as response:
        assert response.status == 200
        assert response.content_type == "application/zip"
        return zipfile.ZipFile(io.BytesIO(await response.read()))


def metadata(bundle: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bundle.read("ro-crate-metadata.json"))
    return found


async def test_it_is_whole_and_its_files_are_what_it_says_of_them(
    bundle: zipfile.ZipFile,
) -> None:
    assert bundle.testzip() is None
    names = bundle.namelist()
    assert len(names) == len(set(names))
    files = {each["@id"]: each for each in metadata(bundle)["@graph"] if each["@type"] == "File"}
    assert set(names) == {*files, "ro-crate-metadata.json"}
    for name, said in files.items():
        content = bundle.read(name)
        assert said["contentSize"] == str(len(content))
        assert said["sha256"] == hashlib.sha256(content).hexdigest()


async def test_its_metadata_are_an_ro_crate(bundle: zipfile.ZipFile) -> None:
    """The MUSTs of RO-Crate 1.1, and those that 1.2 adds for the root."""
    document = metadata(bundle)
    assert document["@context"] == "https://w3id.org/ro/crate/1.1/context"
    by_id = {each["@id"]: each for each in document["@graph"]}
    assert len(by_id) == len(document["@graph"]), "each entity stands there once"
    assert all(each["@type"] for each in by_id.values())
    descriptor = by_id["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = by_id["./"]
    assert root["@type"] == "Dataset"
    assert ISO.fullmatch(root["datePublished"])
    assert root["name"] and root["description"]
    assert by_id[root["license"]["@id"]]["name"]
    parts = {each["@id"] for each in root["hasPart"]}
    assert parts == {each for each, entity in by_id.items() if entity["@type"] == "File"}
    assert not any(each.startswith(("/", "..")) or "\\" in each for each in parts)
    for each in by_id.values():
        for referred in _references(each):
            assert referred in by_id or referred.startswith("https://"), referred
        if each["@type"] in ("File", "Person", "SoftwareApplication"):
            assert each["name"]
    action = next(each for each in by_id.values() if each["@type"] == "CreateAction")
    assert {"@id": "data/readings.csv"} in action["result"]
    assert {"@id": "profile/1/turbidostat.yaml"} in action["object"]
    assert ISO.fullmatch(action["startTime"])


def _references(value: Any) -> list[str]:
    """Identifiers that an entity refers to."""
    if isinstance(value, list):
        return [name for each in value for name in _references(each)]
    if not isinstance(value, dict):
        return []
    if set(value) == {"@id"}:
        return [value["@id"]]
    return [name for each in value.values() for name in _references(each)]


async def test_the_readme_explains_every_column_and_every_signal(
    bundle: zipfile.ZipFile,
) -> None:
    text = bundle.read("README.md").decode()
    for name in ("data/readings.csv", "data/actions.csv", "data/pictures.csv"):
        rows = list(csv.DictReader(io.StringIO(bundle.read(name).decode())))
        assert rows, name
        for column in rows[0]:
            assert re.search(rf"^\| `{column}` \| \w.+ \|$", text, re.M), column
    assert "| `temperature.measured` | °C | control |" in text
    for name in bundle.namelist():
        assert name in ("README.md", "ro-crate-metadata.json") or f"`{name}`" in text


async def test_it_holds_data_trace_notes_profile_and_what_they_rest_on(
    bundle: zipfile.ZipFile, profile_text: str
) -> None:
    readings = list(csv.DictReader(io.StringIO(bundle.read("data/readings.csv").decode())))
    od600 = [float(each["value"]) for each in readings if each["signal"] == "od600"]
    assert od600 == [0.1, 0.2, 0.3]
    assert {each["worker"] for each in readings} == {"bench-1"}
    actions = list(csv.DictReader(io.StringIO(bundle.read("data/actions.csv").decode())))
    assert "begun 40 s late" in {each["reason"] for each in actions}
    trace = [json.loads(line) for line in bundle.read("data/trace.jsonl").splitlines()]
    assert "phase_entered" in {each["kind"] for each in trace}
    assert json.loads(bundle.read("notes.json"))[0]["text"] == "foam | and\nmore"
    assert bundle.read("profile/1/turbidostat.yaml").decode() == profile_text
    assert json.loads(bundle.read("plan/1.json"))["name"] == "Heat-adapted turbidostat"
    assert COMPARED.worker in json.loads(bundle.read("calibrations.json"))
    assert json.loads(bundle.read("provenance.json"))["revisions"][0]["revision"] == 1
    assert json.loads(bundle.read("experiment.json"))["axenic"] == "bundle/1"


async def test_its_report_draws_charts_and_course_without_a_network(
    client: Client, store: MemoryStore, experiment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await let_it_run(store, experiment)
    services = client.app[SERVICES]
    monkeypatch.setattr(type(services), "report", property(lambda _: report))
    page = (await fetched(client, experiment)).read("report.html").decode()
    assert f"The experiment {experiment}" in page
    assert "<svg" in page and "Growth" in page
    assert page.count('<path d="M') >= 1
    assert not re.search(r"""(src|href)\s*=|https?://|@import|<script|url\(""", page)


async def test_one_that_has_not_begun_can_be_saved_too(client: Client, experiment: str) -> None:
    bundle = await fetched(client, experiment)
    assert "not yet" in bundle.read("README.md").decode()
    assert "startTime" not in str(metadata(bundle))


async def test_there_is_none_of_what_is_not_there(client: Client) -> None:
    async with client.get("/api/experiments/nothing/bundle.zip") as response:
        assert response.status == 404


class TestWithALibrary:
    """A profile that the library has."""

    @pytest.fixture
    def library(self, tmp_path: Path, profile_text: str) -> Library:
        library = open_library(tmp_path / "library")
        for number, text in enumerate(("name: a\n", profile_text)):
            edit = Edit(by=f"author {number}", at_wall_s=NOW_S + number, whatever=True)
            library.save("heat.yaml", text, edit)
        return library

    async def test_its_past_comes_along(
        self, client: Client, store: MemoryStore, experiment: str, library: Library
    ) -> None:
        documents = await store.documents(experiment)
        assert documents is not None
        place = library.find(documents.profile_text, {})
        assert place is not None
        key = (experiment, 1)
        kept = store._tables.revisions[key]
        kept.update(library_path=place.path, git_commit=place.commit)
        past = json.loads((await fetched(client, experiment)).read("profile/history.json"))
        assert [each["author"] for each in past["heat.yaml"]] == ["author 1", "author 0"]


async def test_names_of_people_and_plugins_stay_what_they_are(
    client: Client, store: MemoryStore, profile_text: str
) -> None:
    headers = {"X-Axenic-Actor": "Löwe / <ada> #1"}
    body = {"text": profile_text, "name": "A | B"}
    async with client.post("/api/experiments", json=body, headers=headers) as response:
        experiment = (await response.json())["id"]
    bindings = {"control": Binding.parse("unit1")}
    made = made_with(bindings, Presences())
    await store.begin_attempt(experiment, bindings, at_wall_s=NOW_S, made_with=made)
    document = metadata(await fetched(client, experiment))
    people = [each for each in document["@graph"] if each["@type"] == "Person"]
    assert [each["name"] for each in people] == ["Löwe / <ada> #1"]
    assert re.fullmatch(r"#person-[A-Za-z0-9%._~-]+", people[0]["@id"])
    assert any(each["@type"] == "SoftwareApplication" for each in document["@graph"])


@pytest.mark.parametrize("at_wall_s", [-1e9, 0.0, NOW_S, 1e12])
async def test_an_archive_has_a_date_whatever_the_clock_says(at_wall_s: float) -> None:
    sent = bytearray()

    async def send(data: bytes) -> None:
        sent.extend(data)

    archive = Archive(send, at_wall_s)
    await archive.add("a.txt", "a", "text/plain", "x" * 100_000)
    await archive.close()
    with zipfile.ZipFile(io.BytesIO(sent)) as found:
        assert found.read("a.txt") == b"x" * 100_000
    assert len(sent) < 10_000


async def test_pictures_are_listed_and_come_along_where_somebody_wants_them(
    client: Client, store: MemoryStore, gallery: Gallery, experiment: str
) -> None:
    await let_it_run(store, experiment)
    [told] = (await store.pictures(experiment)).items
    picture = draw(0.4, 0.75, 1.0)
    kept = replace(told, sha256=hashlib.sha256(picture).hexdigest())
    await gallery.append(kept, 0, picture)
    assert await gallery.finish(kept)
    await store.settle_picture(told.id, "here", at_wall_s=NOW_S)

    def listed(bundle: zipfile.ZipFile) -> dict[str, str]:
        [row] = csv.DictReader(io.StringIO(bundle.read("data/pictures.csv").decode()))
        return row

    without, whole = (
        await fetched(client, experiment),
        await fetched(client, experiment, "?pictures=true"),
    )
    assert (listed(without)["state"], listed(without)["path"]) == ("here", "")
    assert not [name for name in without.namelist() if name.startswith("data/pictures/")]
    path = listed(whole)["path"]
    assert whole.read(path) == picture
    assert "| `data/pictures/` | 1 pictures, by vessel |" in whole.read("README.md").decode()
    by_id = {each["@id"]: each for each in metadata(whole)["@graph"]}
    assert by_id[path]["encodingFormat"] == "image/png"
    assert {"@id": path} in by_id["#experiment"]["result"]
