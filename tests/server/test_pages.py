"""Pages have their content before any script runs, and show text as text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from aiohttp import web
from msgspec.structs import replace

from orchestrator.ports.records import NewAlert
from orchestrator.ports.routes import Settled, Sorted
from orchestrator.server import render
from orchestrator.server.assets import ASSETS, Assets
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S
from tests.server.rich import let_it_run
from tests.support.compared_records import COMPARED, PUMP

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&amp;"
ALL = (
    "/",
    "/experiments/{id}",
    "/new",
    "/workers",
    "/calibration",
    "/statistics",
    "/alerts",
    "/maintenance",
    "/audit",
    "/api/docs",
    "/nothing",
)


async def text_of(client: Client, path: str, status: int = 200) -> str:
    async with client.get(path) as response:
        assert response.status == status
        assert response.content_type == "text/html"
        assert response.charset == "utf-8"
        return await response.text()


def data_in(text: str) -> dict[str, object]:
    """The first data, as a script finds it."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


async def test_the_list_shows_experiments_and_what_waits(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    text = await text_of(client, "/")
    assert "Heat-adapted turbidostat" in text
    assert f'href="/experiments/{experiment}"' in text
    data = data_in(text)
    assert data["experiments"][0]["id"] == experiment  # type: ignore[index]
    assert len(data["questions"]) == 1  # type: ignore[arg-type]
    assert len(data["alerts"]) == 2  # type: ignore[arg-type]


async def test_an_experiment_shows_its_vessels_values_and_actions(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    text = await text_of(client, f"/experiments/{experiment}")
    for shown in ("control", "warmed", "od600", "0.3", "30.5", "°C", "late", "begun 40 s late"):
        assert shown in text
    data = data_in(text)
    assert data["experiment"]["runs"][0]["phase_s"] == 7200.0  # type: ignore[index]
    assert {"latest", "actions", "phases", "questions", "alerts", "clock"} <= data.keys()


async def test_new_lists_the_profiles_and_workers_what_they_do(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    text = await text_of(client, "/new")
    assert "Heat-adapted turbidostat" in text
    files = [each["file"] for each in data_in(text)["profiles"]]  # type: ignore[union-attr]
    assert "heat-adapted-turbidostat.yaml" in files
    assert len(files) > 10
    text = await text_of(client, "/workers")
    workers = {each["worker"]: each for each in data_in(text)["workers"]}  # type: ignore[attr-defined]
    assert [workers[name]["free"] for name in ("bench-1", "bench-3", "bench-4")] == [
        False,
        True,
        False,
    ]
    assert workers["bench-4"]["state"] == "lost"
    assert data_in(text)["units"]["stirring.target"] == "rpm"  # type: ignore[index]


async def test_calibration_shows_what_each_device_goes_by_and_who_compares_one(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    compared = replace(
        COMPARED, worker="bench-3", calibrations=[replace(PUMP, reactor="bench-3", name=EVIL)]
    )
    await store.keep_calibrations(compared, at_wall_s=NOW_S)
    text = await text_of(client, "/calibration")
    assert "axenic calibrate resume s1" in text
    assert "<img" not in text
    data = data_in(text)
    devices = {(e["worker"], e["device"]): e for e in data["devices"]}  # type: ignore[attr-defined]
    assert devices["bench-3", "feed_pump"]["takes_in"] is True
    assert devices["bench-3", "feed_pump"]["values"] == [2.0, 5.0, 10.0, 20.0]
    assert devices["bench-3", "feed_pump"]["asks_unit"] == "s"
    assert [each["name"] for each in data["calibrations"]] == [EVIL]  # type: ignore[attr-defined]


async def test_the_audit_page_knows_what_can_be_asked_for(client: Client) -> None:
    deeds = data_in(await text_of(client, "/audit"))["deeds"]
    assert {"submit_experiment", "calibrate_worker", "answer_question"} <= set(deeds)  # type: ignore[call-overload]
    assert "list_deeds" not in deeds  # type: ignore[operator]


async def test_the_page_of_alerts_says_whom_each_reached_and_how_routes_do(
    client: Client, store: MemoryStore
) -> None:
    new = NewAlert(text=EVIL, severity="warning", source="t", at_wall_s=NOW_S)
    raised = await store.raise_alert(new)
    await store.sort_alerts([Sorted(alert=raised, routes=["night shift"])], at_wall_s=NOW_S)
    [waiting] = await store.to_tell("night shift", since_wall_s=0.0)
    await store.settle([Settled(delivery=waiting.delivery, outcome="sent")], at_wall_s=NOW_S)
    text = await text_of(client, "/alerts")
    assert "<img" not in text
    assert "told by night shift" in text
    data = data_in(text)
    assert [each["name"] for each in data["routes"]] == ["night shift"]  # type: ignore[attr-defined]
    assert data["alerts"]["items"][0]["delivery"] == "sent"  # type: ignore[index]


async def test_a_page_knows_after_which_event_it_was_made(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    newest = await store.newest_event_id()
    assert newest > 0
    for path in ("/", f"/experiments/{experiment}", "/new", "/workers"):
        assert data_in(await text_of(client, path))["event_id"] == newest


async def test_what_people_wrote_is_shown_as_text(
    client: Client, store: MemoryStore, profile_text: str
) -> None:
    """A profile's name, a question, an alert, an actor and a file name that would be HTML."""
    text = profile_text.replace("Heat-adapted turbidostat", f"'{EVIL}'", 1)
    text = re.sub(r"description: Hold two.*", f"description: '{EVIL}'", text)
    headers = {"X-Axenic-Actor": "<b>ada</b>"}
    body = {"text": text, "file": "<i>.yaml"}
    async with client.post("/api/experiments", json=body, headers=headers) as response:
        assert response.status == 201, await response.text()
        name = (await response.json())["id"]
    await let_it_run(store, name, text=EVIL)
    for path in ALL:
        status = 404 if path == "/nothing" else 200
        page = await text_of(client, path.replace("{id}", name), status)
        assert "<script>" not in page
        assert "<img" not in page
        assert "<b>" not in page
        assert page.count("</script>") == len(re.findall(r"<script ", page))
    shown = data_in(await text_of(client, f"/experiments/{name}"))
    assert shown["experiment"]["name"] == EVIL  # type: ignore[index]


async def test_a_page_passes_over_parameters_that_it_does_not_know(client: Client) -> None:
    await text_of(client, "/?from=mail")


@pytest.mark.parametrize("path", ["/experiments/<script>", "/<script>", "/?cursor=<script>"])
async def test_an_address_is_not_shown_as_html(client: Client, path: str) -> None:
    async with client.get(path) as response:
        assert "<script>" not in await response.text()


async def test_the_older_ones_are_a_page_further(client: Client, profile_text: str) -> None:
    for _ in range(51):
        await client.post("/api/experiments", json={"text": profile_text})
    text = await text_of(client, "/")
    older = re.search(r'href="(/\?cursor=[^"]+)"', text)
    assert older is not None
    second = data_in(await text_of(client, older[1].replace("&amp;", "&")))
    assert [each["id"] for each in second["experiments"]] == ["e0001"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ALL)
async def test_every_page_has_a_language_a_title_and_one_main_heading(
    client: Client, experiment: str, path: str
) -> None:
    text = await text_of(
        client, path.replace("{id}", experiment), 404 if path == "/nothing" else 200
    )
    assert '<html lang="en">' in text
    assert re.search(r"<title>[^<]+ · Axenic</title>", text)
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert len(re.findall(r"<main[ >]", text)) == 1


async def test_pages_load_nothing_from_elsewhere(client: Client, experiment: str) -> None:
    for path in ALL:
        text = await text_of(
            client, path.replace("{id}", experiment), 404 if path == "/nothing" else 200
        )
        assert not re.search(r'(src|href)="(https?:)?//', text)


def test_json_cannot_end_the_script_element_that_it_stands_in() -> None:
    text = render.script_json({"a": "</script><!--\u2028&"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--\u2028&"}


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "00:00:00"), (3661.9, "01:01:01"), (90061, "1 d 01:01:01"), (None, "–")],
)
def test_durations_are_written_for_people(seconds: float | None, shown: str) -> None:
    assert render.duration(seconds) == shown


@pytest.fixture
def bundle(app: web.Application, tmp_path: Path) -> Assets:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "main.js").write_text("export {};")
    (tmp_path / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    app[ASSETS] = Assets.found_in(tmp_path)
    return app[ASSETS]


async def test_assets_are_kept_for_ever_under_their_fingerprint(
    bundle: Assets, client: Client
) -> None:
    async with client.get(bundle.url("bundle/main.js")) as response:
        assert response.status == 200
        assert response.content_type == "text/javascript"
        assert "immutable" in response.headers["Cache-Control"]
        assert await response.text() == "export {};"
    async with client.get(bundle.url("icon.svg")) as response:
        assert response.content_type == "image/svg+xml"


@pytest.mark.parametrize(
    "name", ["nothing.js", "../office.py", "%2e%2e/app.py", "bundle/../../app.py", "bundle", ""]
)
async def test_nothing_else_is_served(bundle: Assets, client: Client, name: str) -> None:
    async with client.get(bundle.url(name)) as response:
        assert response.status == 404
    async with client.get(f"/static/{'0' * 16}/bundle/main.js") as response:
        assert response.status == 404, "that is another version's"


def test_the_fingerprint_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    first = Assets.found_in(tmp_path).fingerprint
    (tmp_path / "a.js").write_text("2")
    second = Assets.found_in(tmp_path).fingerprint
    (tmp_path / "a.js").rename(tmp_path / "b.js")
    assert len({first, second, Assets.found_in(tmp_path).fingerprint}) == 3
    assert Assets.found_in(tmp_path / "none").files == {}
