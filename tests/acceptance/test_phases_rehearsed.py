"""SEMANTICS rules 8 and 9 in a rehearsal: loops, holds, barriers and phases for some vessels."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(120)
PROFILE = """
axenic: profile/1
name: Shocks
vessels:
  a: {volume: 15 mL}
  b: {volume: 15 mL}
jobs:
  stirring: {target: 500 rpm}
  temperature: {target: 30 °C}
phases:
  - name: warm up
    duration: 30 min
    hold_while: {when: "{{ temperature.measured < 29 }}", max: 1 h}
    on_leave: [{log: Warm}]
  - name: a alone
    vessels: [a]
    duration: 20 min
  - repeat:
      count: 2
      phases:
        - name: heat
          together: {timeout: {after: 2 h, then: enter}}
          duration: 10 min
          jobs: {temperature: {target: 37 °C}}
          rules: [{name: hot, when: "{{ temperature.measured > 31 }}", do: [{log: Hot}]}]
        - name: cool
          duration: 20 min
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phases")
    profile = folder / "shocks.yaml"
    profile.write_text(PROFILE, encoding="utf-8")
    command = [sys.executable, "-m", "orchestrator", "simulate", str(profile)]
    more = ["--for", "6h", "--seed", "1", "--out", str(folder / "out")]
    done = subprocess.run([*command, *more], capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def stays(out: Path) -> dict[str, list[dict[str, Any]]]:
    vessels = json.loads((out / "summary.json").read_text())["vessels"]
    assert {each["state"] for each in vessels.values()} == {"completed"}
    return {vessel: each["phases"] for vessel, each in vessels.items()}


def test_each_vessel_goes_its_way_round_by_round(stays: dict[str, Any]) -> None:
    ways = {vessel: [each["phase"] for each in of] for vessel, of in stays.items()}
    rounds = ["heat", "cool", "heat", "cool"]
    assert ways == {"a": ["warm up", "a alone", *rounds], "b": ["warm up", *rounds]}


def test_rule_8_the_cold_vessel_is_held_until_it_is_warm(stays: dict[str, Any]) -> None:
    for of in stays.values():
        assert 1800.0 < of[0]["left_s"] < 1800.0 + 3600.0
        assert of[0]["left_s"] == pytest.approx(1800.0 + of[0]["held_s"], abs=1.0)
        assert all(each["held_s"] == 0.0 for each in of[1:])


def test_rule_9_both_enter_the_heat_at_one_moment(stays: dict[str, Any]) -> None:
    entered = {
        vessel: [each["entered_s"] for each in of if each["phase"] == "heat"]
        for vessel, of in stays.items()
    }
    assert entered["a"] == pytest.approx(entered["b"], abs=1.0)
    waited_s = entered["b"][0] - stays["b"][0]["left_s"]
    assert waited_s > 1000.0, "it waited for the other"
    [joint] = [each for each in stays["b"] if each["entered_s"] == entered["b"][0]]
    assert joint["waited_s"] == pytest.approx(waited_s, abs=1.0)


def test_a_phases_rule_fires_in_each_round_and_leaving_is_logged(out: Path) -> None:
    with (out / "actions.csv").open(encoding="utf-8") as file:
        told = [(row["vessel"], row["detail"]) for row in csv.DictReader(file)]
    for vessel in ("a", "b"):
        assert told.count((vessel, "Warm")) == 1
        assert told.count((vessel, "Hot")) == 2
