"""A bundle is read back by another leader: all of it, once, and nothing of it runs."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from click.testing import CliRunner

from orchestrator.cli.import_pioreactor import import_
from orchestrator.documents.catalogue import load_catalogue
from orchestrator.model.experiment import State
from orchestrator.ports.remarks import NewNote
from orchestrator.ports.store import Store, StoreBusy
from orchestrator.server.app import make_app
from orchestrator.server.crate import opened
from orchestrator.store.memory import MemoryStore
from orchestrator.store.sqlite.opening import open_store
from tests.server.conftest import Client
from tests.server.office import NOW_S, DeskOffice, StandingClock, check
from tests.server.rich import let_it_run
from tests.support.served import served


@pytest.fixture
async def other_store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "other.sqlite")
    yield opened
    await opened.close()


@pytest.fixture
async def other(other_store: Store) -> AsyncIterator[Client]:
    """Another leader's server, over a real store."""
    app = make_app(
        DeskOffice(other_store),  # type: ignore[arg-type]
        store=other_store,
        check=check,
        clock=StandingClock(),
        catalogue=load_catalogue(),
    )
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


@pytest.fixture
async def bundle(client: Client, store: MemoryStore, experiment: str) -> bytes:
    """Of an experiment that is over."""
    await let_it_run(store, experiment)
    await store.add_note(NewNote(experiment=experiment, text="foam", actor="ada", at_wall_s=NOW_S))
    await store.change_state(experiment, "complete", at_wall_s=NOW_S + 4000.0)
    return await saved(client, experiment)


async def saved(client: Client, experiment: str) -> bytes:
    async with client.get(f"/api/experiments/{experiment}/bundle.zip") as response:
        assert response.status == 200
        return await response.read()


async def send(client: Client, content: bytes, *, status: int = 201) -> Any:
    headers = {"Content-Type": "application/zip", "X-Axenic-Actor": "bob"}
    body = io.BytesIO(content)
    async with client.post("/api/imports", data=body, headers=headers) as response:
        assert response.status == status, await response.text()
        return await response.json()


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return {name: found.read(name) for name in found.namelist()}


def changed(content: bytes, name: str, text: bytes | None) -> bytes:
    """The same bundle with a file that says something else, or without it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for each, data in members(content).items():
            if each != name:
                archive.writestr(each, data)
        if text is not None:
            archive.writestr(name, text)
    return made.getvalue()


async def test_it_becomes_a_finished_experiment_that_is_marked(
    bundle: bytes, other: Client, other_store: Store, experiment: str
) -> None:
    made = await send(other, bundle)
    assert (made["id"], made["state"], made["actor"]) == (experiment, "completed", "local")
    assert "imported" in made["tags"]
    assert made["reason"] == "imported by bob from a bundle"
    assert all(run.state in (State.COMPLETED, State.CANCELLED) for run in await other_store.runs())
    assert await other_store.runs(open_only=True) in ([], ())
    async with other.get(f"/api/experiments/{experiment}/provenance") as response:
        mark = (await response.json())["imported"]
    assert (mark["by"], len(mark["sha256"])) == ("bob", 64)
    (deed,) = (await other_store.deeds()).items
    assert (deed.deed, deed.actor, deed.status) == ("import_experiment", "bob", 201)


async def test_all_that_was_saved_can_be_saved_again_as_it_was(
    bundle: bytes, other: Client, experiment: str
) -> None:
    await send(other, bundle)
    before, after = members(bundle), members(await saved(other, experiment))
    for name in ("data/readings.csv", "data/actions.csv", "profile/1/turbidostat.yaml"):
        assert after[name] == before[name], name
    assert json.loads(after["plan/1.json"]) == json.loads(before["plan/1.json"])
    traces = [
        [{**json.loads(line), "number": 0} for line in each["data/trace.jsonl"].splitlines()]
        for each in (before, after)
    ]
    assert traces[0] == traces[1]
    notes = [[note["text"] for note in json.loads(each["notes.json"])] for each in (before, after)]
    assert notes == [["foam"], ["foam"]]


async def test_its_alerts_and_questions_trouble_nobody_any_more(
    bundle: bytes, other: Client, other_store: Store
) -> None:
    await send(other, bundle)
    assert (await other_store.alerts(open_only=True)).items in ([], ())
    assert await other_store.unsorted_alerts() == []
    assert await other_store.questions() in ([], ())


async def test_the_same_bundle_again_changes_nothing(
    bundle: bytes, other: Client, other_store: Store, experiment: str
) -> None:
    await send(other, bundle)
    latest = await other_store.latest(experiment)
    events = await other_store.newest_event_id()
    await send(other, bundle, status=200)
    assert await other_store.latest(experiment) == latest
    assert await other_store.newest_event_id() == events
    boxes = await other_store.outboxes()
    assert sum(each.readings for each in boxes) == 5
    assert len(await other_store.notes(experiment)) == 1


@pytest.mark.parametrize("portions", [0, 1])
async def test_one_that_was_cut_off_is_gone_on_with(
    bundle: bytes,
    other: Client,
    other_store: Store,
    experiment: str,
    portions: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit, done = other_store.commit, 0

    async def busy(batches: Any, *, at_wall_s: float) -> Any:
        nonlocal done
        if done == portions:
            raise StoreBusy("too many writes wait")
        done += 1
        return await commit(batches, at_wall_s=at_wall_s)

    monkeypatch.setattr(other_store, "commit", busy)
    await send(other, bundle, status=503)
    monkeypatch.undo()
    await send(other, bundle, status=200)
    again = members(await saved(other, experiment))
    assert again["data/readings.csv"] == members(bundle)["data/readings.csv"]
    assert again["data/actions.csv"] == members(bundle)["data/actions.csv"]


async def test_another_experiment_of_that_name_is_left_alone(
    bundle: bytes, client: Client, other: Client
) -> None:
    refused = await send(client, bundle, status=409)  # where it happened
    assert "of another origin" in refused["detail"]
    await send(other, bundle)
    await send(other, changed(bundle, "notes.json", b"[]"), status=409)


async def test_one_that_was_not_over_is_refused(
    client: Client, store: MemoryStore, other: Client, experiment: str
) -> None:
    await let_it_run(store, experiment)
    refused = await send(other, await saved(client, experiment), status=409)
    assert "save it again when it is over" in refused["detail"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("experiment.json", None, "experiment.json cannot be read"),
        ("experiment.json", b"{}", "experiment.json is not what it should be"),
        ("experiment.json", b"\xff", "experiment.json is not UTF-8"),
        ("notes.json", b'[{"text": 1}]', "notes.json is not what it should be"),
        ("profile/1/turbidostat.yaml", None, "the profile of revision 1 is not whole"),
        ("profile/1/../../up.yaml", b"x", "leads out of the profile's folder"),
        ("plan/1.json", None, "plan/1.json cannot be read"),
        ("data/trace.jsonl", b"{}", "data/trace.jsonl is not what it should be"),
        ("data/readings.csv", None, "data/readings.csv cannot be read"),
        ("data/readings.csv", b"signal,worker\nod600", "is no reading"),
    ],
)
async def test_what_is_no_whole_bundle_leaves_nothing(
    bundle: bytes, other: Client, other_store: Store, name: str, text: bytes | None, said: str
) -> None:
    refused = await send(other, changed(bundle, name, text), status=422)
    assert refused["type"] == "urn:axenic:problem:no-bundle"
    assert said in refused["detail"]
    assert (await other_store.experiments()).items in ([], ())


@pytest.mark.parametrize(
    "name", ["experiment.json", "provenance.json", "data/trace.jsonl", "data/readings.csv"]
)
async def test_nothing_in_it_gets_into_another_experiment(
    name: str, bundle: bytes, other: Client, other_store: Store, experiment: str
) -> None:
    own = members(bundle)[name]
    theirs = own.replace(f"{experiment}.1".encode(), b"another.1")
    if name.endswith(".csv"):  # it has a column for each part of a run's name
        theirs = own.replace(b",control,", b",another,")
    assert theirs != own
    refused = await send(other, changed(bundle, name, theirs), status=422)
    assert "another" in refused["detail"]
    assert await other_store.ledger("another.1:control", after=0, limit=9) in ([], ())


async def test_one_that_is_damaged_is_told_from_a_fault_of_the_leader(
    bundle: bytes, other: Client
) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle)) as whole:
        member = whole.getinfo("experiment.json")
    start = member.header_offset + 30 + len(member.filename)
    for damage in (b"\xff" * 60, b"\x00" * 60):
        damaged = bundle[: start + 20] + damage + bundle[start + 80 :]
        refused = await send(other, damaged, status=422)
        assert "experiment.json cannot be read" in refused["detail"]
    strange = json.loads(members(bundle)["experiment.json"])
    strange["runs"][0]["state"] = "gone"
    text = json.dumps(strange).encode()
    refused = await send(other, changed(bundle, "experiment.json", text), status=422)
    assert "is not what it should be" in refused["detail"]
    longest = b"signal\n" + b"x" * (csv.field_size_limit() + 1) + b"\n"
    refused = await send(other, changed(bundle, "data/readings.csv", longest), status=422)
    assert "is no table" in refused["detail"]


def test_what_is_no_number_was_never_measured(bundle: bytes, tmp_path: Path) -> None:
    head, first = members(bundle)["data/readings.csv"].splitlines()[:2]
    path = tmp_path / "bundle.zip"
    for told in (b"nan", b"inf"):
        row = b",".join([told, *first.split(b",")[1:]])
        path.write_bytes(changed(bundle, "data/readings.csv", head + b"\n" + row))
        with pytest.raises(opened.NoBundle, match="was never measured"):
            list(opened.Opened(path).readings())


async def test_its_texts_are_bounded_together(
    bundle: bytes, other: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "TEXTS_BYTES_MAX", len(members(bundle)["experiment.json"]) + 10)
    assert "larger than those" in (await send(other, bundle, status=422))["detail"]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 100])
async def test_what_is_no_archive_is_refused(other: Client, content: bytes) -> None:
    assert "no zip archive" in (await send(other, content, status=422))["detail"]


def test_the_command_reads_one_back(bundle: bytes, tmp_path: Path, experiment: str) -> None:
    (tmp_path / "all.zip").write_bytes(bundle)
    with served() as leader:
        words = ["bundle", str(tmp_path / "all.zip"), "--leader", leader.url]
        for _ in range(2):
            shown = CliRunner().invoke(import_, words)
            assert shown.exit_code == 0, shown.output
            assert shown.output.startswith(f"{experiment}  Heat-adapted turbidostat  completed")
