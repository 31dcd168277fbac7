"""Buttons and webhooks: what people and programs bring for rules to start on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.model.canonical import canonical_json, plain
from orchestrator.model.plan import EventStart, RulePlan, Source
from orchestrator.server.plans import outline_of
from tests.server.conftest import Client
from tests.server.office import DeskOffice, a_plan

ADA = {"X-Axenic-Actor": "ada"}


async def test_a_press_is_brought_to_the_experiment_and_each_vessel_is_told_of(
    client: Client, office: DeskOffice, experiment: str
) -> None:
    body = {"button": "rinse"}
    async with client.post(
        f"/api/experiments/{experiment}/press", json=body, headers=ADA
    ) as response:
        told = (await response.json())["vessels"]
    assert [(each["vessel"], each["outcome"]) for each in told] == [
        ("control", "done"),
        ("warmed", "refused"),
    ]
    assert office.asked[-1] == ("button", "rinse", None, "ada")


async def test_a_press_that_nobody_took_up_is_a_problem_with_the_reason(
    client: Client, experiment: str
) -> None:
    body = {"button": "refused", "vessel": "warmed"}
    async with client.post(f"/api/experiments/{experiment}/press", json=body) as response:
        assert response.status == 409
        assert (await response.json())["detail"] == "it cannot be reached"


async def test_one_key_is_one_press_and_the_worker_gets_it_as_its_id(
    client: Client, office: DeskOffice, experiment: str
) -> None:
    headers = {"Idempotency-Key": "k1", **ADA}
    for _ in range(2):
        async with client.post(
            f"/api/experiments/{experiment}/press", json={"button": "rinse"}, headers=headers
        ) as response:
            assert response.status == 200
    assert [event.id for event in office.events] == ["ada:k1"]
    async with client.post(f"/api/experiments/{experiment}/press", json={"button": "rinse"}):
        pass
    assert office.events[-1].id != "ada:k1"


async def test_there_is_no_such_experiment(client: Client) -> None:
    async with client.post("/api/experiments/none/press", json={"button": "x"}) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("body", "kind"), [(b"open", "text/plain"), (b'{"a": 1}', "application/json"), (b"", None)]
)
async def test_a_webhook_takes_any_text(
    client: Client, office: DeskOffice, body: bytes, kind: str | None
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    async with client.post("/api/webhooks/door", data=body, headers=headers) as response:
        assert response.status == 200
    assert office.asked[-1][:3] == ("webhook", "door", body.decode())


async def test_a_webhook_is_bounded_and_is_text(client: Client, office: DeskOffice) -> None:
    async with client.post("/api/webhooks/door", data=b"x" * 4097) as response:
        assert response.status == 413
    async with client.post("/api/webhooks/door", data=b"\xff\xfe") as response:
        assert response.status == 400
    assert office.events == []


async def test_pages_of_other_sites_cannot_press(client: Client, experiment: str) -> None:
    headers = {"Origin": "http://evil.example"}
    async with client.post("/api/webhooks/door", data=b"x", headers=headers) as response:
        assert response.status == 403


def test_the_buttons_of_an_experiment_are_those_that_its_rules_start_on() -> None:
    rinse = EventStart(event="button", name="rinse")
    other = EventStart(event="webhook", name="door")
    plan = a_plan("Two")
    vessels = []
    for number, each in enumerate(plan.vessels):
        starts = (rinse, other) if number == 0 else (rinse, EventStart(event="button", name="stop"))
        rules = tuple(
            RulePlan(item=f"r{n}", starts=(start,), steps=(), source=Source(file="p", line=1))
            for n, start in enumerate((*starts, *starts))
        )
        vessels.append(replace(each, rules=rules))
    outline = outline_of(canonical_json(plain(replace(plan, vessels=tuple(vessels)))).decode())
    assert [(each.name, each.vessels) for each in outline.buttons] == [
        ("rinse", ["control", "warmed"]),
        ("stop", ["warmed"]),
    ]
