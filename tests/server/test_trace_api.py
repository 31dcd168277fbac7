"""Why did it, and why did it not, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.server.api import trace
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S, Told
from tests.server.rich import let_it_run

RULE = "{attempt}:control:*:overgrown@"


@pytest.fixture
async def attempt(store: MemoryStore, experiment: str) -> str:
    attempt = await let_it_run(store, experiment)
    told = Told(store, "bench-1", f"{attempt}", "control")
    told._next = 100
    rule = RULE.format(attempt=attempt)
    edge = {"reason": "", "max_age_s": 30.0}
    await told.entry(
        "condition", 4000.0, f"{rule}when", value="true", since_s=4000.0, saw={"od600": 1.7}, **edge
    )
    await told.entry("tick", 4100.0)
    await told.entry("kind of tomorrow", 4150.0)
    await told.entry(
        "condition",
        4360.0,
        f"{rule}when",
        value="false",
        since_s=4360.0,
        saw={"od600": 1.2},
        **edge,
    )
    return attempt


async def ask(client: Client, experiment: str, status: int = 200, **query: str) -> Any:
    async with client.get(f"/api/experiments/{experiment}/trace", params=query) as response:
        assert response.status == status, await response.text()
        return await response.json()


@pytest.mark.usefixtures("attempt")
async def test_a_trace_tells_everything_in_order_but_ticks(client: Client, experiment: str) -> None:
    answer = await ask(client, experiment)
    assert [each["process_s"] for each in answer["items"]] == sorted(
        each["process_s"] for each in answer["items"]
    )
    assert answer["items"][0]["text"] == "the run began"
    assert answer["items"][0]["wall_s"] == NOW_S
    assert not {"tick", "kind of tomorrow"} & {each["kind"] for each in answer["items"]}
    assert answer["verdicts"] == []


@pytest.mark.usefixtures("attempt")
async def test_rule_12_why_a_rule_did_not_fire_then(client: Client, experiment: str) -> None:
    answer = await ask(client, experiment, rule="overgrown", at="4240 s")
    (verdict,) = [each for each in answer["verdicts"] if each["vessel"] == "control"]
    assert verdict["fired"] is False
    assert "but only for 4 min of the 10 min it has to hold" in verdict["text"]
    assert "od600 was 1.7" in verdict["text"]


@pytest.mark.usefixtures("attempt")
async def test_values_measured_shortly_before_are_told(client: Client, experiment: str) -> None:
    answer = await ask(client, experiment, rule="overgrown", at="20 s", vessel="control")
    assert [each["saw"] for each in answer["verdicts"]] == [{"od600": 0.3}]


@pytest.mark.usefixtures("attempt")
async def test_only_what_did_not_happen(client: Client, experiment: str) -> None:
    answer = await ask(client, experiment, why_not="true")
    texts = [each["text"] for each in answer["items"]]
    assert any("after 6 min of the 10 min it has to hold" in text for text in texts)
    assert any("late: begun 40 s late" in text for text in texts)
    assert all(each["negative"] for each in answer["items"])


async def test_an_action_with_what_it_belongs_to(
    client: Client, experiment: str, attempt: str
) -> None:
    answer = await ask(client, experiment, action=f"{attempt}:control:grow#1:stir@3600:0")
    assert [each["text"] for each in answer["items"]] == ["late: begun 40 s late"]


@pytest.mark.usefixtures("attempt")
async def test_a_trace_comes_in_pages(
    client: Client, experiment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "PORTION", 2)
    whole = (await ask(client, experiment))["items"]
    paged: list[Any] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = await ask(client, experiment, **query)
        paged += page["items"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert paged == whole
    assert len(whole) > 4


@pytest.mark.usefixtures("attempt")
async def test_what_cannot_be_answered_is_refused(client: Client, experiment: str) -> None:
    assert "at soon" in (await ask(client, experiment, 400, at="at soon"))["detail"]
    assert "overgrwn" in (await ask(client, experiment, 404, rule="overgrwn"))["detail"]
    await ask(client, "nobody", 404)
