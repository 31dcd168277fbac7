"""What a person can mend is one clear line, never a traceback."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

PROFILE = """axenic: profile/1
name: Stops
vessels: {a: {volume: 15 mL}}
jobs: {stirring: {target: 500 rpm}}
phases:
  - name: one
    do: [wait: 20 min, pause: {}, log: never]
"""


def axenic(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "orchestrator", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "stops.yaml"
    path.write_text(PROFILE)
    return path


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["experiments", "--leader", "nonsense"], 1),
        (["demo", "--port", "99999"], 2),
        (["demo", "--data", "/proc/nowhere"], 1),
        (["plan", "PROFILE", "--for", "-3d"], 1),
        (["plan", "PROFILE", "--assume", "one=0h"], 1),
        (["simulate", "PROFILE", "--out", "/proc/nowhere"], 1),
    ],
)
def test_bad_requests_end_in_a_line(profile: Path, words: list[str], code: int) -> None:
    done = axenic(*[str(profile) if word == "PROFILE" else word for word in words])
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("Error: ")


def test_a_rehearsal_ends_when_nothing_more_will_happen(profile: Path) -> None:
    began_s = time.monotonic()
    done = axenic("simulate", str(profile))
    assert done.returncode == 0
    assert "(paused" in done.stdout
    assert "20 min" in done.stdout or "21 min" in done.stdout
    assert time.monotonic() - began_s < 30
