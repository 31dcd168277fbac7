"""A reactor tests itself: each device with a result, a figure and, where it fails, the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from orchestrator.jobs.registry import job_named
from orchestrator.messages.calibrations import SelfTest, Trial
from orchestrator.messages.orders import CommandMessage, CommandResult
from orchestrator.model.interlock import Interlock
from orchestrator.sim.apparatus import Apparatus, Lamp, LevelProbe, Photodiode, Vial
from orchestrator.sim.organism import E_COLI
from orchestrator.sim.reactor import Reactor as Physics
from orchestrator.worker.hand_acts import Hands
from orchestrator.worker.obey import Obey
from orchestrator.worker.service import Worker
from orchestrator.worker.tend_machine import TendMachine
from tests.support.worker_rig import REACTOR, World, order, phase, slice_of

LIT = Apparatus(
    vial=Vial(volume_ml=15.0),
    photodiode=Photodiode(light="ir_led"),
    lamps={"ir_led": Lamp(full_umol_m2_s=0.0)},
    level=LevelProbe(),
)
DEVICES = [
    "photodiode",
    "thermometer",
    "tachometer",
    "level_probe",
    "camera",
    "feed_pump",
    "waste_pump",
    "stirrer",
    "ir_led",
    "heater",
]


def world_with(apparatus: Apparatus = LIT) -> World:
    world = World()
    world.physics = {REACTOR: Physics(E_COLI, apparatus, seed=3, inoculated=True)}
    return world


async def carried_out(world: World, worker: Worker, minutes: float = 6.0) -> SelfTest:
    assert (await worker.self_tests.start(REACTOR, "anna"))["outcome"] == "done"
    await world.advance(min=minutes)
    [test] = worker.self_tests.records
    return test


def by_device(test: SelfTest) -> dict[str, Trial]:
    return {trial.device: trial for trial in test.trials}


async def test_a_sound_reactor_passes_and_everything_is_off_afterwards() -> None:
    world = world_with()
    async with world.working() as worker:
        test = await carried_out(world, worker)
    assert [trial.device for trial in test.trials] == DEVICES
    assert {trial.result for trial in test.trials} == {"passed"}, test.trials
    assert all(trial.figure for trial in test.trials)
    assert test.ended_wall_s is not None
    assert not test.trouble
    assert all(output.duty == 0.0 for output in world.reactor.outputs.values())
    truth = world.reactor.truth()
    assert truth["sim.overflow_ml"] == 0.0
    assert truth["sim.fed_ml"] == pytest.approx(1.0, abs=0.01)


async def test_what_a_failed_trial_turned_on_is_off_before_the_next() -> None:
    world = world_with()
    world.reactor.sensors["photodiode"].dead = True
    outputs, begun = world.reactor.outputs, list[str]()
    async with world.working() as worker:
        assert (await worker.self_tests.start(REACTOR, "anna"))["outcome"] == "done"
        while not outputs["heater"].commanded_duty:
            await world.advance(s=1)
            begun += [name for name, output in outputs.items() if output.commanded_duty]
        assert "ir_led" in begun
        assert not outputs["ir_led"].commanded_duty


async def test_what_an_interlock_holds_off_is_not_called_broken() -> None:
    world = world_with()
    world.interlocks = (
        Interlock(device="heater", while_on=("stirrer",)),
        Interlock(device="feed_pump", while_on=("stirrer",)),
        Interlock(device="waste_pump", while_off=("stirrer",)),
    )
    async with world.working() as worker:
        test = by_device(await carried_out(world, worker))
    for device in ("heater", "feed_pump"):
        told = f"{device} may be on only while stirrer is on"
        assert (test[device].result, test[device].reason) == ("skipped", told)
    assert test["waste_pump"].result == "passed"


Break = Callable[[Physics], object]
BROKEN: dict[str, tuple[Break, str, str]] = {
    "silent thermometer": (
        lambda physics: setattr(physics.sensors["thermometer"], "dead", True),
        "thermometer",
        "the thermometer is silent",
    ),
    "thermometer that came off": (
        lambda physics: setattr(physics.sensors["thermometer"], "stuck_at", -127.0),
        "thermometer",
        "is the probe connected",
    ),
    "stuck stirrer": (
        lambda physics: physics.stick("stirrer", 0.0, 0.0),
        "stirrer",
        "does not turn",
    ),
    "stirrer that stays on": (
        lambda physics: physics.stick("stirrer", 1.0, 0.0),
        "stirrer",
        "though it is off",
    ),
    "stirrer that does not follow": (
        lambda physics: setattr(physics.sensors["tachometer"], "stuck_at", 500.0),
        "stirrer",
        "though it is off",
    ),
    "dark light": (
        lambda physics: physics.stick("ir_led", 0.0, 0.0),
        "ir_led",
        "does not see it become brighter",
    ),
    "cold heater": (lambda physics: physics.stick("heater", 0.0, 0.0), "heater", "does not heat"),
    "heater that stays on": (
        lambda physics: physics.stick("heater", 1.0, 0.0),
        "heater",
        "take its current away",
    ),
    "feed pump that does not turn": (
        lambda physics: physics.stick("feed_pump", 0.0, 0.0),
        "feed_pump",
        "is its bottle empty",
    ),
    "feed pump that stays on": (
        lambda physics: physics.stick("feed_pump", 0.4, 0.0),
        "feed_pump",
        "though no pump turns",
    ),
    "feed pump that gives too much": (
        lambda physics: physics.miscalibrate("feed_pump", 2.0, 0.0),
        "feed_pump",
        "moves too much",
    ),
    "waste pump that does not turn": (
        lambda physics: physics.stick("waste_pump", 0.0, 0.0),
        "waste_pump",
        "moves too little",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_what_is_broken_fails_with_the_reason(broken: str) -> None:
    breaks, device, reason = BROKEN[broken]
    world = world_with()
    breaks(world.reactor)
    async with world.working() as worker:
        trial = by_device(await carried_out(world, worker))[device]
    assert trial.result == "failed"
    assert reason in trial.reason
    if broken != "feed pump that stays on":  # nothing but a second switch would end that
        assert world.reactor.truth()["sim.overflow_ml"] == 0.0


async def test_what_nothing_measures_is_told_to_be_looked_at() -> None:
    world = world_with(Apparatus())
    async with world.working() as worker:
        found = by_device(await carried_out(world, worker))
    assert found["feed_pump"].result == found["waste_pump"].result == "unseen"
    assert "look whether it moved" in found["feed_pump"].reason


async def test_a_full_vessel_is_not_filled_for_a_test() -> None:
    world = world_with(replace(LIT, vial=Vial(volume_ml=18.0)))
    async with world.working() as worker:
        found = by_device(await carried_out(world, worker))
    assert found["feed_pump"].result == "skipped"
    assert "no room" in found["feed_pump"].reason
    assert world.reactor.truth()["sim.fed_ml"] == 0.0


async def test_it_is_refused_while_an_experiment_runs_or_a_stop_holds() -> None:
    world = world_with()
    hold = slice_of(phase("hold", duration_s=9000.0), jobs={})
    async with world.working() as worker:
        assert (await world.take(worker, order(hold))).accepted
        said = await worker.self_tests.start(REACTOR, "anna")
        assert said["outcome"] == "refused"
        assert "test it when that is over" in said["reason"]
    world = world_with()
    async with world.working() as worker:
        await worker.emergency_stop("anna")
        said = await worker.self_tests.start(REACTOR, "anna")
        assert "release it first" in said["reason"]


@pytest.mark.parametrize("by", ["a run that begins", "an emergency stop"])
async def test_it_gives_way_at_once_with_everything_off(by: str) -> None:
    world = world_with()
    async with world.working() as worker:
        await worker.self_tests.start("", "anna")
        await world.advance(min=3, s=20)
        assert world.reactor.outputs["heater"].duty == 1.0, "it is at the heater by now"
        if by == "an emergency stop":
            await worker.emergency_stop("anna")
        else:
            begun = slice_of(phase("hold", duration_s=9000.0), jobs={})
            assert (await world.take(worker, order(begun))).accepted
        assert world.reactor.outputs["heater"].duty == 0.0
        await world.advance(min=5)
        [test] = worker.self_tests.records
        assert test.trouble == "it was stopped"
        assert "heater" not in by_device(test)


async def test_results_outlive_the_worker_and_an_interrupted_test_says_so() -> None:
    world = world_with()
    async with world.working() as worker:
        await carried_out(world, worker)
    async with world.working() as again:
        [test] = again.self_tests.records
        assert len(test.trials) == len(DEVICES)
        await again.self_tests.start(REACTOR, "anna")
        await world.advance(s=30)
        crashed = world.crash()
    async with crashed.working() as after:
        [test] = after.self_tests.records
        assert test.trouble == "the worker stopped in the middle"


async def test_by_command_it_begins_at_once_and_only_once() -> None:
    world, said = world_with(), list[CommandResult]()
    async with world.working() as worker:
        obey = Obey(
            session="s",
            clock=world.clock,
            vessels=worker.vessels,
            calibrate=worker.calibrate,
            hands=Hands("w1", worker.vessels, job_named),
            self_tests=worker.self_tests,
            machine=TendMachine(None, world.clock.now, worker.runs, worker.make_safe),
            reply=said.append,
        )
        for number in (1, 2):
            now = world.clock.now().wall_s
            command = CommandMessage(
                id=str(number), session="s", sent_wall_s=now, name="self_test", by="anna"
            )
            obey.take(command)
            await world.advance(s=1)
        assert [each.outcome for each in said] == ["done", "refused"]
        assert "being tested already" in said[1].reason
