"""Whatever kills the leader, each alert is told, and seldom twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

pytestmark = pytest.mark.processes
MANY = 40
KILLS = 3


def begun(folder: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.leader.telling_process", str(folder), str(MANY)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_a_leader_that_is_killed_again_and_again_tells_each_alert_at_least_once(
    tmp_path: Path,
) -> None:
    chance = Random(11)
    for _ in range(KILLS):
        with begun(tmp_path) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(1, MANY // KILLS)):
                process.stdout.readline()
            process.kill()
    with begun(tmp_path) as process:
        assert process.wait(60) == 0
    told = (tmp_path / "told.txt").read_text("utf-8")
    times = [told.count(f"alert {number}.") for number in range(MANY)]
    assert min(times) >= 1
    # Each death leaves at most one message in doubt.
    assert max(times) <= KILLS + 1
    assert sum(times) - MANY <= MANY // 2
