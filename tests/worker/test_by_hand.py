"""What people do by hand, with an experiment on the vessel and without one (SEMANTICS rules 3, 11,
13, 15, 17)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from orchestrator.journal.memory import MemoryJournal
from orchestrator.messages.orders import CommandResult
from orchestrator.model.ledger import Kind
from orchestrator.worker.service import Worker
from tests.support.worker_rig import (
    REACTOR,
    RUN,
    World,
    order,
    phase,
    slice_of,
    turbidostat,
    unit,
)

FOR_EVER = {"when": ["compare", ["signal", "od600"], ">", 99.0]}
OPEN = slice_of(phase("open", until=FOR_EVER, jobs={"dosing": turbidostat(target=9.0)}))
CHEMOSTAT = {"dilution_rate": 0.4, "exchange": 0.5, "medium": "feed"}


class SlowDisk(MemoryJournal):
    """While it keeps a document others get their turn."""

    async def keep(self, name: str, document: Mapping[str, Any] | None) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        await super().keep(name, document)


class Room:
    """A worker on the virtual clock, and somebody who stands before it."""

    def __init__(self, world: World, worker: Worker) -> None:
        self.world, self.worker = world, worker

    async def do(self, name: str, **args: Any) -> CommandResult:
        return await self.worker.command(name, args, by="ada")

    async def done(self, name: str, **args: Any) -> dict[str, Any]:
        said = await self.do(name, **args)
        assert (said.outcome, said.reason) == ("done", "")
        return said.result

    async def look(self) -> dict[str, Any]:
        [only] = (await self.done("look"))["reactors"]
        return dict(only)

    def duty(self, output: str) -> float:
        return self.world.reactor.outputs[output].commanded_duty


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    world = World()
    async with world.working() as worker:
        yield Room(world, worker)


@pytest.fixture
async def culture(room: Room) -> Room:
    """The same, with an experiment."""
    await room.world.take(room.worker, order(OPEN))
    await room.world.advance(s=60)
    return room


# ---- where nothing runs


@pytest.mark.parametrize("head_start", [1, 8, 50])
async def test_a_hand_and_the_leader_at_one_moment_never_run_a_reactor_together(
    head_start: int,
) -> None:
    world = World()
    world.journal = SlowDisk()
    async with world.working() as worker:
        room = Room(world, worker)
        starting = asyncio.create_task(room.do("start", job="stirring", settings={"target": 300.0}))
        for _ in range(head_start):
            await asyncio.sleep(0)
        answer = await world.take(worker, order(OPEN))
        assert answer.accepted, answer.reason
        assert (await starting).outcome == "done"
        await world.advance(s=60)
        tended = [task.get_name() for task in asyncio.all_tasks()]
        assert [name for name in tended if name.startswith("tend ")] == [f"tend {RUN}"]
    for run in await world.journal.runs():
        ends = [each for each in await world.journal.read(run) if each.kind is Kind.RUN_ENDED]
        assert len(ends) == (run != RUN), "what a hand began ended first"


async def test_a_job_runs_by_hand_where_no_experiment_does_until_it_is_stopped(room: Room) -> None:
    assert (await room.look())["run"] is None
    await room.done("start", job="stirring", settings={"target": 500.0})
    await room.world.advance(s=30)
    assert room.duty("stirrer") > 0.0
    stands = await room.look()
    assert [job["job"] for job in stands["jobs"]] == ["stirring"]
    assert stands["jobs"][0]["settings"] == {"target": 500.0}
    assert stands["jobs"][0]["signals"]["measured"]["value"] == pytest.approx(500.0, rel=0.1)
    assert stands["run"]["experiment"].startswith("hand-")
    await room.done("stop", job="stirring")
    await room.world.advance(s=5)
    assert room.duty("stirrer") == 0.0
    assert (await room.look())["run"] is None


async def test_a_second_job_joins_the_first_and_one_for_a_while_ends_by_itself(room: Room) -> None:
    await room.done("start", job="stirring", settings={"target": 500.0})
    await room.done(
        "start", job="temperature", automation="thermostat", settings={"target": 37.0}, for_s=600.0
    )
    await room.world.advance(min=5)
    assert [job["job"] for job in (await room.look())["jobs"]] == ["stirring", "temperature"]
    assert len(room.worker.vessels.units) == 1
    await room.world.advance(min=6)
    assert [job["job"] for job in (await room.look())["jobs"]] == ["stirring"]
    assert room.duty("heater") == 0.0


async def test_what_a_hand_let_run_runs_again_after_a_restart(room: Room) -> None:
    await room.done("start", job="stirring", settings={"target": 500.0})
    await room.world.advance(s=30)
    after = room.world.crash()
    async with after.working() as worker:
        await after.advance(s=30)
        assert after.reactor.outputs["stirrer"].commanded_duty > 0.0
        again = Room(after, worker)
        await again.done("stop", job="stirring")


async def test_rule_3_a_vessel_of_which_nobody_said_anything_counts_as_full(
    room: Room,
) -> None:
    said = await room.do("dose", volume_ml=1.0)
    assert said.outcome == "refused"
    assert "counts as full" in said.reason
    assert room.world.reactor.culture.state.fed_ml == 0.0
    await room.world.advance(s=5)
    assert (await room.look())["run"] is None


async def test_rule_3_doses_where_nothing_runs_count_from_what_was_said(room: Room) -> None:
    capacity_ml = room.worker.vessels.reactors[REACTOR].spec.capacity_ml
    said = await room.done("dose", volume_ml=1.0, vessel_holds_ml=capacity_ml - 1.5)
    assert said["added_ml"] == pytest.approx(1.0)
    await room.world.advance(s=5)
    second = await room.do("dose", volume_ml=1.0)
    assert (second.outcome, "is the most" in second.reason) == ("refused", True)


async def test_what_the_vessel_holds_may_be_said_while_hands_have_something_going(
    room: Room,
) -> None:
    await room.done("start", job="stirring", settings={"target": 500.0})
    await room.world.advance(s=5)
    assert (await room.do("dose", volume_ml=1.0)).outcome == "refused"
    await room.done("dose", volume_ml=1.0, vessel_holds_ml=10.0)
    assert (await room.look())["volume_ml"] == pytest.approx(11.0)
    await room.done("dose", volume_ml=1.0, vessel_holds_ml=12.0)
    assert (await room.look())["volume_ml"] == pytest.approx(13.0)


async def test_what_an_experiments_vessel_holds_is_for_its_account_to_tell(culture: Room) -> None:
    said = await culture.do("dose", volume_ml=1.0, vessel_holds_ml=5.0)
    assert (said.outcome, "experiment's account" in said.reason) == ("refused", True)


async def test_rule_19_an_emergency_stop_ends_what_hands_let_run(room: Room) -> None:
    await room.done("start", job="stirring", settings={"target": 500.0})
    await room.world.advance(s=30)
    assert await room.worker.emergency_stop("ada") == ""
    assert room.duty("stirrer") == 0.0
    said = await room.do("start", job="stirring", settings={"target": 500.0})
    assert (said.outcome, "emergency stop of ada" in said.reason) == ("refused", True)
    await room.worker.release_stop("ada")
    await room.world.advance(s=30)
    assert room.duty("stirrer") == 0.0
    await room.done("start", job="stirring", settings={"target": 500.0})


async def test_rule_15_an_experiment_that_begins_ends_what_hands_let_run(room: Room) -> None:
    await room.done("start", job="leds", settings={"a": 0.5})
    await room.world.advance(s=5)
    await room.world.take(room.worker, order(OPEN))
    await room.world.advance(s=30)
    assert unit(room.worker).program.attempt == "20250106-test.1"
    assert "leds" not in [job["job"] for job in (await room.look())["jobs"]]


@pytest.mark.parametrize(
    ("name", "args", "reason"),
    [
        ("start", {"job": "stiring"}, "no job 'stiring'"),
        ("dose", {"volume_ml": 0.0}, "a dose needs a positive number, not 0"),
        (
            "start",
            {"job": "leds", "for_s": -1.0},
            "how long it lasts is a positive number, not -1",
        ),
        ("set", {"setting": "stirring.target", "value": 1.0}, f"nothing runs on {REACTOR}; set is"),
        ("blank", {}, f"nothing runs on {REACTOR}; blank is for what runs"),
        ("start", {}, "lacks or misuses an argument"),
    ],
)
async def test_what_makes_no_sense_begins_nothing(
    room: Room, name: str, args: dict[str, Any], reason: str
) -> None:
    said = await room.do(name, **args)
    assert said.outcome == "refused"
    assert reason in said.reason
    await room.world.advance(s=5)
    assert (await room.look())["run"] is None


# ---- beside an experiment


async def test_rule_11_a_job_that_the_plan_does_not_know_runs_beside_it(culture: Room) -> None:
    await culture.done("start", job="leds", settings={"a": 0.5})
    await culture.world.advance(s=5)
    assert culture.duty("led_a") == 0.5
    await culture.done("release", setting="leds")
    await culture.world.advance(s=5)
    assert culture.duty("led_a") == 0.0
    assert (await culture.look())["run"]["hands"] == []


async def test_rule_11_a_hand_gives_a_job_another_law_until_it_is_given_back(culture: Room) -> None:
    def law() -> str | None:
        return unit(culture.worker).regulate.standing()["dosing"][1].automation

    assert law() == "turbidostat"
    await culture.done("start", job="dosing", automation="chemostat", settings=CHEMOSTAT)
    await culture.world.advance(min=1)
    assert law() == "chemostat"
    await culture.done("release", setting="dosing")
    await culture.world.advance(min=1)
    assert law() == "turbidostat"


async def test_rule_11_dosing_is_held_for_a_while_over_a_restart_and_released_by_itself(
    culture: Room,
) -> None:
    await culture.done("hold", job="dosing", for_s=900.0)
    await culture.world.advance(min=5)
    after = culture.world.crash()
    async with after.working() as worker:
        room = Room(after, worker)
        await after.advance(min=5)
        [hand] = (await room.look())["run"]["hands"]
        assert (hand["name"], hand["value"], hand["by"]) == ("dosing", "hold", "ada")
        assert hand["for_s"] == pytest.approx(300.0, abs=30.0)
        states = {job["job"]: job["state"] for job in (await room.look())["jobs"]}
        assert (states["dosing"], states["stirring"]) == ("paused", "ready")
        await after.advance(min=6)
        assert (await room.look())["run"]["hands"] == []
        states = {job["job"]: job["state"] for job in (await room.look())["jobs"]}
        assert states["dosing"] == "ready"
        released = await after.entries(Kind.RELEASED)
        assert [entry.data["setting"] for entry in released] == ["dosing"]


async def test_rule_3_single_actions_by_hand_are_on_record_with_outcomes(
    culture: Room,
) -> None:
    moved = await culture.done("dilute", volume_ml=1.0)
    assert moved["added_ml"] == pytest.approx(1.0)
    await culture.done("circulate", duration_s=20.0)
    await culture.world.advance(min=5)
    await culture.done("blank")
    ended = await culture.world.entries(Kind.ACTION_ENDED)
    by_hand = {entry.data["action"]: entry for entry in ended if ":*:hand@" in (entry.key or "")}
    assert sorted(by_hand) == ["blank", "circulate"]
    assert "by hand: ada" in by_hand["circulate"].data["detail"]


async def test_an_action_needs_the_job_that_carries_it_out(culture: Room) -> None:
    await culture.done("stop", job="od_reading")
    await culture.world.advance(s=5)
    said = await culture.do("blank")
    assert (said.outcome, said.reason) == (
        "refused",
        "blank needs the job od_reading, which does not run",
    )


async def test_a_sample_taken_by_hand_comes_off_the_account(culture: Room) -> None:
    before_ml = (await culture.look())["volume_ml"]
    await culture.done("sample", volume_ml=1.5, label="tube 3")
    assert (await culture.look())["volume_ml"] == pytest.approx(before_ml - 1.5)
    said = await culture.do("sample", volume_ml=500.0)
    assert (said.outcome, "cannot have been taken" in said.reason) == ("refused", True)


async def test_rule_3_a_medium_that_no_pump_moves_is_told_before_anything_is_taken_out(
    culture: Room,
) -> None:
    before_ml = (await culture.look())["volume_ml"]
    for name in ("dose", "dilute"):
        said = await culture.do(name, volume_ml=1.0, medium="fed")
        assert said.outcome == "refused"
        assert (
            f"no pump of {REACTOR} moves fed; did you mean feed? there is one for feed, waste"
        ) in said.reason
    assert (await culture.look())["volume_ml"] == before_ml


async def test_a_bottle_tells_when_it_will_be_empty_and_is_changed(culture: Room) -> None:
    def bottles(stands: dict[str, Any]) -> dict[str, Any]:
        return {each["medium"]: each for each in stands["bottles"]}

    assert bottles(await culture.look())["feed"]["through_s"] is None
    for _ in range(4):
        await culture.done("dilute", volume_ml=1.0)
        await culture.world.advance(min=30)
    feed = bottles(await culture.look())["feed"]
    assert feed["left_ml"] == pytest.approx(4996.0)
    assert feed["rate_ml_h"] == pytest.approx(2.0, rel=0.05)
    assert feed["through_s"] == pytest.approx(feed["left_ml"] / feed["rate_ml_h"] * 3600.0)
    await culture.done("bottle", medium="feed", holds_ml=1000.0, note="lot 7")
    assert bottles(await culture.look())["feed"]["left_ml"] == pytest.approx(1000.0)
    after = culture.world.crash()
    async with after.working() as worker:
        assert bottles(await Room(after, worker).look())["feed"]["left_ml"] == pytest.approx(1000.0)
    said = await culture.do("bottle", medium="fed", holds_ml=1.0)
    assert "no bottle of fed; there is feed, waste" in said.reason


@pytest.mark.parametrize(
    ("name", "args", "told"),
    [
        ("bottle", {"holds_ml": 5e6}, "a bottle holds at most 1000 L, not 5e+06 mL"),
        ("bottle", {"holds_ml": 900.0, "note": "x" * 501}, "a note has at most 500 characters"),
        ("sample", {"volume_ml": 1.0, "label": "x" * 501}, "a label has at most 500 characters"),
    ],
)
async def test_what_hands_say_of_a_bottle_or_a_sample_has_bounds(
    culture: Room, name: str, args: dict[str, Any], told: str
) -> None:
    before = await culture.look()
    said = await culture.do(name, medium="feed", **args)
    assert said.outcome == "refused"
    assert told in said.reason
    assert (await culture.look())["bottles"] == before["bottles"]


async def test_rule_13_a_job_that_a_hand_lets_run_keeps_the_limits(room: Room) -> None:
    await room.world.take(room.worker, order({**OPEN, "limits": {"temperature.maximum": 40.0}}))
    await room.world.advance(s=10)
    hot = {"target": 44.0}
    said = await room.do("start", job="temperature", automation="thermostat", settings=hot)
    assert (said.outcome, "above the 40" in said.reason) == ("refused", True)
    assert (await room.look())["run"]["hands"] == []


async def test_what_no_plan_says_of_a_job_is_taken_from_its_declaration(culture: Room) -> None:
    def settings(job: str) -> dict[str, Any]:
        return dict(unit(culture.worker).regulate.standing()[job][1].settings)

    otherwise = {"settings": {"a": 0.1, "b": 0.2, "target": 100.0}, "needs": ["a"]}
    await culture.done("start", job="leds", settings={"a": 0.5}, otherwise=otherwise)
    await culture.done("start", job="stirring", otherwise=otherwise)
    await culture.world.advance(s=5)
    assert settings("leds") == {"a": 0.5, "b": 0.2, "target": 100.0}
    assert settings("stirring") == {"target": 500.0}
    said = await culture.do("start", job="gas", otherwise={"needs": ["air"]})
    assert said.reason == "gas needs air: no plan says it"


# ---- commands that come again (SEMANTICS rule 17)


async def test_rule_17_a_dose_that_comes_again_is_not_given_again_over_a_restart(
    culture: Room,
) -> None:
    """The ledger keeps the id: whoever had no answer may ask again, at another session as well."""
    await culture.world.advance(min=5)
    before_ml = culture.world.reactor.culture.state.fed_ml
    for _ in range(2):
        said = await culture.worker.command("dilute", {"volume_ml": 1.0}, by="ada", id_="k1")
        assert (said.outcome, said.result["added_ml"]) == ("done", pytest.approx(1.0))
    await culture.worker.command(
        "bottle", {"medium": "feed", "holds_ml": 500.0}, by="ada", id_="k2"
    )
    after = culture.world.crash()
    async with after.working() as worker:
        await after.advance(min=1)
        said = await worker.command("dilute", {"volume_ml": 1.0}, by="ada", id_="k1")
        assert (said.outcome, "not done again" in said.reason) == ("done", True)
        said = await worker.command(
            "bottle", {"medium": "feed", "holds_ml": 9.0}, by="ada", id_="k2"
        )
        assert (said.outcome, "not done again" in said.reason) == ("unknown", True)
        await after.advance(min=5)
    assert after.reactor.culture.state.fed_ml - before_ml == pytest.approx(1.0, abs=0.1)


async def test_rule_17_a_dose_where_nothing_runs_is_not_given_again_over_a_restart(
    room: Room,
) -> None:
    asked = {"volume_ml": 1.0, "vessel_holds_ml": 10.0}
    assert (await room.worker.command("dose", asked, by="ada", id_="k1")).outcome == "done"
    await room.world.advance(s=5)
    after = room.world.crash()
    async with after.working() as worker:
        said = await worker.command("dose", asked, by="ada", id_="k1")
        assert (said.outcome, "not done again" in said.reason) == ("unknown", True)
        await after.advance(s=30)
    assert after.reactor.culture.state.fed_ml == pytest.approx(1.0, abs=0.1)
