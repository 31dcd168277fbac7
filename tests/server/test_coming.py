"""What is to come is planned from where each vessel is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.model.plan import Plan, Source
from orchestrator.planning import rest
from orchestrator.planning.timetable import Row
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S, StandingClock, Told
from tests.server.rich import let_it_run, tell_of_workers

HOUR_S = 3600.0
Asked = list[tuple[Plan, float, float, str, float, tuple[str, int] | None]]


def hourly(
    plan: Plan,
    start_wall_s: float,
    for_s: float,
    attempt: str,
    begin: tuple[str, int] | None = None,
) -> list[Row]:
    """A timetable with something every hour of the first phase, and one row that no clock knows."""
    rows = []
    for each in plan.vessels:
        phase = each.phases[0].name if begin is None else begin[0]
        times = [n * HOUR_S for n in range(1, int(for_s // HOUR_S) + 1)]
        rows += [_row(each.vessel, phase, time_s, start_wall_s, attempt) for time_s in times]
        rows.append(_row(each.vessel, "later", None, start_wall_s, attempt))
    return rows


def _row(vessel: str, phase: str, time_s: float | None, start_s: float, attempt: str) -> Row:
    wall = None if time_s is None else coming_wall(start_s + time_s)
    return Row(
        time_s=time_s,
        wall=wall,
        phase=phase,
        phase_time_s=time_s,
        vessel=vessel,
        action_id=f"{attempt}:{vessel}:{phase}#1:stir@{time_s}:0",
        action="set",
        detail="stirring.target = 500 rpm",
        source=Source(file="profile.yaml", line=7),
    )


def coming_wall(wall_s: float) -> str:
    return datetime.fromtimestamp(wall_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    seen: Asked = []

    def timetable(
        plan: Plan,
        start_wall_s: float,
        for_s: float,
        assume: Mapping[str, float] | None = None,
        *,
        attempt: str = "plan",
        begin: tuple[str, int] | None = None,
        waits: bool = False,
        since_s: float = 0.0,
    ) -> list[Row]:
        seen.append((plan, start_wall_s, for_s, attempt, since_s, begin))
        return hourly(plan, start_wall_s, for_s, attempt, begin)

    monkeypatch.setattr(rest, "timetable", timetable)
    return seen


async def rows_of(client: Client, experiment: str, query: str = "") -> list[dict[str, Any]]:
    async with client.get(f"/api/experiments/{experiment}/coming{query}") as response:
        assert response.status == 200, await response.text()
        answer = await response.json()
        rows: list[dict[str, Any]] = answer["items"]
        return rows


async def test_of_one_that_waits_it_is_planned_as_if_it_began_now(
    client: Client, experiment: str, asked: Asked
) -> None:
    rows = await rows_of(client, experiment, "?for_s=7200")
    assert [(row["vessel"], row["time_s"]) for row in rows] == [
        ("control", HOUR_S),
        ("warmed", HOUR_S),
        ("control", 2 * HOUR_S),
        ("warmed", 2 * HOUR_S),
        ("control", None),
        ("warmed", None),
    ]
    assert rows[0]["wall_s"] == NOW_S + HOUR_S
    assert rows[0]["action_id"].startswith(f"{experiment}.1:control:")
    assert rows[0]["source"] == {"file": "profile.yaml", "line": 7}
    assert rows[-1]["wall_s"] is None


async def test_a_vessel_goes_on_from_where_its_worker_says_it_is(
    client: Client, store: MemoryStore, experiment: str, clock: StandingClock, asked: Asked
) -> None:
    """It said two hours ago that it was two hours into its first phase."""
    await let_it_run(store, experiment)
    clock.wall_s = NOW_S + 2 * HOUR_S
    rows = [row for row in await rows_of(client, experiment) if row["vessel"] == "control"]
    first = rows[0]
    assert (first["time_s"], first["wall_s"]) == (4 * HOUR_S, NOW_S + 2 * HOUR_S)
    _, began_s, for_s, attempt, since_s, _ = asked[0]
    assert began_s == NOW_S - 2 * HOUR_S
    assert for_s == 4 * HOUR_S + 86400.0
    assert attempt == f"{experiment}.1"
    assert since_s == 0.0, "its first phase began with the experiment"


async def test_phases_that_are_over_are_not_planned_again(
    client: Client, store: MemoryStore, experiment: str, asked: Asked
) -> None:
    """Without a worker's word the ledger tells where a vessel is, and which visit it is."""
    attempt = await let_it_run(store, experiment)
    told = Told(store, "bench-2", attempt, "warmed")
    await told.entry("run_began", 0.0)
    await told.entry("phase_entered", 0.0, None, phase="hold", visit=1)
    await told.entry("phase_left", 100.0, None, phase="hold", visit=1, reason="go_to")
    await told.entry("phase_entered", 100.0, None, phase="hold", visit=2)
    await told.entry("tick", 1900.0)
    rows = [row for row in await rows_of(client, experiment) if row["vessel"] == "warmed"]
    begins = [begin for plan, *_, begin in asked if plan.vessels[0].vessel == "warmed"]
    assert begins == [("hold", 2)]
    assert rows[0]["phase"] == "hold"


async def test_a_paused_vessel_stands_still(
    client: Client,
    store: MemoryStore,
    experiment: str,
    clock: StandingClock,
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempt = await let_it_run(store, experiment)
    await tell_of_workers(store, experiment, attempt, state="paused")
    clock.wall_s = NOW_S + 5 * HOUR_S
    rows = [row for row in await rows_of(client, experiment) if row["vessel"] == "control"]
    assert rows[0]["time_s"] == 2 * HOUR_S


async def test_no_more_than_asked_for(client: Client, experiment: str, asked: Asked) -> None:
    assert len(await rows_of(client, experiment, "?limit=3")) == 3
    for query in ("?for_s=0", "?for_s=nan", f"?for_s={15 * 86400}", "?limit=0"):
        async with client.get(f"/api/experiments/{experiment}/coming{query}") as response:
            assert response.status == 400, query


async def test_of_one_that_has_ended_nothing_is_to_come(
    client: Client, store: MemoryStore, experiment: str, asked: Asked
) -> None:
    await store.change_state(experiment, "cancel", at_wall_s=NOW_S)
    assert await rows_of(client, experiment) == []
    assert asked == []


async def test_behind_a_door_that_waits_for_others_nobody_knows_when(
    client: Client, store: MemoryStore, experiment: str, clock: StandingClock, asked: Asked
) -> None:
    attempt = await let_it_run(store, experiment)
    await tell_of_workers(store, experiment, attempt, waits_at="grow")
    clock.wall_s = NOW_S + HOUR_S
    await rows_of(client, experiment)
    [(began_s, since_s, begin)] = [
        (began_s, since_s, begin)
        for plan, began_s, _, _, since_s, begin in asked
        if plan.vessels[0].vessel == "control"
    ]
    assert (began_s, since_s) == (NOW_S + HOUR_S, 3 * HOUR_S), "as if it entered now"
    assert begin == ("grow", 2), "its second visit: it has been there"
