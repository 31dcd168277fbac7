"""At a vessel nobody waits for a plugin's job: real processes, real time.

Must hold: a plugin that sleeps for an hour, one that eats memory and one that calls os._exit change
no other job's timing.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psutil
import pytest

from orchestrator.hardware.clock import SystemClock
from orchestrator.jobs.guest import Invitation
from orchestrator.jobs.job import Command, Job, Signal, Step, View
from orchestrator.model.ledger import Entry, Kind
from orchestrator.plugin_host.guests import Guests
from orchestrator.worker.service import Worker
from tests.support.guests import UNRULY, guest_spec, guests
from tests.support.worker_rig import World, order, phase, slice_of, unit

pytestmark = pytest.mark.processes

EACH_S = 0.02
SECONDS = 4.0
LATE_S_MAX = 0.25
"""Beyond what the same machine does without the guest. Starting a process holds the loop up for a
millisecond, or more where many want the processor; a tick that waited for the guest would be 0.5 s
late, its deadline, at the least."""
USUALLY_LATE_S_MAX = 0.01


@dataclass
class Metronome:
    """A job of the worker's own process that notes how late it is stepped."""

    name: str = "metronome"
    watches: tuple[str, ...] = ()
    signals: Mapping[str, Signal] = field(default_factory=dict)
    late_s: list[float] = field(default_factory=list)

    def begin(self, memory: Mapping[str, Any], now_s: float) -> float:
        return time.monotonic()

    def step(self, due_s: float, view: View, now_s: float) -> Step[float]:
        late_s = time.monotonic() - due_s
        if late_s < 0.0:  # something else was the reason for this step
            return Step(due_s, look_again_s=now_s - late_s)
        self.late_s.append(late_s)
        missed = int(late_s / EACH_S)
        due_s += (1 + missed) * EACH_S
        return Step(due_s, look_again_s=now_s + max(0.0, due_s - time.monotonic()))

    def end(self, due_s: float) -> tuple[Command, ...]:
        return ()


@asynccontextmanager
async def vessel(
    world: World, made: Guests, metronome: Metronome, *jobs: str
) -> AsyncIterator[Worker]:
    """A vessel in real time with these jobs and a metronome."""
    world.clock = SystemClock(trust_wall=True)

    def named(name: str) -> Job[Any] | Invitation:
        return metronome if name == metronome.name else made.job_named(name)

    wanted: dict[str, Any] = {name: {"settings": {}} for name in (*jobs, metronome.name)}
    async with world.working(jobs=named) as worker:
        plan = slice_of(phase("one", duration_s=3600.0), jobs=wanted)
        answer = await world.take(worker, order(plan))
        assert answer.accepted, answer.reason
        yield worker


async def beat(*kinds: str, seconds: float) -> tuple[Metronome, list[Entry]]:
    """Let a metronome beat beside guests of these kinds."""
    metronome, world = Metronome(), World()
    patience_s = {"Eater": 5.0}  # it has a lot to do until it is full
    specs = [guest_spec(kind, within_s=patience_s.get(kind, 0.5)) for kind in kinds]
    async with guests(*specs) as made:
        async with vessel(world, made, metronome, *map(str.lower, kinds)):
            await asyncio.sleep(seconds)
        return metronome, await world.entries()


def reasons(entries: list[Entry], job: str) -> list[str]:
    return [
        entry.data["reason"]
        for entry in entries
        if entry.kind is Kind.JOB and entry.data["job"] == job and entry.data["state"] == "lost"
    ]


LOSSES = {
    "Sleeper": "it did not answer within 0.5 s",
    "Eater": "it wanted more than the 300 MB that it may have",
    "Quitter": "its process ended with exit code 3",
    "Printer": "it did not answer within 0.5 s",
    "Spinner": "it did not answer within 0.5 s",
}


@pytest.mark.parametrize("kind", LOSSES)
async def test_what_a_guest_does_changes_no_other_jobs_timing(kind: str) -> None:
    alone, _ = await beat(seconds=1.5)
    beside, entries = await beat(kind, seconds=SECONDS)
    assert reasons(entries, kind.lower())[0] == LOSSES[kind]
    assert len(beside.late_s) >= 0.8 * SECONDS / EACH_S
    assert max(beside.late_s) <= max(alone.late_s) + LATE_S_MAX
    assert median(beside.late_s) <= median(alone.late_s) + USUALLY_LATE_S_MAX


async def wait_for(worker: Worker, signal: str, value: float) -> None:
    async with asyncio.timeout(10.0):
        while True:
            sample = unit(worker).signals.get(signal)
            if sample is not None and float(sample.value) >= value:
                return
            await asyncio.sleep(0.02)


async def test_it_is_stepped_and_heard_as_a_built_in_job_is() -> None:
    world = World()
    async with guests(guest_spec("Counter")) as made:
        async with vessel(world, made, Metronome(), "counter") as worker:
            await wait_for(worker, "counter.count", 1.0)
            running = unit(worker)
            assert world.reactor.truth(world.clock.now().monotonic_s)["sim.light"] > 0.0
            running.regulate.nudge("counter")
            running.wake.set()
            await asyncio.sleep(0.3)
            # Woken without reason: nothing of what it sees has changed.
            assert running.signals["counter.count"].value == 1.0
        assert world.reactor.truth(world.clock.now().monotonic_s)["sim.light"] == 0.0


async def test_what_comes_while_it_is_busy_is_told_with_the_next_step() -> None:
    world = World()
    async with (
        guests(guest_spec("Counter")) as made,
        vessel(world, made, Metronome(), "counter") as worker,
    ):
        running = unit(worker)
        while not running.regulate.any:
            await asyncio.sleep(0.0)
        running.hands.sense("counter", "thermometer")  # it is loading still
        await wait_for(worker, "counter.seen", 1.0)
        assert running.signals["counter.count"].value == 1.0


async def test_one_that_dies_while_nobody_asks_is_missed_at_once() -> None:
    world = World()
    async with guests(guest_spec("Counter")) as made:
        async with vessel(world, made, Metronome(), "counter") as worker:
            await wait_for(worker, "counter.count", 1.0)
            [process] = [
                each
                for each in psutil.Process().children()
                if each.status() != psutil.STATUS_ZOMBIE
                and "orchestrator.plugin_host" in each.cmdline()
            ]
            process.kill()
            async with asyncio.timeout(2.0):
                while not reasons(await world.entries(), "counter"):
                    await asyncio.sleep(0.02)
            assert world.reactor.truth(world.clock.now().monotonic_s)["sim.light"] == 0.0
        assert reasons(await world.entries(), "counter") == ["its process was killed (SIGKILL)"]


async def test_what_a_guest_started_ends_with_it() -> None:
    _, entries = await beat("Parent", seconds=1.5)
    assert reasons(entries, "parent") == ["its process ended with exit code 0"]
    # That nothing is left is what every test is looked over for.


DOOMED = f"""
import os, signal
from orchestrator.jobs.job import Account, View
from orchestrator.plugin_host.process import GuestProcess
from orchestrator.plugin_host.wire import Config, pack_begin, pack_do

process = GuestProcess(Config(
    name="sleeper", folder={str(UNRULY)!r}, module="guests", attribute="Sleeper", memory_mb=300,
    vessel="a", simulated=False, options={{}}, seed=0,
))
view = View(settings={{}}, automation=None, paused=False, signals={{}},
            account=Account(volume_ml=1.0, nominal_ml=1.0))
process.send(pack_begin({{}}, 0.0))
process.wait(10.0)
for _ in range(3):
    process.send(pack_do(view, (), 0.0))
    process.wait(0.5)
print(process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_a_guest_that_sleeps_ends_with_a_worker_that_is_killed() -> None:
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DOOMED, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    async with asyncio.timeout(5.0):
        while psutil.pid_exists(int(said)):
            await asyncio.sleep(0.02)
