"""A wrong profile is refused with file, line, column and a suggestion, whichever way it comes."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import running_cluster, short_folder

WRONG = """axenic: profile/1
name: Wrong
vessels:
  only: {volume: 15 min}
jobs:
  stiring: {target: 500 rpm}
  temperature: {automation: thermostat, target: 30 °C}
phasess:
  - name: run
    duration: 1 h
"""
EXPECTED = [
    # line, column, code, suggestion
    (4, 18, "wrong-unit", "15 mL"),
    (6, 3, "unknown-job", "stirring"),
    (8, 1, "unknown-key", "phases"),
]


def places(found: list[dict[str, Any]]) -> list[tuple[int, int, str, str | None]]:
    return [(one["line"], one["column"], one["code"], one["suggestion"]) for one in found]


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
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG)
    return path


def test_check_tells_all_of_it_and_exits_with_1(profile: Path) -> None:
    done = axenic("check", str(profile), "--format", "json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert places(found) == EXPECTED
    assert {one["file"] for one in found} == {str(profile)}


@pytest.mark.parametrize("command", ["plan", "simulate"])
def test_plan_and_simulate_refuse_it_before_anything_runs(profile: Path, command: str) -> None:
    done = axenic(command, str(profile))
    assert done.returncode == 1
    assert f"{profile}:6:3:" in done.stderr
    assert "did you mean stirring?" in done.stderr
    assert "rehearsed" not in done.stdout


@pytest.mark.processes
@pytest.mark.broker
@pytest.mark.timeout(120)
def test_the_api_and_submit_refuse_it_and_nothing_of_it_runs(profile: Path) -> None:
    with short_folder() as folder, running_cluster(folder, ["unit1"], speed=1.0) as cluster:
        checked = cluster.post("/profiles/check", {"text": WRONG, "file": "wrong.yaml"})
        assert not checked["ok"]
        assert places(checked["diagnostics"]) == EXPECTED
        assert {one["file"] for one in checked["diagnostics"]} == {"wrong.yaml"}

        with pytest.raises(urllib.error.HTTPError) as refused:
            cluster.submit(WRONG)
        with refused.value as answer:
            assert answer.status == 422
            assert answer.headers.get_content_type() == "application/problem+json"
            assert places(json.load(answer)["diagnostics"]) == EXPECTED

        done = axenic("submit", str(profile), "--leader", f"http://127.0.0.1:{cluster.port}")
        assert done.returncode == 1
        assert "wrong.yaml:6:3:" in done.stderr
        assert "did you mean stirring?" in done.stderr

        assert cluster.get("/experiments")["items"] == []
        assert all(not worker["runs"] for worker in cluster.get("/workers")["items"])


def test_without_a_leader_a_command_exits_with_3_and_says_what_to_do(free_port: int) -> None:
    done = axenic("experiments", "--leader", f"http://127.0.0.1:{free_port}")
    assert done.returncode == 3
    assert "axenic up" in done.stderr


def test_wrong_usage_exits_with_2() -> None:
    done = axenic("chek")
    assert done.returncode == 2
    assert "Did you mean 'check'?" in done.stderr
