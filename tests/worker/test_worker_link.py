"""A worker and its leader, over a link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from orchestrator.messages import topics
from orchestrator.messages.codec import decode
from orchestrator.messages.reports import StateMessage
from orchestrator.ports.clock import Clock
from orchestrator.transport.memory import MemoryBroker, MemoryLink
from orchestrator.worker import outbox as outbox_module
from orchestrator.worker.report import last_will
from orchestrator.worker.service import Worker
from tests.support.hurried_clock import HurriedClock
from tests.support.played_leader import PlayedLeader, until
from tests.support.worker_rig import (
    ATTEMPT,
    VESSEL,
    World,
    order,
    phase,
    slice_of,
    step,
    turbidostat,
    unit,
)

FOR_EVER = {"when": ["compare", ["signal", "od600"], ">", 99.0]}
OPEN = slice_of(phase("open", until=FOR_EVER, jobs={"dosing": turbidostat(target=9.0)}))
HERE = {"attempt": ATTEMPT, "vessel": VESSEL}


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "RESEND_S", 0.1)
    monkeypatch.setattr(outbox_module, "RESEND_S_MAX", 0.2)


@dataclass
class Room:
    world: World
    broker: MemoryBroker
    leader: PlayedLeader
    worker: Worker

    @property
    def clock(self) -> Clock:
        return self.world.clock

    async def pass_s(self, seconds: float) -> None:
        """Clock seconds."""
        await asyncio.sleep(seconds / self.clock.speed)


def link(broker: MemoryBroker) -> MemoryLink:
    return MemoryLink(broker, identifier="w1", will=last_will("w1"))


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    world = World()
    world.clock = HurriedClock()
    broker = MemoryBroker()
    leader = PlayedLeader(broker, world.clock)
    async with leader.listening(), world.working(link=link(broker), version="1.2") as worker:
        await until(lambda: bool(leader.states))
        yield Room(world, broker, leader, worker)


async def test_a_worker_says_what_its_disk_takes(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = room.world.journal
    level = replace(journal.level(), fault="disk I/O error", disk_free_bytes=5 << 20)
    monkeypatch.setattr(journal, "level", lambda: level)
    room.worker._report.changed.set()
    await until(lambda: room.leader.states[-1].journal_fault == "disk I/O error")
    assert room.leader.states[-1].disk_free_bytes == 5 << 20


async def test_a_worker_says_who_it_is_and_what_it_has(room: Room) -> None:
    state, offer = room.leader.states[-1], room.leader.capabilities
    assert (state.worker, state.state, state.session) == ("w1", "ready", room.worker.session)
    assert offer is not None
    assert offer.version == "1.2"
    assert offer.reactors["r1"].pumps["feed_pump"].direction == "in"
    assert "od_reading" in offer.jobs


async def test_rule_15_a_plan_is_answered_with_its_hash_and_runs(room: Room) -> None:
    answer = await room.leader.order(order(OPEN))
    assert answer.accepted
    assert [(run.vessel, run.plan_hash) for run in answer.runs] == [(VESSEL, "hash1")]
    await until(lambda: bool(room.leader.states[-1].runs))
    [report] = room.leader.states[-1].runs
    assert (report.state, report.phase) == ("running", "open")
    assert room.leader.announced[f"{ATTEMPT}/{VESSEL}"].reactor == "r1"


async def test_rule_16_readings_and_entries_arrive_numbered_once_each(room: Room) -> None:
    await room.leader.order(order(OPEN))
    await until(lambda: len(room.leader.readings("temperature.measured")) >= 20)
    room.broker.stop(forget=True)
    await room.pass_s(60.0)
    room.broker.start()
    samples = room.world.reactor.sensors["thermometer"].samples
    assert samples > 25
    await until(lambda: len(room.leader.readings("temperature.measured")) >= samples)
    numbers = sorted(room.leader.records)
    assert numbers == [*range(1, len(numbers) + 1)]
    first = room.leader.readings("temperature.measured")[0]
    assert (first.run, first.revision, first.boot) == (f"{ATTEMPT}:{VESSEL}", 1, "hurried")
    assert room.leader.readings("od_reading.raw")[0].calibration == "simulated"
    assert room.leader.entries("run_began")[0].data["experiment"] == "20250106-test"


async def test_live_values_are_shown_a_few_times_a_second(room: Room) -> None:
    await room.leader.order(order(OPEN))
    await asyncio.sleep(1.0)
    shown = room.leader.live["r1/temperature/measured"]
    assert 2 <= len(shown) <= 6
    assert "r1/temperature/target" in room.leader.live


async def test_rule_17_commands_of_another_session_are_refused_as_stale(room: Room) -> None:
    await room.leader.order(order(OPEN))
    result = await room.leader.command("dose", session="before", args={"volume_ml": 1.0}, **HERE)
    assert result.outcome == "refused"
    assert result.reason.startswith("stale")
    assert room.world.reactor.culture.state.fed_ml == 0.0


async def test_rule_17_commands_older_than_10_s_of_the_room_are_refused(room: Room) -> None:
    await room.leader.order(order(OPEN))
    now_s = room.clock.now().wall_s
    young, old = now_s - 5.0 * room.clock.speed, now_s - 11.0 * room.clock.speed
    setting = {"setting": "temperature.target", "value": 30.0}
    result = await room.leader.command("set", sent_wall_s=young, args=setting, **HERE)
    assert result.outcome == "done"
    result = await room.leader.command("set", sent_wall_s=old, args=setting, **HERE)
    assert (result.outcome, result.reason[:5]) == ("refused", "stale")


async def test_rule_17_a_command_that_comes_twice_is_carried_out_once(room: Room) -> None:
    await room.leader.order(order(OPEN))
    dose = room.leader.command_message("dose", args={"volume_ml": 0.5}, **HERE)
    for _ in range(3):
        await room.leader.send(dose)
    await until(lambda: dose.id in room.leader.results)
    await room.leader.send(dose)
    await room.pass_s(30.0)
    assert room.leader.results[dose.id].result["added_ml"] == pytest.approx(0.5)
    fed_ml = room.world.reactor.culture.state.fed_ml
    assert fed_ml == pytest.approx(0.5)


async def test_rule_13_a_dose_by_hand_passes_the_guard(room: Room) -> None:
    limited = {**OPEN, "limits": {"dosing.per_hour": 1.0}}
    await room.leader.order(order(limited))
    result = await room.leader.command("dose", args={"volume_ml": 2.0}, **HERE)
    assert result.outcome == "refused"
    assert "limits allow" in result.reason


async def test_rule_13_a_setpoint_by_hand_passes_the_guard(room: Room) -> None:
    limited = {**OPEN, "limits": {"temperature.maximum": 40.0}}
    await room.leader.order(order(limited))
    await until(lambda: bool(unit(room.worker).settings_known))
    hot = {"setting": "temperature.target", "value": 44.0}
    result = await room.leader.command("set", args=hot, **HERE)
    assert (result.outcome, "above the 40" in result.reason) == ("refused", True)


async def test_rule_11_an_override_by_hand_lasts_until_it_is_released(room: Room) -> None:
    await room.leader.order(order(OPEN))
    await until(lambda: bool(unit(room.worker).settings_known))

    def target() -> object:
        return unit(room.worker).settings_known["temperature.target"]

    args = {"setting": "temperature.target", "value": 30.0}
    assert (await room.leader.command("set", args=args, **HERE)).outcome == "done"
    await until(lambda: target() == 30.0)
    assert (await room.leader.command("release", args=args, **HERE)).outcome == "done"
    await until(lambda: target() == 37.0)
    assert (await room.leader.command("release", args=args, **HERE)).outcome == "refused"


@pytest.mark.parametrize(
    ("name", "args", "reason"),
    [
        ("set", {"setting": "temperature.taget", "value": 30.0}, "has a setting"),
        ("set", {"setting": "temperature.target", "value": "hot"}, "cannot be 'hot'"),
        ("set", {"setting": "temperature.target"}, "lacks or misuses an argument"),
        ("dose", {"volume_ml": -1.0}, "a positive number"),
        ("stop", {"job": "stiring"}, "no job 'stiring'"),
        ("answer", {"key": f"{ATTEMPT}:{VESSEL}:x#1:do@0:0", "answer": "yes"}, "no such open"),
    ],
)
async def test_a_command_that_makes_no_sense_is_refused_with_its_reason(
    room: Room, name: str, args: dict[str, object], reason: str
) -> None:
    await room.leader.order(order(OPEN))
    await until(lambda: bool(unit(room.worker).settings_known))
    result = await room.leader.command(name, args=args, **HERE)  # type: ignore[arg-type]
    assert result.outcome == "refused"
    assert reason in result.reason


async def test_a_command_to_a_vessel_that_does_not_run_here_is_refused(room: Room) -> None:
    result = await room.leader.command("stop", attempt="x.1", vessel="b", args={"job": "stirring"})
    assert (result.outcome, result.reason) == ("refused", "no vessel b runs on this worker")


async def test_a_job_is_stopped_and_started_by_hand(room: Room) -> None:
    await room.leader.order(order(OPEN))
    stirrer = room.world.reactor.outputs["stirrer"]
    await until(lambda: stirrer.commanded_duty > 0.0)
    await room.leader.command("stop", args={"job": "stirring"}, **HERE)
    await until(lambda: stirrer.commanded_duty == 0.0)
    await room.leader.command("start", args={"job": "stirring"}, **HERE)
    await until(lambda: stirrer.commanded_duty > 0.0)


async def test_a_question_is_answered_over_the_link(room: Room) -> None:
    asks = slice_of(phase("ask", do=[step("ask", text=["Ready?"])]), phase("open", until=FOR_EVER))
    await room.leader.order(order(asks))
    await until(lambda: bool(room.leader.entries("question")))
    key = room.leader.entries("question")[0].key
    args = {"key": key, "answer": "yes"}
    assert (await room.leader.command("answer", args=args, **HERE)).outcome == "done"
    await until(lambda: [run.phase for run in room.leader.states[-1].runs] == ["open"], 1.0)


async def test_rule_19_an_emergency_stop_turns_everything_off_within_a_second(room: Room) -> None:
    await room.leader.order(order(OPEN))
    outputs = room.world.reactor.outputs
    await until(lambda: outputs["heater"].commanded_duty > 0.0)
    await room.leader.send(room.leader.command_message("dose", args={"volume_ml": 2.0}, **HERE))
    await until(lambda: outputs["feed_pump"].commanded_duty > 0.0)
    began_s = asyncio.get_running_loop().time()
    result = await room.leader.command("emergency_stop", sent_wall_s=0.0)
    assert (result.outcome, result.result) == ("done", {"stopped": ["r1"]})
    assert asyncio.get_running_loop().time() - began_s < 1.0
    await room.pass_s(60.0)
    assert {output.commanded_duty for output in outputs.values()} == {0.0}
    assert room.worker.runs()[0].state == "paused"
    [*_, ended] = room.leader.entries("dose_ended")
    assert ended.data["outcome"] == "failed"
    assert ended.data["volume_ml"] < 2.0
    assert room.leader.states[-1].stopped["r1"].by == "anna"
    released = await room.leader.command("release_stop")
    assert (released.outcome, released.result) == ("done", {"released": ["r1"]})
    await room.pass_s(60.0)
    assert {output.commanded_duty for output in outputs.values()} == {0.0}
    assert room.leader.states[-1].stopped == {}
    await room.leader.order(order(OPEN, control_seq=2))
    await until(lambda: outputs["stirrer"].commanded_duty > 0.0)


async def test_rule_19_a_release_is_known_by_its_stop_whatever_the_clocks_show(room: Room) -> None:
    await room.leader.command("emergency_stop")
    await until(lambda: "r1" in room.leader.states[-1].stopped)
    first = {"stops": {"r1": room.leader.states[-1].stopped["r1"].id}}
    await room.leader.command("emergency_stop")
    await until(lambda: room.leader.states[-1].stopped["r1"].id != first["stops"]["r1"])
    second = {"stops": {"r1": room.leader.states[-1].stopped["r1"].id}}
    late = await room.leader.command("release_stop", args=first)
    assert (late.outcome, late.reason[:5]) == ("refused", "stale")
    assert "r1 was stopped again since" in late.reason
    blind = await room.leader.command("release_stop", sent_wall_s=0.0)
    assert (blind.outcome, blind.reason[:5]) == ("refused", "stale")
    released = await room.leader.command("release_stop", args=second, sent_wall_s=0.0)
    assert (released.outcome, released.result) == ("done", {"released": ["r1"]})


async def test_rule_19_whoever_resumes_a_stopped_vessel_moves_nothing(room: Room) -> None:
    await room.leader.order(order(OPEN))
    outputs = room.world.reactor.outputs
    await until(lambda: outputs["heater"].commanded_duty > 0.0)
    await room.leader.command("emergency_stop")
    await room.leader.order(order(OPEN, control_seq=2))
    await room.pass_s(60.0)
    assert {output.commanded_duty for output in outputs.values()} == {0.0}
    assert room.worker.runs()[0].state == "paused"
    assert room.worker.runs()[0].control_seq == 2
    dose = await room.leader.command("dose", args={"volume_ml": 1.0}, **HERE)
    assert dose.outcome == "refused"


async def test_rule_19_what_begins_on_a_stopped_reactor_stands_still(room: Room) -> None:
    await room.leader.command("emergency_stop")
    await room.leader.order(order(OPEN))
    await room.pass_s(60.0)
    outputs = room.world.reactor.outputs
    assert {output.commanded_duty for output in outputs.values()} == {0.0}
    assert room.worker.runs()[0].state == "paused"
    await room.leader.command("release_stop")
    await room.leader.order(order(OPEN, control_seq=2))
    await until(lambda: outputs["stirrer"].commanded_duty > 0.0)


async def test_rule_19_an_emergency_stop_outlasts_a_restart(room: Room) -> None:
    await room.leader.order(order(OPEN))
    await room.pass_s(10.0)
    await room.leader.command("emergency_stop")
    after = room.world.crash()
    room.broker.stop()
    async with after.working() as worker:
        await asyncio.sleep(60.0 / room.clock.speed)
        assert {o.commanded_duty for o in after.reactor.outputs.values()} == {0.0}
        assert worker.runs()[0].state == "paused"


async def test_a_worker_that_stops_says_so_and_one_that_dies_is_lost() -> None:
    world, broker = World(), MemoryBroker()
    world.clock = HurriedClock()

    def state() -> StateMessage:
        return decode(broker.retained[topics.state("w1")], StateMessage)

    async with world.working(link=link(broker)):
        await until(lambda: topics.state("w1") in broker.retained)
        assert state().state == "ready"
    assert state().state == "stopped"
    connection = link(broker)
    async with world.working(link=connection):
        await until(lambda: state().state == "ready")
        connection.unplug()
        assert state().state == "lost"
        connection.plug_in()
        await until(lambda: state().state == "ready")


async def test_rule_15_the_worker_runs_on_while_the_broker_is_away(room: Room) -> None:
    await room.leader.order(order(OPEN))
    await room.pass_s(10.0)
    room.broker.stop(forget=True)
    before = room.world.reactor.sensors["photodiode"].samples
    await room.pass_s(100.0)
    assert room.world.reactor.sensors["photodiode"].samples >= before + 15
    room.broker.start()
    await until(lambda: topics.capabilities("w1") in room.broker.retained)
    await until(lambda: topics.state("w1") in room.broker.retained)
