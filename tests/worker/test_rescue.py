"""A job that keeps the worker's loop for itself, and a loop that hangs (SEMANTICS rule 4)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.jobs.channels import Channels
from orchestrator.jobs.job import Step, View
from orchestrator.jobs.leds import Leds
from orchestrator.model.ledger import Kind
from orchestrator.worker.rescue import STEP_S, WAIT_S, Rescue, _stepping
from tests.support.worker_rig import World, at, order, phase, slice_of, step
from tests.worker import hanging_worker


def worker(words: Path, how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", hanging_worker.__name__, str(words), how]
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
    assert told["longest_s"] < limit_s + 1.5, "b was waited for no longer than that"
    assert Rescue(words).last_words == ""


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
