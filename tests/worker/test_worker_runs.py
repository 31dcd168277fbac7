"""A worker's whole life with its vessels, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import isfinite, nan
from typing import Any

import pytest

from orchestrator.jobs.job import Command, Step, View
from orchestrator.jobs.registry import job_named
from orchestrator.jobs.stirring import Stirring, StirringState
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind
from tests.support.worker_rig import (
    ATTEMPT,
    JOBS,
    RUN,
    World,
    at,
    order,
    phase,
    slice_of,
    step,
    turbidostat,
    unit,
)

HOLD = slice_of(
    phase("blank", do=[step("blank")]),
    phase("hold", duration_s=86400.0, jobs={"dosing": turbidostat()}),
    limits={"temperature.maximum": 45.0, "dosing.per_hour": 30.0, "dosing.vessel_maximum": 18.0},
)
OPEN = slice_of(phase("open", until={"when": ["compare", ["signal", "od600"], ">", 99.0]}))


@pytest.fixture
def world() -> World:
    return World()


async def alerts_of(world: World, source: str) -> list[str]:
    alerts = await world.entries(Kind.ALERT)
    return [entry.data["text"] for entry in alerts if entry.data["source"] == source]


async def test_a_turbidostat_dilutes_each_time_the_culture_gets_dense(world: World) -> None:
    async with world.working() as worker:
        answer = await world.take(worker, order(HOLD))
        assert answer.accepted
        await world.advance(h=20)
        assert unit(worker).report().phase == "hold"
        signals = unit(worker).signals
        assert 0.7 < float(signals["od600"].value) < 0.85
        assert float(signals["temperature.measured"].value) == pytest.approx(37.0, abs=0.3)
    ended = await world.entries(Kind.DOSE_ENDED)
    assert len(ended) > 20
    assert {entry.data["outcome"] for entry in ended} == {"done"}
    removed = [entry for entry in ended if entry.data["direction"] == "out"]
    assert len(removed) == len(ended) / 2


async def test_a_sensor_that_shows_no_number_counts_as_silent(world: World) -> None:
    """One such value in a blank, or in a controller's sum, would never go away again."""
    sensors = world.reactor.sensors.values()
    for sensor in sensors:
        sensor.stuck_at = nan
    async with world.working() as worker:
        await world.take(worker, order(HOLD))
        await world.advance(s=8)
        for sensor in sensors:
            sensor.stuck_at = None
        await world.advance(min=30)
        signals = unit(worker).signals
        assert isfinite(float(signals["od600"].value))
        assert float(signals["temperature.measured"].value) == pytest.approx(37.0, abs=0.3)
        assert worker.runs()[0].phase == "hold"
    faults = [each.data for each in await world.entries(Kind.DEVICE) if each.data["reason"]]
    assert {each["reason"] for each in faults} == {"it shows nan, which is no number"}


async def test_a_run_ends_with_its_last_phase_and_leaves_nothing_on(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(slice_of(phase("short", duration_s=600.0))))
        await world.advance(min=11)
        assert worker.runs()[0].state == State.COMPLETED
        assert unit(worker).over
    [ended] = await world.entries(Kind.RUN_ENDED)
    assert ended.process_s == 600.0
    assert {output.commanded_duty for output in world.reactor.outputs.values()} == {0.0}


async def test_rule_15_pause_resume_and_cancel_come_with_the_plan_once_each(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(OPEN))
        await world.advance(min=1)
        await world.take(worker, order(OPEN, wanted="paused", control_seq=2))
        await world.advance(min=10)
        assert worker.runs()[0].state == State.PAUSED
        await world.take(worker, order(OPEN, wanted="running", control_seq=1))
        await world.advance(min=1)
        assert worker.runs()[0].state == State.PAUSED, "an old wish changes nothing"
        await world.take(worker, order(OPEN, wanted="running", control_seq=3))
        await world.advance(min=1)
        report = worker.runs()[0]
        assert (report.state, report.control_seq) == (State.RUNNING, 3)
        assert report.process_s - report.elapsed_s == pytest.approx(660.0)
        await world.take(worker, order(OPEN, wanted="cancelled", control_seq=4))
        await world.advance(min=1)
        assert worker.runs()[0].state == State.CANCELLED


async def test_rule_15_a_lower_epoch_is_refused(world: World) -> None:
    async with world.working() as worker:
        for epoch, accepted in ((8, True), (8, True), (7, False), (9, True)):
            world.epoch = epoch - 1
            assert (await world.take(worker)).accepted is accepted
    async with world.working() as worker:
        world.epoch = 7
        answer = await world.take(worker, order(OPEN))
        assert not answer.accepted, "nor after a restart"
        assert "epoch 8 is older than 9" in answer.reason
        assert worker.runs() == []


async def test_rule_15_a_plan_message_that_comes_twice_begins_one_run(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(OPEN))
        await world.advance(min=1)
        await world.take(worker, order(OPEN))
        await world.advance(min=1)
    assert len(await world.entries(Kind.RUN_BEGAN)) == 1


async def test_rule_15_a_missing_run_means_nothing(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(OPEN))
        await world.take(worker)
        await world.advance(min=1)
        assert worker.runs()[0].state == State.RUNNING


async def test_rule_15_another_attempt_first_ends_the_old_one(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(OPEN))
        await world.advance(min=1)
        answer = await world.take(worker, order(OPEN, attempt="20250106-test.2"))
        assert answer.accepted
        await world.advance(min=1)
        [report] = worker.runs()
        assert (report.attempt, report.state) == ("20250106-test.2", State.RUNNING)
    [ended] = await world.entries(Kind.RUN_ENDED)
    assert ended.data["state"] == "cancelled"


async def test_what_cannot_run_here_is_refused_and_hurts_nobody(world: World) -> None:
    async with world.working() as worker:
        answer = await world.take(worker, order(OPEN), order(OPEN, attempt="x.1", reactor="r9"))
        assert [run.accepted for run in answer.runs] == [True, False]
        assert "no reactor 'r9'" in answer.runs[1].reason
        broken = {**OPEN, "phases": [{"name": "open"}]}
        answer = await world.take(worker, order(broken, attempt="x.2"))
        assert not answer.accepted
        assert worker.runs()[0].state == State.RUNNING


async def test_rule_6_a_run_is_resumed_before_any_network_is_there(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(HOLD))
        await world.advance(h=2)
    await world.advance(h=3)
    async with world.working() as worker:
        report = worker.runs()[0]
        assert (report.phase, report.state) == ("hold", State.RUNNING)
        assert report.process_s == pytest.approx(5 * 3600.0)
        assert report.elapsed_s == pytest.approx(5 * 3600.0), "time runs on through the outage"
        await world.advance(h=15)
        assert float(unit(worker).signals["od600"].value) > 0.5, "the blank was remembered"


@pytest.mark.parametrize("moment_s", [0.0, 0.5, 2.0, 4.0, 7.3, 60.0, 3600.0, 36_001.0])
async def test_rule_2_a_restart_at_any_moment_goes_on_where_it_was(
    world: World, moment_s: float
) -> None:
    async with world.working() as worker:
        await world.take(worker, order(HOLD))
        await world.advance(s=moment_s)
        after = world.crash()
    await after.advance(s=20)
    async with after.working() as worker:
        await after.advance(h=14)
        assert worker.runs()[0].phase == "hold"
    assert len(await after.entries(Kind.RUN_BEGAN)) == 1
    blanks = [
        entry for entry in await after.entries(Kind.ACTION_ENDED) if entry.data["action"] == "blank"
    ]
    assert [blank.data["outcome"] for blank in blanks] in (["done"], ["late"])
    assert len(await after.entries(Kind.PHASE_ENTERED)) == 2
    keys = [entry.key for entry in await after.entries(Kind.DOSE_ENDED)]
    assert len(keys) == len(set(keys)) > 0


async def test_rule_3_a_worker_killed_in_the_middle_of_a_dose_never_repeats_it(
    world: World,
) -> None:
    dosing = {"dosing": {"automation": "silent", "settings": {"medium": "feed"}}}
    dose = step("dose", volume_ml=2.0, medium="feed")
    plan = slice_of(phase("p", do=[dose, step("wait", duration_s=3600.0)], jobs=dosing))
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(s=15)
        [began] = [
            entry
            for entry in await world.entries(Kind.DOSE_BEGAN)
            if entry.data["direction"] == "in"
        ]
        assert not [e for e in await world.entries(Kind.DOSE_ENDED) if e.key == began.key]
        after = world.crash()
    fed_ml = world.reactor.culture.state.fed_ml
    async with after.working() as worker:
        await after.advance(h=2)
        account = unit(worker).fluids
        assert account.fed_ml == 2.0, "it counts in full"
    ended = [entry for entry in await after.entries(Kind.DOSE_ENDED) if entry.key == began.key]
    assert [entry.data["outcome"] for entry in ended] == ["unknown"]
    doses = [e for e in await after.entries(Kind.ACTION_ENDED) if e.data["action"] == "dose"]
    assert [entry.data["outcome"] for entry in doses] == ["unknown"]
    assert world.reactor.culture.state.fed_ml == pytest.approx(fed_ml)
    alerts = [entry.data["text"] for entry in await after.entries(Kind.ALERT)]
    assert any("counts in full and is not repeated" in text for text in alerts)


async def test_a_dose_of_the_plan_is_carried_out_with_and_without_a_dosing_job(
    world: World,
) -> None:
    plan = slice_of(
        phase("without", do=[step("dilute", volume_ml=1.0, medium="feed")]),
        phase(
            "with",
            do=[step("dilute", volume_ml=1.0, medium="feed")],
            jobs={"dosing": {"automation": "silent", "settings": {}}},
        ),
    )
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(min=5)
        assert worker.runs()[0].state == State.COMPLETED
    dilutes = [e for e in await world.entries(Kind.ACTION_ENDED) if e.data["action"] == "dilute"]
    assert [entry.data["outcome"] for entry in dilutes] == ["done", "done"]
    assert dilutes[0].data["result"]["added_ml"] == pytest.approx(1.0)


async def test_rule_13_a_dose_that_a_limit_forbids_is_refused_with_an_alert(world: World) -> None:
    plan = slice_of(
        phase("p", do=[step("dose", volume_ml=5.0, medium="feed")]),
        limits={"dosing.per_hour": 3.0},
    )
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(min=5)
    [dose] = [e for e in await world.entries(Kind.ACTION_ENDED) if e.data["action"] == "dose"]
    assert dose.data["outcome"] == "refused"
    assert "3 mL that this profile's limits allow" in dose.data["reason"]
    [alert] = await world.entries(Kind.ALERT)
    assert "dosing was refused" in alert.data["text"]
    assert world.reactor.culture.state.fed_ml == 0.0


@pytest.mark.parametrize(
    ("span", "then_s", "second"),
    [("hour", 1800.0, "refused"), ("hour", 7200.0, "done"), ("day", 7200.0, "refused")],
)
async def test_rule_13_the_hour_and_the_day_are_kept_across_a_restart(
    world: World, span: str, then_s: float, second: str
) -> None:
    plan = slice_of(
        phase(
            "p",
            until={"when": ["compare", ["signal", "od600"], ">", 99.0]},
            items=[
                at("one", 60.0, step("dose", volume_ml=2.0, medium="feed")),
                at("two", then_s, step("dose", volume_ml=2.0, medium="feed")),
            ],
        ),
        limits={f"dosing.per_{span}": 3.0},
    )
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(min=5)
        after = world.crash()
    async with after.working():
        await after.advance(s=then_s)
    ended = [e.data for e in await after.entries(Kind.ACTION_ENDED) if e.data["action"] == "dose"]
    assert [data["outcome"] for data in ended] == ["done", second]
    if second == "refused":
        assert f"the last {span}" in ended[1]["reason"]


async def test_rule_13_too_hot_turns_the_heater_off_whatever_the_job_wants(world: World) -> None:
    jobs = {**JOBS, "temperature": {"automation": "thermostat", "settings": {"target": 37.0}}}
    plan = slice_of(*OPEN["phases"], jobs=jobs, limits={"temperature.maximum": 40.0})
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(h=2)
        world.reactor.sensors["thermometer"].offset = 6.0
        await world.advance(s=6)
        assert world.reactor.outputs["heater"].commanded_duty == 0.0
        world.reactor.sensors["thermometer"].offset = -4.0
        await world.advance(s=6)
        assert world.reactor.outputs["heater"].commanded_duty > 0.0
    alerts = [entry.data["text"] for entry in await world.entries(Kind.ALERT)]
    assert len([text for text in alerts if "heater off" in text]) == 1


async def test_rule_13_a_setpoint_above_the_maximum_never_reaches_the_job(world: World) -> None:
    plan = slice_of(
        phase(
            "open",
            until={"when": ["compare", ["signal", "od600"], ">", 99.0]},
            items=[
                at("hot", 600.0, step("set", settings={"temperature.target": 48.0}), state=True)
            ],
        ),
        limits={"temperature.maximum": 40.0},
    )
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(h=3)
        measured = unit(worker).signals["temperature.measured"]
        assert float(measured.value) == pytest.approx(37.0, abs=0.3)
    assert await alerts_of(world, "guard") == [
        "refused: temperature.target 48 is above the 40 that this profile's limits allow"
    ]
    (ended,) = [e for e in await world.entries(Kind.ACTION_ENDED) if e.data["action"] == "set"]
    assert ended.data["outcome"] == "refused"
    assert "above the 40" in ended.data["reason"]


class Moody(Stirring):
    """Breaks after an hour, once."""

    broke = False

    def step(self, state: StirringState, view: View, now_s: float) -> Step[StirringState]:
        if now_s >= 3600.0 and not Moody.broke:
            Moody.broke = True
            raise ZeroDivisionError("no reason")
        return super().step(state, view, now_s)

    def end(self, state: StirringState) -> tuple[Command, ...]:
        return super().end(state)


async def test_a_job_that_breaks_is_lost_with_an_alert_and_the_others_go_on(world: World) -> None:
    Moody.broke = False

    def jobs(name: str) -> Any:
        return Moody() if name == "stirring" else job_named(name)

    async with world.working(jobs=jobs) as worker:
        await world.take(worker, order(OPEN))
        await world.advance(h=2)
        assert world.reactor.outputs["stirrer"].commanded_duty > 0.0
    states = [e.data["state"] for e in await world.entries(Kind.JOB) if e.data["job"] == "stirring"]
    assert states == ["ready", "lost", "ready", "stopped"]
    assert await alerts_of(world, "stirring") == [
        "stirring broke down and is off: ZeroDivisionError: no reason"
    ]


async def test_two_reactors_run_side_by_side_and_an_idle_one_is_safe() -> None:
    world = World(("r1", "r2", "r3"))
    async with world.working() as worker:
        two = slice_of(*OPEN["phases"], vessel="b")
        await world.take(worker, order(OPEN), order(two, reactor="r2"))
        await world.advance(min=10)
        assert [report.state for report in worker.runs()] == ["running", "running"]
        duties = [each.outputs["stirrer"].commanded_duty > 0.0 for each in world.physics.values()]
        assert duties == [True, True, False]


async def test_a_pause_of_all_vessels_reaches_the_peers(world: World) -> None:
    world = World(("r1", "r2"))
    asks = slice_of(
        phase(
            "open",
            until={"when": ["compare", ["signal", "od600"], ">", 99.0]},
            items=[at("stop", 60.0, step("pause", all_vessels=True))],
        )
    )
    peer = slice_of(*OPEN["phases"], vessel="b")
    async with world.working() as worker:
        await world.take(worker, order(asks), order(peer, reactor="r2"))
        await world.advance(min=2)
        assert [report.state for report in worker.runs()] == ["paused", "paused"]


async def test_a_person_is_told_once_that_a_ledger_lacks_something(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell: list[Callable[[str, str], None]] = []
    monkeypatch.setattr(world.journal, "on_loss", tell.append)
    async with world.working() as worker:
        await world.take(worker, order(OPEN))
        for _ in range(3):
            tell[0](RUN, "the disk took nothing for too long")
            await world.advance(min=1)
    [alert] = [each.data["text"] for each in await world.entries(Kind.ALERT)]
    assert "lacks something" in alert
    assert "the disk took nothing" in alert


async def test_rule_12_what_another_vessel_measured_grows_old_as_well(world: World) -> None:
    world = World(("r1", "r2"))
    cold = ["compare", ["signal", "temperature.measured", "a"], "<", 10.0]
    rule = {
        "item": "cold",
        "starts": [{"kind": "when", "when": {"when": cold}}],
        "steps": [step("alert", text=["a is cold"])],
        "source": {"file": "t", "line": 1},
    }
    watching = slice_of(*OPEN["phases"], vessel="b", rules=[rule])
    async with world.working() as worker:
        await world.take(worker, order(OPEN), order(watching, reactor="r2"))
        await world.advance(min=2)
        world.physics["r1"].sensors["thermometer"].dead = True
        await world.advance(min=2)
    edges = [entry.data for entry in await world.entries(Kind.CONDITION, run=f"{ATTEMPT}:b")]
    assert [edge["value"] for edge in edges] == ["false", "unknown"]
    assert "vessels.a.temperature.measured" in edges[-1]["reason"]


async def test_a_rule_sees_another_vessels_signal(world: World) -> None:
    world = World(("r1", "r2"))
    hot = ["compare", ["signal", "temperature.measured", "a"], ">", 30.0]
    rule = {
        "item": "warm",
        "starts": [{"kind": "when", "when": {"when": hot}}],
        "steps": [step("alert", text=["a is warm"])],
        "source": {"file": "t", "line": 1},
    }
    watching = slice_of(*OPEN["phases"], vessel="b", rules=[rule])
    async with world.working() as worker:
        await world.take(worker, order(OPEN), order(watching, reactor="r2"))
        await world.advance(h=1)
    alerts = await world.entries(Kind.ALERT, run=f"{ATTEMPT}:b")
    assert "a is warm" in [entry.data["text"] for entry in alerts]


async def test_a_served_worker_ends_within_5_s_and_leaves_its_reactors_safe(world: World) -> None:
    async with world.working() as worker:
        await world.take(worker, order(HOLD))
        await world.advance(h=1)
        assert world.reactor.outputs["stirrer"].commanded_duty > 0.0
        loop = asyncio.get_running_loop()
        began_s = loop.time()
    assert loop.time() - began_s < 5.0
    assert {output.commanded_duty for output in world.reactor.outputs.values()} == {0.0}


async def test_rule_10_at_the_end_of_a_run_doses_stop(world: World) -> None:
    dose = step("dose", volume_ml=3.0, medium="feed")
    plan = slice_of(phase("p", duration_s=10.0, items=[at("feed", 5.0, dose)]))
    async with world.working() as worker:
        await world.take(worker, order(plan))
        await world.advance(min=2)
        assert worker.runs()[0].state == State.COMPLETED
    [ended] = await world.entries(Kind.DOSE_ENDED)
    assert (ended.data["outcome"], ended.process_s) == ("failed", 10.0)
    assert ended.data["volume_ml"] == pytest.approx(0.5)
    assert world.reactor.culture.state.fed_ml == pytest.approx(0.5)
