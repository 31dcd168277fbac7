"""SEMANTICS rule 19: what a worker answers on its own machine, with nobody else there."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, get_args

import aiohttp
import jsonschema
import pytest

from orchestrator.messages.calibrations import CalibrationsMessage
from orchestrator.messages.machine import LogLine, MachineDeed, SystemReport
from orchestrator.messages.orders import CommandResult
from orchestrator.messages.reports import Capabilities, RunReport, StopReport
from orchestrator.ports.clock import Instant
from orchestrator.server.examples import UNIT_FILE, Example, examples
from orchestrator.server.unit_api import AT_ONCE_MAX, CONNECTIONS_MAX, unit_listening
from orchestrator.server.unit_openapi import unit_openapi
from orchestrator.server.unit_routes import ROUTES
from orchestrator.server.unit_site import Recent, Site
from orchestrator.worker.tend_machine import TendMachine
from tests.server.office import LINE, SYSTEM
from tests.support.compared_records import TESTED
from tests.support.examples import example_of, write

STANDING = {
    "worker": "unit1",
    "reactor": "r1",
    "run": None,
    "stopped": None,
    "jobs": [
        {
            "job": "stirring",
            "state": "ready",
            "automation": None,
            "settings": {"target": 500.0},
            "signals": {},
        }
    ],
}


class PlayedUnit:
    """A worker of which only the stops are of interest."""

    name = "unit1"

    def __init__(self, site: Site | None = None) -> None:
        self.machine = TendMachine(site, self.instant, self.runs, self.make_safe)
        self.stopped: Mapping[str, StopReport] = {}
        self.trouble = ""
        self.told: list[tuple[str, Mapping[str, Any], str, str, str]] = []
        self.running: list[RunReport] = []
        self.made_safe = 0

    def runs(self) -> list[RunReport]:
        return self.running

    async def command(
        self, name: str, args: Mapping[str, Any], *, by: str, reactor: str = "", id_: str = ""
    ) -> CommandResult:
        if name == "machine":
            return CommandResult(id=id_, **await self.machine.take(args))
        if name == "look":
            return CommandResult(id=id_, outcome="done", result={"reactors": [STANDING]})
        self.told.append((name, args, by, reactor, id_))
        return CommandResult(id=id_, outcome="done", result={"added_ml": 1.0})

    def capabilities(self) -> Capabilities:
        return Capabilities(worker="unit1", version="1", reactors={}, jobs=["stirring"])

    def calibrations(self) -> CalibrationsMessage:
        return CalibrationsMessage(worker="unit1", self_tests=[TESTED])

    def instant(self) -> Instant:
        return Instant(wall_s=5.0, monotonic_s=2.0, trusted=True)

    async def make_safe(self) -> str:
        self.made_safe += 1
        return self.trouble

    async def emergency_stop(self, by: str) -> str:
        self.stopped = {"unit1": StopReport(by=by, at_wall_s=1.0)}
        return self.trouble

    async def release_stop(self, by: str) -> str:
        self.stopped = {}
        return f"released by {by}" if self.trouble else ""


@pytest.fixture
def unit(site: Site) -> PlayedUnit:
    return PlayedUnit(site)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A worker's data, beside what is none of its business."""
    (tmp_path / "secret.txt").write_text("of others")
    own = tmp_path / "unit1"
    (own / "photos").mkdir(parents=True)
    (own / "journal.sqlite").write_bytes(b"x" * 200_000)
    (own / "photos" / "first one.jpg").write_bytes(b"jpg")
    (own / "way out").symlink_to(tmp_path / "secret.txt")
    (own / "outside").symlink_to(tmp_path)
    return own


@pytest.fixture
def site(folder: Path) -> Site:
    return Site(
        folder=folder, recent=Recent(), commands={"reboot": ["touch", str(folder / "told")]}
    )


@pytest.fixture
async def client(unit: PlayedUnit, site: Site) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        unit_listening(unit, 0, site) as address,
        aiohttp.ClientSession(base_url=address, headers={"X-Axenic-Actor": "ada"}) as session,
    ):
        yield session


async def test_rule_19_a_worker_is_stopped_and_released_at_its_own_machine(
    client: aiohttp.ClientSession,
) -> None:
    async with client.post("/unit_api/stop") as response:
        said = await response.json()
    assert (response.status, said["worker"], said["trouble"]) == (200, "unit1", "")
    async with client.get("/unit_api/state") as response:
        assert (await response.json())["stopped"]["unit1"]["by"] == "ada"
    async with client.post("/unit_api/release") as response:
        assert (await response.json())["stopped"] == {}


async def test_rule_19_what_did_not_work_is_said(
    unit: PlayedUnit, client: aiohttp.ClientSession
) -> None:
    unit.trouble = "unit1 could not be made safe"
    async with client.post("/unit_api/stop") as response:
        assert (await response.json())["trouble"] == "unit1 could not be made safe"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Length": "70000"}, 413),
        ({"Content-Length": "9" * 4900}, 413),
        ({"Transfer-Encoding": "chunked"}, 400),
        ({"X-Long": "x" * 9000}, 413),
    ],
)
async def test_other_sites_and_nonsense_are_refused(
    unit: PlayedUnit, client: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    async with client.post("/unit_api/stop", headers=headers) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"
    assert unit.stopped == {}


async def test_what_is_not_there_is_said(client: aiohttp.ClientSession) -> None:
    async with client.get("/unit_api/stop") as response:
        assert response.status == 405
    async with client.get("/unit_api/heat") as response:
        assert response.status == 404


async def test_who_hangs_on_keeps_nobody_from_stopping(
    unit: PlayedUnit, client: aiohttp.ClientSession
) -> None:
    port = client._base_url.port if client._base_url else None
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(AT_ONCE_MAX - 1)]
    async with client.post("/unit_api/stop") as response:
        assert response.status == 200
    assert unit.stopped
    for _, writer in idle:
        writer.close()


async def test_a_stop_and_a_question_are_heard_however_many_are_slow_to_ask(
    unit: PlayedUnit, client: aiohttp.ClientSession
) -> None:
    port = client._base_url.port if client._base_url else None
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS_MAX + 9)]
    for _, writer in slow:
        writer.write(b"GET /unit_api/st")
    async with asyncio.timeout(2.0), client.post("/unit_api/stop") as response:
        assert response.status == 200
    assert unit.stopped
    async with asyncio.timeout(2.0), client.get("/unit_api/state") as response:
        assert response.status == 200
    reader, _ = slow[0]
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b"", "the oldest were hung up on"
    for _, writer in slow:
        writer.close()


async def test_a_taken_port_is_no_obstacle(unit: PlayedUnit) -> None:
    async with unit_listening(unit) as first:
        port = int(first.rpartition(":")[2])
        async with unit_listening(unit, port) as second:
            assert second != first


async def test_commands_reach_the_worker_with_actor_reactor_and_key(
    unit: PlayedUnit, client: aiohttp.ClientSession
) -> None:
    body = {"name": "dose", "args": {"volume_ml": 1.0}, "reactor": "r1"}
    headers = {"Idempotency-Key": "k1"}
    async with client.post("/unit_api/command", json=body, headers=headers) as response:
        said = await response.json()
    assert said == {"id": "k1", "outcome": "done", "reason": "", "result": {"added_ml": 1.0}}
    settings = {"settings": {"stirring.target": 300.0}, "for_s": 60.0}
    async with client.post("/unit_api/settings", json=settings) as response:
        assert (await response.json())["stirring.target"]["outcome"] == "done"
    args = {"setting": "stirring.target", "value": 300.0, "for_s": 60.0}
    assert unit.told == [
        ("dose", {"volume_ml": 1.0}, "ada", "r1", "k1"),
        ("set", args, "ada", "", ""),
    ]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("jobs", {"r1": STANDING["jobs"]}),
        ("settings", {"r1": {"stirring.target": 500.0}}),
        ("clock", {"wall_s": 5.0, "trusted": True, "monotonic_s": 2.0}),
    ],
)
async def test_what_runs_is_told(client: aiohttp.ClientSession, path: str, found: Any) -> None:
    async with client.get(f"/unit_api/{path}") as response:
        assert await response.json() == found


async def test_a_self_test_is_begun_and_its_results_are_told(
    unit: PlayedUnit, client: aiohttp.ClientSession
) -> None:
    async with client.post("/unit_api/self-tests", json={"reactor": "r1"}) as response:
        assert (await response.json())["outcome"] == "done"
    assert unit.told == [("self_test", {}, "ada", "r1", "")]
    async with client.get("/unit_api/self-tests") as response:
        assert [each["id"] for each in await response.json()] == ["t1"]


async def test_the_log_of_the_worker_is_read_newest_last(
    site: Site, client: aiohttp.ClientSession
) -> None:
    assert site.recent is not None
    logger = logging.getLogger("orchestrator.somewhere")
    logger.addHandler(site.recent)
    for number in range(3):
        logger.warning("line %d", number)
    logger.removeHandler(site.recent)
    async with client.get("/unit_api/logs?limit=2") as response:
        lines = await response.json()
    assert [(each["level"], each["source"], each["text"]) for each in lines] == [
        ("warning", "somewhere", "line 1"),
        ("warning", "somewhere", "line 2"),
    ]
    for limit in ("0", "9" * 4900):
        async with client.get(f"/unit_api/logs?limit={limit}") as response:
            assert response.status == 400


async def test_files_of_the_unit_are_listed_and_fetched(client: aiohttp.ClientSession) -> None:
    async with client.get("/unit_api/files") as response:
        names = [each["name"] for each in await response.json()]
    assert names == ["journal.sqlite", "photos/first one.jpg"]
    async with client.get("/unit_api/files/photos/first%20one.jpg") as response:
        assert (response.status, await response.read()) == (200, b"jpg")
    async with client.get("/unit_api/files/journal.sqlite") as response:
        assert len(await response.read()) == 200_000


async def test_files_are_listed_page_by_page_and_below_a_folder(
    client: aiohttp.ClientSession,
) -> None:
    async def names(query: str) -> list[str]:
        async with client.get(f"/unit_api/files?{query}") as response:
            assert response.status == 200
            return [each["name"] for each in await response.json()]

    first = await names("limit=1")
    assert first == ["journal.sqlite"]
    assert await names(f"limit=1&after={first[-1]}") == ["photos/first one.jpg"]
    assert await names("after=photos/first%20one.jpg") == []
    assert await names("under=photos/") == ["photos/first one.jpg"]
    async with client.get("/unit_api/files?limit=0") as response:
        assert response.status == 400


async def test_a_file_that_is_known_is_not_sent_again_and_a_changed_one_is(
    client: aiohttp.ClientSession, folder: Path
) -> None:
    where = "/unit_api/files/photos/first%20one.jpg"
    async with client.get(where) as response:
        assert response.content_type == "image/jpeg"
        etag = response.headers["ETag"]
    known = {"If-None-Match": f'"other", {etag}'}
    async with client.get(where, headers=known) as response:
        assert (response.status, await response.read()) == (304, b"")
        assert response.headers["ETag"] == etag
    (folder / "photos" / "first one.jpg").write_bytes(b"another")
    async with client.get(where, headers=known) as response:
        assert (response.status, await response.read()) == (200, b"another")


@pytest.mark.parametrize(
    "name",
    [
        "..%2Fsecret.txt",
        "photos/..%2F..%2Fsecret.txt",
        "%2Fetc%2Fpasswd",
        "way%20out",
        "outside/secret.txt",
        "photos",
        "",
        ".",
        "x%00y",
    ],
)
async def test_no_name_leads_out_of_the_folder_of_the_unit(
    client: aiohttp.ClientSession, name: str
) -> None:
    async with client.get(f"/unit_api/files/{name}") as response:
        assert response.status == 404
        assert b"of others" not in await response.read()


async def test_a_reboot_is_declared_and_makes_safe_first(
    unit: PlayedUnit, folder: Path, client: aiohttp.ClientSession
) -> None:
    async with client.post("/unit_api/shutdown", json={}) as response:
        assert response.status == 403
        assert "--shutdown-command" in (await response.json())["detail"]
    unit.running = [
        RunReport(
            experiment="x",
            attempt="x.1",
            vessel="a",
            reactor="r1",
            revision=1,
            plan_hash="",
            state="running",
            control_seq=1,
        )
    ]
    async with client.post("/unit_api/reboot") as response:
        assert response.status == 409
    unit.trouble = "r1 could not be made safe"
    async with client.post("/unit_api/reboot", json={"while_running": True}) as response:
        assert response.status == 500
    assert not (folder / "told").exists()
    unit.trouble = ""
    async with client.post("/unit_api/reboot", json={"while_running": True}) as response:
        assert await response.json() == {"worker": "unit1", "done": "reboot"}
    assert (folder / "told").exists()
    assert unit.made_safe == 2


@pytest.mark.parametrize(
    ("body", "status"), [("{", 400), ('{"name": 3}', 422), ('{"nam": "dose"}', 422), ("", 422)]
)
async def test_bodies_that_do_not_fit_are_refused(
    unit: PlayedUnit, client: aiohttp.ClientSession, body: str, status: int
) -> None:
    async with client.post("/unit_api/command", data=body) as response:
        assert response.status == status
    assert unit.told == []


async def test_openapi_tells_of_every_route_and_of_nothing_else(
    client: aiohttp.ClientSession,
) -> None:
    async with client.get("/unit_api/openapi.json") as response:
        told = await response.json()
    assert told == unit_openapi()
    found = {(method.upper(), path) for path, each in told["paths"].items() for method in each} - {
        ("GET", "/unit_api/files/{name}")
    }
    assert found == set(ROUTES)
    for each in told["paths"].values():
        for operation in each.values():
            assert operation["summary"].endswith(".")
    schemas = told["components"]["schemas"]
    assert {"UnitCommand", "Standing", "CommandResult", "SystemReport", "Problem"} <= set(schemas)


async def test_the_machine_tells_of_itself(client: aiohttp.ClientSession) -> None:
    async with client.get("/unit_api/system") as response:
        told = await response.json()
    assert told["host"]
    assert told["disk_free_bytes"] > 0
    for path in ("capabilities", "calibrations", "reactors"):
        async with client.get(f"/unit_api/{path}") as response:
            assert response.status == 200


class SameSite(Site):
    """A machine that is the same wherever this runs."""

    def system(self) -> SystemReport:
        return SYSTEM

    def log_lines(self, limit: int) -> list[LogLine]:
        return [LINE][:limit]


async def test_every_operation_of_a_worker_has_an_example_that_is_as_described(
    unit: PlayedUnit, folder: Path
) -> None:
    """AXENIC_ACCEPT=1 writes them anew."""
    commands: dict[MachineDeed, list[str]] = {
        deed: ["touch", str(folder / "told")] for deed in get_args(MachineDeed)
    }
    site = SameSite(folder=folder, recent=Recent(), commands=commands)
    unit.machine = TendMachine(site, unit.instant, unit.runs, unit.make_safe)
    made: dict[str, Example] = {}
    async with (
        unit_listening(unit, 0, site) as address,
        aiohttp.ClientSession(base_url=address, headers={"X-Axenic-Actor": "ada"}) as session,
    ):
        for route in ROUTES.values():
            body = None if route.body is None else ASKED[route.handler.__name__]
            async with session.request(route.method, route.path, json=body) as response:
                assert response.status == 200, f"{route.path}: {await response.text()}"
                answer = await response.json()
            made[route.handler.__name__] = example_of(route.path, route.path, body, answer)
    if os.environ.get("AXENIC_ACCEPT"):
        write(UNIT_FILE, made, {str(folder): "/var/lib/axenic"})
        examples.cache_clear()
    told = unit_openapi()
    assert examples(UNIT_FILE).keys() == made.keys()
    for route in ROUTES.values():
        operation = told["paths"][route.path][route.method.lower()]
        contents = [operation["responses"]["200"]["content"]]
        contents += [operation["requestBody"]["content"]] if route.body is not None else []
        for content in contents:
            shown = content["application/json"]
            schema = {**shown["schema"], "components": told["components"]}
            jsonschema.validate(shown["example"], schema, jsonschema.Draft202012Validator)


ASKED: dict[str, dict[str, Any]] = {
    "unit_command": {"name": "dose", "args": {"medium": "feed", "volume_ml": 1.0}},
    "change_unit_settings": {"settings": {"stirring.target": 300.0}, "for_s": 600.0},
    "begin_unit_self_test": {"reactor": "r1"},
    "reboot_unit": {},
    "shut_unit_down": {"while_running": True},
    "restart_unit": {},
    "update_unit": {},
}
