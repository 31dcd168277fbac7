"""`orchestrator.client` against a real server: what a notebook does."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.client import Columns, Experiment, Leader, Missing, NotYet, Refused, Unreachable
from orchestrator.client.http import ClientError, Http
from tests.server.office import NOW_S
from tests.server.rich import let_it_run
from tests.support.served import Served, served


@pytest.fixture
def server() -> Iterator[Served]:
    with served() as found:
        yield found


@pytest.fixture
def leader(server: Served) -> Leader:
    return Leader(server.url, actor="ada")


@pytest.fixture
def experiment(server: Served, leader: Leader, canonical_profile: Path) -> Experiment:
    """One that has been through something."""
    submitted = leader.submit(canonical_profile, inputs={"target_od600": 0.5}, name="Mine")
    server.on_its_loop(lambda: let_it_run(server.store, submitted.id))
    return submitted.refresh()


def test_a_profile_is_submitted_as_somebody(leader: Leader, canonical_profile: Path) -> None:
    made = leader.submit(
        canonical_profile, on={"control": "unit1"}, tags=["mine"], hold="no inoculum"
    )
    assert (made.state, made.details["actor"]) == ("queued", "ada")
    assert made.details["file_name"] == canonical_profile.name
    assert made.details["tags"] == ["mine"]
    assert repr(made) == f"<Experiment {made.id} 'Heat-adapted turbidostat': queued>"
    assert [each["experiment"]["id"] for each in leader.queue()] == [made.id]
    assert [each.id for each in leader.experiments("queued")] == [made.id]
    assert list(leader.experiments("failed")) == []
    assert made.start().details["hold"] is None
    assert made.hold("later").details["hold"] == "later"


def test_a_profile_is_sent_with_all_that_it_includes(
    leader: Leader, canonical_profile: Path, tmp_path: Path
) -> None:
    text = canonical_profile.read_text()
    whole = text.replace("  - growth ", "  - !include parts/growth.yaml ")
    assert whole != text
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "growth.yaml").write_text("title: Growth\nseries: [od600]\n")
    (tmp_path / "mine.yaml").write_text(whole)
    assert leader.check(tmp_path / "mine.yaml")["ok"] is True
    assert leader.submit(tmp_path / "mine.yaml").state == "queued"


def test_what_is_wrong_with_a_profile_is_told_whole(leader: Leader) -> None:
    with pytest.raises(Refused) as refused:
        leader.submit_text("axenic: profile/1\nname: a\n")
    assert refused.value.status == 422
    assert len(refused.value.problem["diagnostics"]) > 1
    assert "The profile was refused" in str(refused.value)


def test_it_is_steered(experiment: Experiment) -> None:
    assert experiment.pause().state == "paused"
    assert experiment.resume().state == "running"
    with pytest.raises(Refused, match="Conflict"):
        experiment.resume()
    assert experiment.finish().state == "completed"
    assert experiment.wait(every_s=0.01).state == "completed"
    with pytest.raises(NotYet, match="is completed, not running"):
        experiment.wait("running", every_s=0.01)


def test_who_waits_too_long_is_told(experiment: Experiment) -> None:
    with pytest.raises(NotYet, match="is running, not cancelled or completed or failed"):
        experiment.wait(timeout_s=0.02, every_s=0.01)


def test_readings_come_as_columns(experiment: Experiment) -> None:
    found = experiment.readings("od600")
    assert found["value"] == [0.1, 0.2, 0.3]
    assert found["time_s"] == [0.0, 5.0, 10.0]
    assert set(found["vessel"]) == {"control"}
    assert list(found) == ["time_s", "wall", "vessel", "signal", "value", "calibration"]
    assert set(experiment.readings()["signal"]) == {"od600", "temperature.measured"}
    assert experiment.readings(vessels=["warmed"]).rows == 0
    curves = experiment.curves("od600", "temperature.measured", points=2)
    top = dict(zip(curves["signal"], curves["maximum"], strict=True))
    assert top == {"od600": 0.3, "temperature.measured": 30.5}
    assert ("control", "temperature.measured", "°C") in experiment.signals()
    assert repr(found) == "<3 rows of time_s, wall, vessel, signal, value, calibration>"


def test_notes_events_actions_and_provenance(experiment: Experiment) -> None:
    experiment.note("foam", vessel="control", at_wall_s=NOW_S)
    (note,) = experiment.notes()
    assert (note["text"], note["actor"], note["vessel"]) == ("foam", "ada", "control")
    events = list(experiment.events())
    assert [each["id"] for each in events] == sorted(each["id"] for each in events)
    later = list(experiment.events(after=events[-2]["id"]))
    assert later == events[-1:]
    assert {each["action"] for each in experiment.actions()} >= {"ask", "set"}
    assert experiment.provenance()["revisions"][0]["revision"] == 1


def test_events_are_followed_as_they_come(experiment: Experiment) -> None:
    last = list(experiment.events())[-1]["id"]
    coming = experiment.events(after=last, follow=True, every_s=0.01)
    experiment.note("now")
    assert next(coming)["kind"] == "remark"


def test_a_bundle_is_saved_whole_with_progress(experiment: Experiment, tmp_path: Path) -> None:
    heard: list[int] = []
    path = experiment.export(tmp_path / "all.zip", progress=heard.append)
    with zipfile.ZipFile(path) as bundle:
        assert "README.md" in bundle.namelist()
    assert heard[-1] == path.stat().st_size
    with pytest.raises(Refused):
        Experiment(experiment._http, {"id": "nothing"}).export(tmp_path / "no.zip")
    assert [each.name for each in tmp_path.iterdir()] == ["all.zip"]


def test_where_nobody_answers_that_is_said() -> None:
    with pytest.raises(Unreachable, match="no leader answers at http://127"):
        Leader("http://127.0.0.1:9", actor="ada").experiment("x")


def test_what_is_no_leader_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy, a router's page, an address without its beginning: no bare error of the parser."""
    with pytest.raises(ClientError, match="localhost:8420 is no address of a leader"):
        Leader("localhost:8420", actor="ada")
    http = Http("http://127.0.0.1:9", "ada", "operator", 1.0)
    monkeypatch.setattr(http._opener, "open", lambda *_, **__: io.BytesIO(b"<html>Log in"))
    for ask in (http.get, http.post):
        with pytest.raises(Unreachable, match="is no leader"):
            ask("/experiments")


def test_data_frames_need_a_library_and_say_which(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pandas", "pyarrow"):
        monkeypatch.setitem(sys.modules, name, None)
    for convert, library in ((Columns({}).to_pandas, "pandas"), (Columns({}).to_arrow, "pyarrow")):
        with pytest.raises(Missing, match=f"pip install {library}"):
            convert()
    with pytest.raises(ValueError, match="one length"):
        Columns({"a": [1], "b": []})


def test_the_guides_example_runs_and_prints_what_it_says(
    server: Served, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of docs/guide/data.md, one after the other, as in a notebook."""
    text = (checkout / "docs" / "guide" / "data.md").read_text()
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.S))
    said = re.search(r"```text\n(.*?)```", text, re.S)
    assert code and said is not None
    monkeypatch.setenv("AXENIC_LEADER", server.url)
    monkeypatch.setenv("AXENIC_ACTOR", "ada")
    monkeypatch.chdir(checkout)
    submit = Leader.submit

    def submitted(*given: Any, **more: Any) -> Experiment:
        made = submit(*given, **more)
        server.on_its_loop(lambda: let_it_run(server.store, made.id))
        return made

    monkeypatch.setattr(Leader, "submit", submitted)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "docs/guide/data.md", "exec"), {})
    assert printed.getvalue() == said[1]


def test_it_imports_next_to_nothing() -> None:
    words = "import sys, orchestrator.client; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert not {"aiohttp", "pandas", "yaml", "jsonschema", "click"} & set(done.stdout.split())
