"""What was measured and what happened, over HTTP and as files."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pyarrow
import pyarrow.ipc
import pytest

from orchestrator.ports.records import ReadingRow
from orchestrator.server.api import export
from orchestrator.store.memory import MemoryStore
from tests.server.conftest import Client
from tests.server.office import NOW_S, Told
from tests.server.rich import QUESTION, let_it_run

BEGAN = "2025-01-06T08:00:00.000Z"


async def items(client: Client, path: str) -> list[Any]:
    async with client.get(path) as response:
        assert response.status == 200, await response.text()
        answer = await response.json()
        listed: list[Any] = answer["items"]
        return listed


async def rows(client: Client, path: str) -> list[dict[str, str]]:
    async with client.get(path) as response:
        assert response.status == 200
        assert response.content_type == "text/csv"
        assert "attachment" in response.headers["Content-Disposition"]
        return list(csv.DictReader(io.StringIO(await response.text())))


async def test_the_newest_values_carry_their_units(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    latest = {each["signal"]: each for each in await items(client, _of(experiment, "latest"))}
    assert latest["od600"]["value"] == 0.3
    assert latest["od600"]["unit"] == ""
    assert latest["temperature.measured"]["unit"] == "°C"
    assert latest["temperature.measured"]["process_s"] == 5.0
    assert latest["temperature.measured"]["wall_s"] == NOW_S + 5.0


async def test_curves_are_drawn_for_the_signals_asked_for(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    path = _of(experiment, "curves")
    query = "signal=od600&signal=temperature.measured&vessel=control"
    curves = {each["signal"]: each for each in await items(client, f"{path}?{query}")}
    assert curves["od600"]["at_s"] == [0.0, 5.0, 10.0]
    assert curves["od600"]["mean"] == [0.1, 0.2, 0.3]
    assert curves["temperature.measured"]["unit"] == "°C"
    part = await items(client, f"{path}?signal=od600&from_s=4&to_s=6")
    assert part[0]["at_s"] == [5.0]
    on_the_wall = await items(client, f"{path}?signal=od600&clock=wall")
    assert on_the_wall[0]["at_s"] == [NOW_S, NOW_S + 5.0, NOW_S + 10.0]
    coarse = await items(client, f"{path}?signal=od600&points=1")
    assert len(coarse[0]["at_s"]) == 1
    assert (coarse[0]["minimum"], coarse[0]["maximum"]) == ([0.1], [0.3])
    assert await items(client, f"{path}?signal=od600&vessel=warmed") == []


async def test_a_curve_of_nothing_is_asked_for_in_vain(client: Client, experiment: str) -> None:
    wrong = ("points=0", "from_s=soon", "from_s=nan", "to_s=inf", "clock=my", "points=10001")
    for query in ("", *(f"?signal=od600&{each}" for each in wrong)):
        async with client.get(_of(experiment, "curves") + query) as response:
            assert response.status == 400


async def test_actions_are_listed_newest_first_and_paged(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    attempt = await let_it_run(store, experiment)
    actions = await items(client, _of(experiment, "actions"))
    assert [each["action"] for each in actions] == ["set", "ask"]
    assert (actions[0]["outcome"], actions[0]["reason"]) == ("late", "begun 40 s late")
    assert actions[1]["action_id"] == QUESTION.format(attempt=attempt)
    assert actions[1]["outcome"] is None
    async with client.get(_of(experiment, "actions?limit=1")) as response:
        page = await response.json()
    assert [each["action"] for each in page["items"]] == ["set"]
    rest = await items(client, _of(experiment, f"actions?limit=1&cursor={page['next']}"))
    assert [each["action"] for each in rest] == ["ask"]
    assert await items(client, _of(experiment, "actions?vessel=warmed")) == []


async def test_phases_and_volumes(client: Client, store: MemoryStore, experiment: str) -> None:
    await let_it_run(store, experiment)
    (visit,) = await items(client, _of(experiment, "phases"))
    assert (visit["vessel"], visit["phase"], visit["left_process_s"]) == ("control", "grow", None)
    volumes = {each["vessel"]: each for each in await items(client, _of(experiment, "volumes"))}
    assert volumes["control"]["moved_ml"] == 1.5
    assert volumes["control"]["from_bottle_ml"] == 1.5
    assert volumes["warmed"]["moved_ml"] == 0.0
    assert volumes["warmed"]["bottle_ml"] == 5000.0


async def test_a_changed_bottle_is_as_full_as_was_said(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    attempt = await let_it_run(store, experiment)
    told = Told(store, "bench-2", attempt, "warmed")
    changed = {
        "bottle": "feed",
        "volume_ml": 500.0,
        "more_ml": -4500.0,
        "by": "ada",
        "command": "c",
    }
    await told.entry("account", 2.0, None, **changed)
    volumes = {each["vessel"]: each for each in await items(client, _of(experiment, "volumes"))}
    assert (volumes["warmed"]["bottle_ml"], volumes["warmed"]["from_bottle_ml"]) == (500.0, 0.0)
    assert volumes["control"]["bottle_ml"] == 5000.0


async def test_a_medium_that_no_bottle_holds_is_told_too(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    attempt = await let_it_run(store, experiment)
    told = Told(store, "bench-2", attempt, "warmed")
    about = {"pump": "acid_pump", "medium": "acid", "direction": "in", "volume_ml": 0.5}
    await told.entry("dose_began", 1.0, "k", **about)
    acid = [
        each for each in await items(client, _of(experiment, "volumes")) if each["medium"] == "acid"
    ]
    assert [(each["moved_ml"], each["bottle_ml"]) for each in acid] == [(0.5, None)]


async def test_an_export_names_the_calibrations_if_asked(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    async with client.get(
        f"/api/experiments/{experiment}/export.csv?calibrations=true"
    ) as response:
        table = [*csv.DictReader(io.StringIO(await response.text()))]
    assert [*table[0]][-1] == "calibration"
    async with client.get(f"/api/experiments/{experiment}/export.csv") as response:
        plain = [*csv.DictReader(io.StringIO(await response.text()))]
    assert plain == [{name: row[name] for name in plain[0]} for row in table]
    assert {row["calibration"] for row in table} == {""}


async def test_an_export_is_narrowed_to_signals_vessels_and_a_while(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    whole = await rows(client, _of(experiment, "export.csv"))
    times = sorted({float(row["time_s"]) for row in whole})
    asked = f"?signal=od600&vessel=control&from_s={times[0]}&to_s={times[0]}"
    narrow = await rows(client, _of(experiment, "export.csv") + asked)
    assert narrow == [
        row
        for row in whole
        if (row["signal"], row["vessel"], float(row["time_s"])) == ("od600", "control", times[0])
    ]
    assert await rows(client, _of(experiment, "export.csv") + "?vessel=nobody") == []


async def test_readings_come_as_arrow_too(
    client: Client, store: MemoryStore, experiment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await let_it_run(store, experiment)
    table = await rows(client, _of(experiment, "export.csv"))
    async with client.get(_of(experiment, "export.arrow") + "?calibrations=true") as response:
        assert response.content_type == "application/vnd.apache.arrow.stream"
        arrow = pyarrow.ipc.open_stream(await response.read()).read_all()
    assert arrow.column_names == ["time_s", "wall", "vessel", "signal", "value", "calibration"]
    assert [(row["vessel"], row["signal"], str(row["value"])) for row in arrow.to_pylist()] == [
        (row["vessel"], row["signal"], row["value"]) for row in table
    ]
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    async with client.get(_of(experiment, "export.arrow")) as response:
        assert response.status == 406
        assert "axenic[parquet]" in (await response.json(content_type=None))["detail"]


async def test_curves_come_as_a_table_too(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    asked = "?signal=od600&vessel=control"
    async with client.get(_of(experiment, "curves") + asked) as response:
        [curve] = (await response.json())["items"]
    table = await rows(client, _of(experiment, "curves.csv") + asked)
    assert [float(row["at_s"]) for row in table] == curve["at_s"]
    assert [float(row["maximum"]) for row in table] == curve["maximum"]
    assert {(row["vessel"], row["signal"]) for row in table} == {("control", "od600")}


async def test_readings_are_exported_as_design_says(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    await let_it_run(store, experiment)
    table = await rows(client, _of(experiment, "export.csv"))
    assert list(table[0]) == ["time_s", "wall", "vessel", "signal", "value"]
    first = next(row for row in table if row["signal"] == "od600")
    assert first == {
        "time_s": "0.0",
        "wall": BEGAN,
        "vessel": "control",
        "signal": "od600",
        "value": "0.1",
    }
    assert len(table) == 5


async def test_actions_are_exported_as_design_says(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    attempt = await let_it_run(store, experiment, text='A "quoted", text\nof two lines')
    table = await rows(client, _of(experiment, "actions.csv"))
    assert list(table[0]) == [
        "action_id",
        "nominal_s",
        "time_s",
        "wall",
        "vessel",
        "action",
        "detail",
        "outcome",
        "reason",
    ]
    assert table[0]["action_id"] == QUESTION.format(attempt=attempt)
    assert table[0]["detail"] == 'A "quoted", text\nof two lines'
    assert (table[0]["nominal_s"], table[0]["time_s"], table[0]["outcome"]) == ("0.0", "1.0", "")
    assert (table[1]["outcome"], table[1]["reason"]) == ("late", "begun 40 s late")


async def test_an_export_has_the_doses_of_automations_between_the_actions(
    client: Client, store: MemoryStore, experiment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = await let_it_run(store, experiment)
    told = Told(store, "bench-2", attempt, "warmed")
    pumped = {"pump": "feed_pump", "medium": "feed", "direction": "in", "volume_ml": 1.5}
    asked = f"{attempt}:warmed:grow#1:dose@1:0"
    for number, key in enumerate((f"{attempt}:warmed:*:dosing@1", asked)):
        if key == asked:
            await told.entry("action_began", 50.0, asked, action="dose", detail="1.5 mL")
        began_s = 10.0 + 40.0 * number
        await told.entry("dose_began", began_s, f"{key}/in", cause="turbidostat", **pumped)
        await told.entry("dose_ended", began_s + 1, f"{key}/in", outcome="done", **pumped)
    monkeypatch.setattr(export, "PORTION", 2)
    table = await rows(client, _of(experiment, "actions.csv"))
    doses = [row for row in table if row["action"] == "dose"]
    assert [row["action_id"] for row in doses] == [f"{attempt}:warmed:*:dosing@1/in", asked]
    own = doses[0]
    assert (own["detail"], own["outcome"]) == ("1.5 mL of feed in", "done")
    assert (own["reason"], own["time_s"]) == ("turbidostat", "10.0")


async def test_an_export_of_many_pages_has_every_action_once(
    client: Client, store: MemoryStore, experiment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = await let_it_run(store, experiment)
    told = Told(store, "bench-2", attempt, "warmed")
    for number in range(20):
        key = f"{attempt}:warmed:grow#1:stir@{number}:0"
        await told.entry("action_began", float(number), key, action="set", detail="")
    monkeypatch.setattr(export, "PORTION", 3)
    table = await rows(client, _of(experiment, "actions.csv"))
    ids = [row["action_id"] for row in table]
    assert len(ids) == len(set(ids)) == 22


async def test_an_export_that_breaks_off_is_not_taken_for_a_whole_one(
    client: Client, store: MemoryStore, experiment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> AsyncIterator[Sequence[ReadingRow]]:
        yield [ReadingRow(0.0, None, "control", "od600", 1.0, "a", 1, "w", "o", 1, "")]
        raise OSError("the disk is gone")

    monkeypatch.setattr(store, "export_readings", broken)
    with pytest.raises(aiohttp.ClientError):
        async with client.get(_of(experiment, "export.csv")) as response:
            await response.read()


async def test_a_moment_that_nobody_knew_is_left_empty() -> None:
    assert export.wall(None) == ""
    assert export.wall(NOW_S) == BEGAN
    assert export.as_csv([(None, 1.5, "a,b")]) == ',1.5,"a,b"\n'


async def test_events_without_a_beginning_are_the_newest(
    client: Client, store: MemoryStore, experiment: str
) -> None:
    for number in range(300):
        of = experiment if number % 10 == 0 else None
        await store.add_event("note", {"n": number}, at_wall_s=NOW_S, experiment=of)
    newest = await items(client, "/api/events?limit=3")
    assert [each["data"]["n"] for each in newest] == [297, 298, 299]
    newest = await items(client, f"/api/events?limit=3&experiment={experiment}")
    assert [each["data"]["n"] for each in newest] == [270, 280, 290]
    everything = await items(client, f"/api/events?limit=1000&experiment={experiment}")
    assert len(everything) == 31  # with its submission


async def test_events_are_paged_oldest_first(client: Client, store: MemoryStore) -> None:
    for number in range(5):
        await store.add_event("note", {"n": number}, at_wall_s=NOW_S)
    seen, path = [], "/api/events?after=0&limit=2"
    while path:
        async with client.get(path) as response:
            page = await response.json()
        seen += [each["id"] for each in page["items"]]
        path = f"/api/events?cursor={page['next']}&limit=2" if page["next"] else ""
    assert seen == sorted(set(seen))
    assert len(seen) == 5


def _of(experiment: str, part: str) -> str:
    return f"/api/experiments/{experiment}/{part}"
