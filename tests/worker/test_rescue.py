"""A job that keeps the worker's loop for itself, and a loop that hangs (SEMANTICS rule 4)."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any

import pytest

from orchestrator.jobs.channels import Channels
from orchestrator.jobs.job import Step, View
from orchestrator.jobs.leds import Leds
from orchestrator.model.ledger import Kind
from orchestrator.worker.rescue import STEP_S, WAIT_S, Rescue, _Look, _stepping
from tests.support.reactors import bench_and_keeper
from tests.support.worker_rig import World, at, order, phase, slice_of, step
from tests.worker import hanging_worker

STARVED_S = 0.5
"""A machine that lets the process wait for so long may be to blame for the keeper's impatience."""


def worker(words: Path, *how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", hanging_worker.__name__, str(words), *how]
    return subprocess.run(command, capture_output=True, text=True, timeout=60.0, check=False)


@pytest.mark.processes
@pytest.mark.parametrize(
    ("how", "limit_s"), [("turn", STEP_S), ("both", 2.0 * STEP_S), ("wait", WAIT_S)]
)
def test_a_job_that_does_not_come_back_is_lost_and_the_other_vessel_goes_on(
    tmp_path: Path, how: str, limit_s: float
) -> None:
    words = tmp_path / "hung.txt"
    ended = worker(words, how)
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    assert told["states"][:2] == ["ready", "lost"]
    assert told["led"] == 0.0, "its outputs are off"
    jobs = ["growth_rate", "leds"] if how == "both" else ["leds"]
    for job, alert in zip(jobs, sorted(told["alerts"]), strict=True):
        assert alert.startswith(f"{job} broke down and is off: it kept the worker for itself for ")
        assert "in Hanging.step, line" in alert
    longest_s = told["longest_s"] - told["starved_s"]
    assert longest_s < limit_s + 1.5, "b was waited for no longer than that"
    assert Rescue(words).last_words == ""


@pytest.mark.processes
async def test_rule_4_the_keeper_turns_nothing_off_beside_a_job_that_waits(tmp_path: Path) -> None:
    """The bench is the witness: of the stirrer of the vessel that goes on."""
    async with bench_and_keeper(tmp_path) as (_, config, person):
        command = "wait", str(config.socket_path)
        ends = asyncio.create_task(asyncio.to_thread(worker, tmp_path / "hung.txt", *command))
        duties = []
        while not ends.done():
            duties.append((await person.do("v1", "counters"))["duties"]["stirrer"])
            await asyncio.sleep(0.02)
        ended = await ends
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    assert told["states"][:2] == ["ready", "lost"]
    stirred = "".join("1" if duty > 0.0 else "0" for duty in duties).strip("0")
    assert len(stirred) * 0.02 > STEP_S
    assert "0" not in stirred or told["starved_s"] > STARVED_S


def test_who_waits_is_told_from_whom_the_machine_lets_wait() -> None:
    call = sys._getframe()
    before = _Look(call=call, at_s=10.0, starved_s=1.0, fetched=7)
    again = replace(before, at_s=10.1)
    assert again.was_left_alone(before)
    assert replace(again, starved_s=1.01).was_left_alone(before), "a little is usual"
    assert not again.was_left_alone(None)
    assert not replace(again, call=None).was_left_alone(before)
    assert not replace(again, starved_s=1.08).was_left_alone(before)
    assert not replace(again, starved_s=nan).was_left_alone(replace(before, starved_s=nan))
    assert not replace(again, fetched=8).was_left_alone(before)


@pytest.mark.processes
def test_a_loop_that_hangs_ends_the_process_and_the_next_one_knows_where(tmp_path: Path) -> None:
    words = tmp_path / "hung.txt"
    ended = worker(words, "loop")
    assert ended.returncode == 1
    said = Rescue(words).last_words
    assert "hanging_worker.py" in said.partition(" ← ")[0]
    assert "in main" in said.partition(" ← ")[0]


async def test_a_job_that_hangs_while_it_is_tried_for_a_later_moment_is_broken_off_too() -> None:
    """An alarm would find it on the stack like in a step that counts."""
    found: list[str] = []

    class Noting(Leds):
        def step(self, state: Channels, view: View, now_s: float) -> Step[Channels]:
            if now_s == 60.0:
                found.append(_stepping(sys._getframe())[0])
            return super().step(state, view, now_s)

    world = World()
    lamp = at("light", 60.0, step("set", settings={"leds.a": 0.5}), state=True)
    slice_ = slice_of(
        phase("hold", duration_s=3600.0, items=[lamp]), jobs={"leds": {"settings": {"a": 0.0}}}
    )
    async with world.working(jobs={"leds": Noting()}.__getitem__) as worker:
        await world.take(worker, order(slice_))
        await world.advance(s=59)
        assert found
        assert set(found) == {"leds"}


async def test_the_run_is_told_where_the_worker_before_hung() -> None:
    world = World()
    async with world.working() as worker:
        await world.take(worker, order(slice_of(phase("hold", duration_s=86400.0))))
        await world.advance(s=10)
        after = world.crash()
    async with after.working(hung="driver.py, line 7 in read"):
        await after.advance(s=1)
    [alert] = await after.entries(Kind.ALERT)
    text = "the worker hung and was started anew; it stood at driver.py, line 7 in read"
    assert alert.data["text"] == text
