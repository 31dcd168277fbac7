"""Calibrations over HTTP: copies of what workers said, and what they are asked to do."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from orchestrator.messages.calibrations import (
    CalibrationRecord,
    CalibrationsMessage,
    SessionRecord,
)
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S, DeskOffice
from tests.server.rich import let_it_run
from tests.server.test_queue_api import ADA, ADMINISTRATOR, BOB, asked, submitted
from tests.support.compared_records import COMPARED, PUMP


@pytest.fixture
async def known(store: MemoryStore) -> None:
    await store.keep_calibrations(COMPARED, at_wall_s=NOW_S)


@pytest.mark.usefixtures("known")
async def test_a_calibration_is_listed_with_its_curve_and_what_is_left_of_its_time(
    client: Client,
) -> None:
    async with client.get("/api/calibrations") as response:
        (found,) = (await response.json())["items"]
    assert (found["worker"], found["device"], found["active"]) == ("bench-1", "feed_pump", True)
    assert (found["raw_unit"], found["actual_unit"]) == ("s", "mL")
    assert found["expired"] is True
    assert found["expires_wall_s"] == NOW_S - 82800.0
    assert found["fit"]["residuals"] == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    assert found["fit"]["curve"][0] == pytest.approx([2.0, 0.2])
    assert found["fit"]["r_squared"] == pytest.approx(1.0)


@pytest.mark.usefixtures("known")
async def test_an_open_session_says_what_it_asks_and_in_which_unit(client: Client) -> None:
    async with client.get("/api/calibrations/sessions") as response:
        (found,) = (await response.json())["items"]
    assert found["session"]["asked"]["question"] == "How much did the balance show, in g?"
    assert (found["worker"], found["answer_unit"], found["raw_unit"]) == ("bench-1", "g", "s")


async def test_what_a_person_says_goes_to_the_worker_with_their_name(
    client: Client, office: DeskOffice
) -> None:
    body = {"do": "answer", "reactor": "r1", "args": {"session": "s1", "value": 0.47}}
    async with client.post(
        "/api/workers/bench-1/calibrate", json=body, headers={"X-Axenic-Actor": "ada"}
    ) as response:
        assert response.status == 200
        assert (await response.json())["outcome"] == "done"
    args = {"session": "s1", "value": 0.47, "do": "answer"}
    where = {"reactor": "r1"}
    assert office.asked[-1] == ("command", "bench-1", "calibrate", args, "ada", where)


async def test_nobody_can_do_something_else_with_a_calibration(client: Client) -> None:
    async with client.post("/api/workers/bench-1/calibrate", json={"do": "frame"}) as response:
        assert response.status == 422 or response.status == 400


async def test_a_session_shows_what_each_fit_comes_to_as_points_come(
    client: Client, store: MemoryStore
) -> None:
    session = replace(COMPARED.sessions[0], points=[(2.0, 0.2), (5.0, 0.51)])
    await store.keep_calibrations(replace(COMPARED, sessions=[session]), at_wall_s=NOW_S)
    _, listed = await asked(client, "GET", "/api/calibrations/sessions")
    (found,) = listed["items"]
    assert found["method"] == "linear"
    attempts = {(each["method"], each["degree"]): each for each in found["attempts"]}
    assert ("offset", 2) not in attempts, "seconds are no millilitres"
    assert attempts["linear", 2]["fit"]["residuals"] == pytest.approx([0.0, 0.0])
    assert attempts["proportional", 2]["fit"]["residuals"][1] == pytest.approx(0.00138, abs=1e-5)
    assert attempts["polynomial", 2]["fit"] is None
    assert "needs 3 different points, and here are 2" in attempts["polynomial", 2]["reason"]


DOCUMENT = "/api/calibrations/document?worker=bench-1&reactor=r1&device=feed_pump&name="


@pytest.mark.usefixtures("known")
async def test_a_calibration_goes_out_as_a_document_and_comes_back_the_same(
    client: Client, office: DeskOffice
) -> None:
    async with client.get(DOCUMENT + "weighed") as response:
        assert (response.status, response.content_type) == (200, "text/yaml")
        text = await response.text()
    assert text.startswith("axenic: calibration/1")
    body = {"text": text, "reactor": "r2"}
    status, said = await asked(client, "POST", "/api/workers/bench-2/calibrations", body, **ADA)
    assert (status, said["outcome"]) == (200, "done")
    verb, worker, _, args, by, where = office.asked[-1]
    assert (verb, worker, by, where) == ("command", "bench-2", "ada", {"reactor": "r2"})
    assert (args["do"], args["activate"]) == ("import", False)
    assert msgspec.convert(args["calibration"], CalibrationRecord).calibration() == (
        PUMP.calibration()
    )
    status, problem = await asked(client, "GET", DOCUMENT + "weighted")
    assert (status, problem["detail"]) == (
        404,
        "bench-1/r1 has no calibration weighted of feed_pump",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "axenic: calibration/1\nname: a\ndevice: led_a\npoints: [{raw: 1 s, actual: 1 mL}]",
            "led_a",
        ),
        ("axenic: profile/1\nname: x\n", "vessels"),
        ("", "empty"),
    ],
)
async def test_a_document_that_is_wrong_never_reaches_the_worker(
    text: str, told: str, client: Client, office: DeskOffice
) -> None:
    body = {"text": text}
    status, problem = await asked(client, "POST", "/api/workers/bench-1/calibrations", body)
    assert (status, problem["type"]) == (422, "urn:axenic:problem:document-refused")
    assert problem["title"] == "The document was refused"
    assert told in problem["detail"]
    assert problem["diagnostics"][0]["line"] >= 1
    assert not office.asked


async def test_whoever_waits_is_shown_what_the_sensor_shows(
    client: Client, office: DeskOffice
) -> None:
    status, shown = await asked(client, "GET", "/api/workers/bench-1/calibrate/s1/shown")
    assert (status, shown) == (200, {"value": 1.0, "unit": "V", "reason": ""})
    assert office.asked[-1][3] == {"do": "look", "session": "s1"}


async def test_only_its_owner_changes_what_a_running_experiment_goes_by(
    client: Client, store: MemoryStore, profile_text: str
) -> None:
    await let_it_run(store, await submitted(client, profile_text, ADA))
    path = "/api/workers/bench-1/calibrate"
    for do, args in (
        ("activate", {"device": "feed_pump", "name": "weighed"}),
        ("keep", {"session": "s1", "name": "anew", "activate": True}),
    ):
        body = {"do": do, "reactor": "bench-1", "args": args}
        status, problem = await asked(client, "POST", path, body, **BOB)
        assert (status, problem["type"]) == (403, "urn:axenic:problem:not-yours")
        assert (await asked(client, "POST", path, body, **ADA))[0] == 200
        assert (await asked(client, "POST", path, body, **ADMINISTRATOR))[0] == 200
    kept = {"do": "keep", "args": {"session": "s1", "name": "anew"}}
    assert (await asked(client, "POST", path, kept, **BOB))[0] == 200, "nothing goes by it"


async def test_a_session_is_of_its_own_reactor_whatever_is_said(
    client: Client, store: MemoryStore, profile_text: str
) -> None:
    await let_it_run(store, await submitted(client, profile_text, ADA))
    (session,) = COMPARED.sessions
    args = {"session": session.id, "name": "anew", "activate": True}
    body = {"do": "keep", "reactor": "another", "args": args}
    path = "/api/workers/bench-1/calibrate"
    assert (await asked(client, "POST", path, body, **BOB))[0] == 403, "it may be of any"
    for reactor, status in (("bench-1", 403), ("idle", 200)):
        sessions = [replace(session, reactor=reactor)]
        await store.keep_calibrations(replace(COMPARED, sessions=sessions), at_wall_s=NOW_S)
        assert (await asked(client, "POST", path, body, **BOB))[0] == status, reactor


@pytest.mark.usefixtures("known")
async def test_a_worker_is_listed_with_the_last_self_test_of_each_reactor(client: Client) -> None:
    async with client.get("/api/workers") as response:
        found = {each["worker"]: each for each in (await response.json())["items"]}
    (test,) = found["bench-1"]["self_tests"]
    assert [each["result"] for each in test["trials"]] == ["passed", "failed"]


async def test_anybody_may_have_a_free_reactor_test_itself(
    client: Client, office: DeskOffice
) -> None:
    path = "/api/workers/bench-1/self-test?reactor=r1"
    async with client.post(path, headers={"X-Axenic-Actor": "ada"}) as response:
        assert (await response.json())["outcome"] == "done"
    where = {"reactor": "r1"}
    assert office.asked[-1] == ("command", "bench-1", "self_test", {}, "ada", where)


async def test_a_plugins_kind_says_itself_what_it_compares(
    client: Client, store: MemoryStore
) -> None:
    """The leader need not have the plugin."""
    session = SessionRecord(
        id="s1",
        reactor="r1",
        device="redox_probe",
        kind="redox",
        by="ada",
        began_wall_s=NOW_S,
        stage="complete",
        done=2,
        of=2,
        points=[(0.2, 0.22), (0.44, 0.468)],
        raw_type="voltage",
        actual_type="voltage",
        method="own",
    )
    kept = CalibrationRecord(
        reactor="r1",
        device="redox_probe",
        name="spring",
        kind="redox",
        method="own",
        points=[(0.2, 0.22), (0.44, 0.468)],
        raw_type="voltage",
        actual_type="voltage",
        curve=[(-1.0, -0.976), (1.0, 1.024)],
    )
    told = CalibrationsMessage(worker="bench-1", calibrations=[kept], sessions=[session])
    await store.keep_calibrations(told, at_wall_s=NOW_S)
    async with client.get("/api/calibrations/sessions") as response:
        (found,) = (await response.json())["items"]
    assert (found["raw_unit"], found["actual_unit"], found["method"]) == ("V", "V", "own")
    assert [each["method"] for each in found["attempts"]][:2] == ["own", "linear"]
    async with client.get("/api/calibrations") as response:
        (found,) = (await response.json())["items"]
    assert found["fit"]["residuals"] == pytest.approx([-0.004, 0.004])
    assert found["actual_unit"] == "V"
