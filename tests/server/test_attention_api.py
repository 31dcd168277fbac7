"""Questions, alerts and workers: what people see and say."""

from __future__ import annotations

import pytest

from orchestrator.ports.records import NewAlert, WorkerRecord
from orchestrator.ports.routes import Settled, Sorted
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import DeskOffice
from tests.server.rich import QUESTION, let_it_run
from tests.support.stores import BOTH, WALL, submitted


async def test_an_open_question_is_listed_and_answered(
    client: Client, store: MemoryStore, office: DeskOffice, experiment: str
) -> None:
    key = QUESTION.format(attempt=await let_it_run(store, experiment))
    async with client.get(f"/api/questions?experiment={experiment}&open=true") as response:
        (question,) = (await response.json())["items"]
    assert question["key"] == key
    assert question["text"] == "Inoculate?"
    assert question["state"] == "open"
    async with client.post(
        "/api/questions/answer",
        json={"key": key, "answer": "yes"},
        headers={"X-Axenic-Actor": "ada"},
    ) as response:
        assert await response.json() == {"outcome": "done", "reason": ""}
    assert office.asked[-1] == ("answer", key, "yes", "ada")


async def test_questions_of_others_are_not_listed(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    async with client.get("/api/questions?experiment=other") as response:
        assert (await response.json())["items"] == []


async def test_nobody_asks_that(client: Client) -> None:
    body = {"key": "nothing", "answer": "yes"}
    async with client.post("/api/questions/answer", json=body) as response:
        assert response.status == 404


@pytest.mark.parametrize("answer", ["tube 7", 3.5, 4, True])
async def test_an_answer_is_text_a_number_or_yes_and_no(
    client: Client, store: MemoryStore, office: DeskOffice, experiment: str, answer: object
) -> None:
    key = QUESTION.format(attempt=await let_it_run(store, experiment))
    async with client.post("/api/questions/answer", json={"key": key, "answer": answer}) as said:
        assert said.status == 200
    assert office.asked[-1][2] == answer


async def test_an_alert_is_listed_until_somebody_has_seen_it(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    async with client.get("/api/alerts?open=true") as response:
        alerts = (await response.json())["items"]
    assert [each["severity"] for each in alerts] == ["info", "critical"]
    headers = {"X-Axenic-Actor": "ada"}
    address = f"/api/alerts/{alerts[1]['id']}/acknowledge"
    async with client.post(address, headers=headers) as response:
        assert (await response.json())["acknowledged_by"] == "ada"
    async with client.get("/api/alerts?open=true") as response:
        assert [each["severity"] for each in (await response.json())["items"]] == ["info"]
    async with client.get(f"/api/alerts?experiment={experiment}") as response:
        assert [each["severity"] for each in (await response.json())["items"]] == ["critical"]


async def test_an_alert_is_silenced_by_its_owner_and_resolved_with_a_reason(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    found = await store.experiment(experiment)
    assert found is not None
    owner = {"X-Axenic-Actor": found.actor}
    body = {"experiment": experiment, "for_s": 3600, "reason": "cleaning"}
    stranger = {"X-Axenic-Actor": "mallory"}
    async with client.post("/api/silences", json=body, headers=stranger) as response:
        assert response.status == 403
    async with client.post("/api/silences", json=body, headers=owner) as response:
        silence = await response.json()
    assert (silence["actor"], silence["reason"]) == (found.actor, "cleaning")
    async with client.get(f"/api/alerts?experiment={experiment}") as response:
        [alert] = (await response.json())["items"]
    until_s = silence["until_wall_s"]
    assert (alert["state"], alert["silenced_until_wall_s"]) == ("silenced", until_s)
    async with client.post(f"/api/silences/{silence['id']}/end", headers=stranger) as response:
        assert response.status == 403
    async with client.post(f"/api/silences/{silence['id']}/end", headers=owner) as response:
        assert (await response.json())["lifted_by"] == found.actor
    async with client.get("/api/silences") as response:
        assert (await response.json())["items"] == []
    address = f"/api/alerts/{alert['id']}/resolve?note=mended"
    async with client.post(address, headers=owner) as response:
        resolved = await response.json()
    assert (resolved["state"], resolved["resolved_by"]) == ("resolved", found.actor)
    assert resolved["resolved_note"] == "mended"


@pytest.mark.parametrize(
    ("body", "role", "status"),
    [
        ({"for_s": 60}, "administrator", 422),
        ({"source": "disk", "for_s": 59}, "administrator", 422),
        ({"source": "disk", "for_s": 60}, "user", 403),
        ({"source": "disk", "for_s": 60}, "administrator", 201),
        ({"experiment": "none", "for_s": 60}, "administrator", 404),
    ],
)
async def test_who_may_silence_what(
    client: Client, body: dict[str, object], role: str, status: int
) -> None:
    headers = {"X-Axenic-Role": role}
    async with client.post("/api/silences", json=body, headers=headers) as response:
        assert response.status == status


async def test_an_alert_says_whom_it_reached(client: Client, store: MemoryStore) -> None:
    new = NewAlert(text="warm", severity="warning", source="t", at_wall_s=WALL)
    raised = await store.raise_alert(new)
    both = Sorted(alert=raised, routes=["mail", "phone"])
    await store.sort_alerts([both], at_wall_s=WALL)
    [waiting] = await store.to_tell("mail", since_wall_s=0.0)
    await store.settle([Settled(delivery=waiting.delivery, outcome="sent")], at_wall_s=WALL + 1.0)
    async with client.get("/api/alerts") as response:
        [alert] = (await response.json())["items"]
    assert alert["delivery"] == "sent"
    told = [(each["route"], each["outcome"], each["told_wall_s"]) for each in alert["deliveries"]]
    assert told == [("mail", "sent", WALL + 1.0), ("phone", "waiting", None)]


async def test_routes_are_listed_without_secrets_and_tried_by_administrators(
    client: Client, office: DeskOffice
) -> None:
    async with client.get("/api/alerts/routes") as response:
        [route] = (await response.json())["items"]
    assert (route["name"], route["to"], route["users"]) == ("night shift", ["ntfy://…"], ["ada"])
    assert route["quiet"] == {
        "from": "22:00",
        "until": "07:00",
        "timezone": "Europe/Berlin",
        "loud": [],
    }
    path, user = "/api/alerts/routes/test", {"X-Axenic-Role": "user"}
    async with client.post(path, headers=user) as response:
        assert response.status == 403
    assert not office.asked
    boss = {"X-Axenic-Role": "administrator", "X-Axenic-Actor": "ada"}
    async with client.post(f"{path}?route=night%20shift", headers=boss) as response:
        [tried] = (await response.json())["items"]
    assert (tried["route"], tried["problem"]) == ("night shift", "")
    assert office.asked == [("test", "night shift", "ada")]
    async with client.post(f"{path}?route=none", headers=boss) as response:
        assert response.status == 404


@pytest.mark.parametrize("name", ["0", "99", "one", "-1", "9" * 30, "²"])
async def test_there_is_no_such_alert(client: Client, name: str) -> None:
    async with client.post(f"/api/alerts/{name}/acknowledge") as response:
        assert response.status == 404


async def test_workers_say_what_they_have_and_whether_they_are_free(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    async with client.get("/api/workers") as response:
        workers = {each["worker"]: each for each in (await response.json())["items"]}
    busy, free, lost = workers["bench-1"], workers["bench-3"], workers["bench-4"]
    assert (busy["state"], busy["free"], busy["free_reactors"]) == ("ready", False, [])
    assert (busy["runs"][0]["vessel"], busy["runs"][0]["phase"]) == ("control", "grow")
    assert (free["free"], free["free_reactors"]) == (True, ["bench-3"])
    assert (lost["state"], lost["free"]) == ("lost", False)
    assert free["reactors"]["bench-3"]["pumps"]["feed_pump"]["medium"] == "feed"
    assert free["simulated"] is True


async def test_a_worker_of_which_only_the_epoch_is_known(
    client: Client, store: MemoryStore
) -> None:
    await store.next_epoch("bench-9")
    async with client.get("/api/workers") as response:
        workers = (await response.json())["items"]
    assert [(each["worker"], each["state"], each["free"]) for each in workers] in (
        [("bench-9", "unknown", False)],
        [],
    )


async def test_what_a_worker_of_a_very_different_version_said_is_passed_over(
    client: Client, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def workers() -> list[WorkerRecord]:
        said = {"worker": "bench-9", "mood": "fine"}
        return [
            WorkerRecord(worker="bench-9", epoch=1, seen_wall_s=1.0, state=said, capabilities=said)
        ]

    monkeypatch.setattr(store, "workers", workers)
    async with client.get("/api/workers") as response:
        (worker,) = (await response.json())["items"]
    assert (worker["state"], worker["free"], worker["reactors"]) == ("unknown", False, {})


async def test_a_command_goes_to_its_worker_under_the_actors_name(
    client: Client, office: DeskOffice
) -> None:
    body = {"name": "dose", "args": {"volume_ml": 1.0, "medium": "feed"}, "vessel": "control"}
    headers = {"X-Axenic-Actor": "ada"}
    async with client.post("/api/workers/b-1/command", json=body, headers=headers) as response:
        assert (await response.json())["outcome"] == "done"
    where = {"reactor": "", "attempt": "", "vessel": "control", "key": None}
    assert office.asked == [
        ("command", "b-1", "dose", {"volume_ml": 1.0, "medium": "feed"}, "ada", where)
    ]


async def test_only_the_owner_reaches_by_hand_into_what_runs_and_anybody_stops_it(
    client: Client, store: MemoryStore, office: DeskOffice
) -> None:
    await store.create_experiment(submitted("20270115-a", actor="ada"))
    await store.begin_attempt("20270115-a", BOTH, at_wall_s=WALL)
    worker = next(iter(BOTH.values())).worker

    async def asked(name: str, actor: str, role: str = "user", reactor: str = "") -> int:
        headers = {"X-Axenic-Actor": actor, "X-Axenic-Role": role}
        body = {"name": name, "args": {}, "reactor": reactor}
        path = f"/api/workers/{worker}/command"
        async with client.post(path, json=body, headers=headers) as response:
            return response.status

    assert await asked("dose", "bob") == 403
    assert not office.asked
    assert await asked("dose", "bob", reactor="another") == 200
    assert await asked("dose", "ada") == 200
    assert await asked("dose", "root", "administrator") == 200
    assert await asked("emergency_stop", "bob") == 200


async def test_many_are_told_at_once_and_each_answers_for_itself(
    client: Client, store: MemoryStore
) -> None:
    await store.create_experiment(submitted("20270115-a", actor="ada"))
    await store.begin_attempt("20270115-a", BOTH, at_wall_s=WALL)
    theirs = next(iter(BOTH.values())).worker
    body = {"name": "stop", "args": {"job": "stirring"}, "places": [theirs, "dead", "unit9/left"]}
    headers = {"X-Axenic-Actor": "bob"}
    async with client.post("/api/workers/command", json=body, headers=headers) as response:
        said = (await response.json())["places"]
    outcomes = {place: each["outcome"] for place, each in said.items()}
    assert outcomes == {theirs: "refused", "dead": "unknown", "unit9/left": "done"}
    assert "belongs to ada" in said[theirs]["reason"]


async def test_rule_3_a_place_that_is_named_twice_is_told_once(
    client: Client, office: DeskOffice
) -> None:
    path, body = "/api/workers/command", {"name": "dose", "args": {"volume_ml": 1.0}}
    async with client.post(path, json={**body, "places": ["b-1", "b-1"]}) as response:
        assert {*(await response.json())["places"]} == {"b-1"}
    assert len(office.asked) == 1
    async with client.post(path, json={**body, "places": ["b-1"] * 1001}) as response:
        assert response.status == 422


async def test_a_worker_that_refuses_to_look_says_why(client: Client) -> None:
    """Its session is another one, say: it has begun anew since it was last heard (rule 17)."""
    async with client.get("/api/workers/new/reactors") as response:
        assert response.status == 409
        assert (await response.json())["detail"] == "stale: it began anew"


async def test_a_worker_is_asked_how_its_reactors_stand(client: Client) -> None:
    async with client.get("/api/workers/b-1/reactors") as response:
        [only] = (await response.json())["items"]
    assert (only["worker"], only["reactor"], only["jobs"]) == ("b-1", "r1", [])


async def test_a_command_that_nobody_knows_is_refused(client: Client, office: DeskOffice) -> None:
    async with client.post("/api/workers/b-1/command", json={"name": "explode"}) as response:
        assert response.status == 422
    assert office.asked == []


async def test_the_emergency_stop_tells_what_each_worker_said(client: Client) -> None:
    async with client.post("/api/emergency_stop") as response:
        said = await response.json()
    assert said["workers"]["bench-1"]["outcome"] == "done"


async def test_health_says_what_is_wrong(
    client: Client, office: DeskOffice, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def health() -> dict[str, object]:
        async with client.get("/api/health") as response:
            assert response.status == 200
            answer: dict[str, object] = await response.json()
            return answer

    well = await health()
    assert (well["status"], well["store"], well["broker_connected"]) == ("ok", "ok", True)
    office.broker_connected = False
    assert (await health())["status"] == "degraded"
    office.broker_connected = True
    office.store_trouble = "the store cannot be written: disk I/O error"
    assert (await health())["store"] == "failing"
    office.store_trouble = ""

    async def fails() -> int:
        raise OSError("the disk is gone")

    monkeypatch.setattr(store, "newest_event_id", fails)
    assert (await health())["store"] == "failing"


async def test_the_clock_tells_the_time_of_the_experiments(client: Client) -> None:
    async with client.get("/api/clock") as response:
        assert await response.json() == {"wall_s": 1736150400.0, "speed": 60.0, "trusted": True}
