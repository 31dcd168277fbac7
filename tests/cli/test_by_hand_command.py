"""What is done by hand on the command line: judged before it is sent, and told worker by worker."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner, Result

from orchestrator.cli import at_workers
from orchestrator.cli.at_workers import UNREACHED, Said, Workers
from orchestrator.cli.by_hand import hold, set_
from orchestrator.cli.group import build
from orchestrator.cli.hand_jobs import job_arguments
from orchestrator.cli.hand_tables import media
from orchestrator.cli.main import COMMANDS
from orchestrator.documents.catalogue import load_catalogue

NOBODY = "http://127.0.0.1:9"


def say(*words: str) -> Result:
    return CliRunner().invoke(build(COMMANDS), [*words, "--leader", NOBODY])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set", "stirring.target", "300"), "did you mean 300 rpm?"),
        (("set", "stirring.target", "9000 rpm"), "2000 rpm is the most"),
        (("set", "stirring.target", "-5 rpm"), "-5 rpm cannot be; 0 rpm is the least"),
        (("set", "stirring.target", "-5", "rpm"), "-5 rpm cannot be; 0 rpm is the least"),
        (("set", "stirring.target", "9000", "rpm"), "2000 rpm is the most"),
        (("set", "stirring.taget", "300 rpm"), "did you mean target?"),
        (("set", "stiring.target", "300 rpm"), "did you mean stirring?"),
        (("set", "stirring", "300 rpm"), "is no JOB.SETTING"),
        (("run", "stirring", "--target", "30 °C"), "is the unit of a temperature"),
        (("run", "stiring"), "did you mean stirring?"),
        (
            ("run", "dosing", "--automation", "chemostat", "--target-od600", "0.5"),
            "chemostat of dosing has no input target_od600",
        ),
        (("run", "dosing", "--automation", "turbidostat"), "needs --target-od600"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_would(
    words: tuple[str, ...], told: str
) -> None:
    said = say(*words)
    assert (said.exit_code, told in said.output) == (1, True), said.output


def test_a_volume_below_nothing_is_refused_as_a_volume_and_not_as_an_option() -> None:
    for words in (("dose", "feed", "-1 mL"), ("dilute", "-1 mL"), ("sample", "-1 mL")):
        said = say(*words)
        assert "'-1 mL' is not above zero" in said.output, said.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("stop", "stirring"), "axenic off stirring"),
        (("stop", "unit1"), "axenic stop --on unit1"),
        (("hold", "dosing"), "for how long"),
        (("dose", "feed", "1"), "1 mL"),
        (("set", "stirring.target", "300 rpm", "--fro", "1 h"), "No such option"),
        (("dose", "feed", "0 mL"), "not above zero"),
        (("media", "feed"), "what the new bottle holds"),
    ],
)
def test_wrong_usage_names_what_was_meant(words: tuple[str, ...], told: str) -> None:
    said = say(*words)
    assert (said.exit_code, told in said.output) == (2, True), said.output


def test_what_a_job_declares_are_its_options() -> None:
    said = CliRunner().invoke(build(COMMANDS), ["run", "temperature", "--help"])
    shown = " ".join(said.output.split())
    assert "--automation [off|thermostat]" in shown
    assert "--target °C" in shown


def test_values_are_sent_in_canonical_units_beside_what_no_plan_would_say() -> None:
    catalogue = load_catalogue()
    said = job_arguments(catalogue, "stirring", None, {"target": "300 rpm"})
    assert said["settings"] == {"target": 300.0}
    assert said["otherwise"]["settings"] == {"target": 500.0}
    law = job_arguments(
        catalogue, "dosing", "turbidostat", {"target_od600": "0.5", "exchange": "500 µL"}
    )
    assert law["automation"] == "turbidostat"
    assert law["settings"] == {"target_od600": 0.5, "exchange": 0.5}


@asynccontextmanager
async def worker(data: Path, name: str, outcome: str = "done") -> AsyncIterator[list[Any]]:
    """A worker of this machine that answers the same to every command; what it was told."""
    told: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        told.append(await request.json())
        reason = "" if outcome == "done" else "it is paused"
        return web.json_response({"id": "1", "outcome": outcome, "reason": reason, "result": {}})

    app = web.Application()
    app.router.add_post("/unit_api/command", answer)
    async with TestServer(app) as server:
        folder = data / "workers" / name
        folder.mkdir(parents=True)
        (folder / at_workers.UNIT_ADDRESS).write_text(str(server.make_url("")).rstrip("/"))
        yield told


def meant(data: Path, *places: str, everything: bool = False) -> Workers:
    return Workers(places, everything=everything, leader_url=NOBODY, data=data)


async def test_without_a_leader_workers_of_this_machine_are_told_each_once(tmp_path: Path) -> None:
    dead = tmp_path / "workers" / "unit3"
    dead.mkdir(parents=True)
    (dead / at_workers.UNIT_ADDRESS).write_text(NOBODY)
    async with worker(tmp_path, "unit1") as first, worker(tmp_path, "unit2", "refused") as second:
        said = await meant(tmp_path, everything=True)._tell("stop", {"job": "stirring"})
        other = await meant(tmp_path, "unit1/left,unit2")._tell("blank", {})
    outcomes = {name: each["outcome"] for name, each in said.items()}
    assert outcomes == {"unit1": "done", "unit2": "refused", "unit3": UNREACHED}
    assert {*other} == {"unit1/left", "unit2"}
    assert first == [
        {"name": "stop", "args": {"job": "stirring"}, "reactor": ""},
        {"name": "blank", "args": {}, "reactor": "left"},
    ]
    assert len(second) == 2


async def test_rule_3_a_place_that_is_named_twice_is_told_once(tmp_path: Path) -> None:
    async with worker(tmp_path, "unit1") as told:
        said = await meant(tmp_path, "unit1,unit1", "unit1")._tell("dose", {"volume_ml": 1.0})
    assert {*said} == {"unit1"}
    assert len(told) == 1


async def test_by_the_leader_all_are_told_in_one_request(tmp_path: Path) -> None:
    told: list[Any] = []

    async def workers(_: web.Request) -> web.Response:
        return web.json_response({"items": [{"worker": "unit1"}, {"worker": "unit2"}]})

    async def command(request: web.Request) -> web.Response:
        body = await request.json()
        told.append(body)
        done: Mapping[str, Any] = {"id": "1", "outcome": "done", "reason": "", "result": {}}
        return web.json_response({"places": dict.fromkeys(body["places"], done)})

    app = web.Application()
    app.router.add_get("/api/workers", workers)
    app.router.add_post("/api/workers/command", command)
    async with TestServer(app) as server, worker(tmp_path, "unit1") as direct:
        url = str(server.make_url("")).rstrip("/")
        all_of_them = Workers((), everything=True, leader_url=url, data=tmp_path)
        said = await all_of_them._tell("blank", {})
        assert told == [{"name": "blank", "args": {}, "places": ["unit1", "unit2"]}]
        told.clear()
        some = await Workers(("unit1", "unit9"), leader_url=url, data=tmp_path)._tell("blank", {})
        none = await Workers(("unit9",), leader_url=url, data=tmp_path)._tell("blank", {})
        with pytest.raises(at_workers.BadRequest, match="there are unit1, unit2"):
            await Workers((), leader_url=url, data=tmp_path)._tell("blank", {})
    assert {*said} == {"unit1", "unit2"}
    assert direct == []
    assert told == [{"name": "blank", "args": {}, "places": ["unit1"]}]
    reason = "there is no worker unit9; there are unit1, unit2"
    assert none == {"unit9": {"outcome": UNREACHED, "reason": reason}}
    assert {place: each["outcome"] for place, each in some.items()} == {
        "unit1": "done",
        "unit9": UNREACHED,
    }


@pytest.mark.parametrize(
    ("status", "answer", "outcome"),
    [
        (504, {"title": "Gateway Timeout", "status": 504, "detail": "it took too long"}, "unknown"),
        (200, {"places": {"unit1": {"id": "", "outcome": "failed", "reason": "lost"}}}, UNREACHED),
        (200, {"places": {"unit1": {"id": "1", "outcome": "failed", "reason": "dry"}}}, "failed"),
    ],
)
async def test_what_was_not_reached_is_told_from_what_failed(
    tmp_path: Path, status: int, answer: dict[str, Any], outcome: str
) -> None:
    async def workers(_: web.Request) -> web.Response:
        return web.json_response({"items": [{"worker": "unit1"}]})

    async def command(_: web.Request) -> web.Response:
        kind = "application/json" if status == 200 else "application/problem+json"
        return web.json_response(answer, status=status, content_type=kind)

    app = web.Application()
    app.router.add_get("/api/workers", workers)
    app.router.add_post("/api/workers/command", command)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        said = await Workers((), leader_url=url, data=tmp_path)._tell("blank", {})
    assert said["unit1"]["outcome"] == outcome


async def test_rule_3_a_leader_that_falls_silent_doubles_no_dose(
    tmp_path: Path,
) -> None:
    async def workers(_: web.Request) -> web.Response:
        return web.json_response({"items": [{"worker": "unit1"}]})

    async def command(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    app = web.Application()
    app.router.add_get("/api/workers", workers)
    app.router.add_post("/api/workers/command", command)
    async with TestServer(app) as server, worker(tmp_path, "unit1") as direct:
        url = str(server.make_url("")).rstrip("/")
        said = await Workers((), leader_url=url, data=tmp_path)._tell("dose", {"volume_ml": 1.0})
    assert said["unit1"]["outcome"] == "unknown"
    assert direct == []


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ({"unit1": "done", "unit2": "late"}, 0),
        ({"unit1": "done", "unit2": "refused"}, 1),
        ({"unit1": "failed", "unit2": UNREACHED}, 1),
        ({"unit1": "done", "unit2": UNREACHED}, 3),
        ({"unit1": "unknown"}, 3),
    ],
)
def test_there_is_a_line_for_each_and_the_exit_code_tells(
    monkeypatch: pytest.MonkeyPatch, outcomes: dict[str, str], code: int
) -> None:
    asked: list[Any] = []

    def tell(_: Workers, name: str, args: Mapping[str, Any]) -> Said:
        asked.append((name, dict(args)))
        result = {"added_ml": 1.0}
        return {
            place: {"outcome": outcome, "reason": "why", "result": result}
            for place, outcome in outcomes.items()
        }

    monkeypatch.setattr(Workers, "tell", tell)
    said = CliRunner().invoke(hold, ["dosing", "--for", "15m"])
    assert (said.exit_code, len(said.output.splitlines())) == (code, len(outcomes))
    assert asked == [("hold", {"job": "dosing", "for_s": 900.0})]
    said = CliRunner().invoke(set_, ["stirring.target", "300 rpm", "--format", "json"])
    assert {each["place"]: each["outcome"] for each in json.loads(said.output)} == outcomes
    assert asked[1] == ("set", {"setting": "stirring.target", "value": 300.0})


def test_bottles_are_shown_with_a_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    bottles = [
        {
            "medium": "feed",
            "left_ml": 100.0,
            "rate_ml_h": 2.0,
            "through_s": 180_000.0,
            "shared": True,
        },
        {"medium": "waste", "left_ml": 50.0, "rate_ml_h": 0.0, "through_s": None, "shared": False},
    ]
    found = [{"worker": "unit1", "reactor": "left", "bottles": bottles}]
    monkeypatch.setattr(Workers, "standings", lambda _: (found, {}))
    said = CliRunner().invoke(media, [])
    assert said.exit_code == 0, said.output
    lines = [" ".join(line.split()) for line in said.output.splitlines()]
    assert lines[1:] == [
        "unit1/left feed (shared) 100 mL 2 mL/h empty in 2 d 02 h",
        "unit1/left waste 50 mL of room – –",
    ]
