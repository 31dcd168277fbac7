"""Every kind of step of a `do:` list, each to its end, in one rehearsal."""

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
name: Steps
vessels:
  a: {volume: 15 mL}
media:
  feed: {bottle: 1 L}
  waste: {bottle: 2 L}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 5 s}
  temperature: {target: 30 °C}
  dosing: {exchange: 0.5 mL}
sequences:
  wash:
    variables:
      volume: {type: volume, default: 0.5 mL, maximum: 5 mL}
      times: {type: integer}
    do:
      - repeat:
          count: "{{ vars.times }}"
          do:
            - dilute: "{{ vars.volume }}"
            - wait: 1 min
      - log: "Washed {{ vars.times }} times with {{ vars.volume }} mL"
phases:
  - name: prepare
    do:
      - ask: {question: "Density of the preculture?", type: od, variable: preculture, default: 1.5}
        timeout: 5 min
      - ask: {question: "Which medium?", choices: [rich, minimal], variable: medium}
        timeout: 1 h
      - ask: {question: "How much sugar?", type: volume, variable: sugar}
        timeout: 1 h
      - choose:
          - if: "{{ vars.medium == 'rich' }}"
            then: [{log: Rich}]
          - if: "{{ vars.medium == 'minimal' and vars.preculture > 1 }}"
            then: [{log: "Minimal, {{ vars.preculture }}"}]
        else:
          - log: Neither
      - dose: "{{ vars.sugar }}"
      - parallel:
          - do: [{wait: 2 min}, {log: Slow}]
          - do: [{log: Quick}]
      - call: {wash: {times: 2}}
      - call: {wash: {times: 1, volume: 1 mL}}
      - repeat:
          while: "{{ temperature.measured < 90 }}"
          max: 3
          do: [{wait: 10 s}]
      - repeat:
          until: "{{ vars.preculture > 1 }}"
          do: [{log: Once}]
      - repeat:
          for_each: [31 °C, 32 °C]
          variable: target
          type: temperature
          do:
            - set: {temperature.target: "{{ vars.target }}"}
            - log: "At {{ vars.target }}"
      - circulate: 2 min
      - wait_until: "{{ temperature.measured > 90 }}"
        timeout: 3 min
      - repeat:
          until: "{{ temperature.measured > 90 }}"
          do: [{wait: 1 min}]
        timeout: 150 s
      - ask: "Anybody?"
        timeout: 1 min
  - name: hold
    duration: 1 h
    schedule:
      - name: never
        at: 10 min
        if: "{{ temperature.measured > 90 }}"
        do: [{log: No}]
      - name: once
        at: 20 min
        if: "{{ temperature.measured < 90 }}"
        do: [{log: "Yes"}]
"""
ANSWERS = """
preculture: {after: never}
medium: {after: 2 min, answer: minimal}
sugar: {after: 1 min, answer: 500 µL}
anybody: {after: never}
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("steps")
    profile, answers = folder / "steps.yaml", folder / "answers.yaml"
    profile.write_text(PROFILE, encoding="utf-8")
    answers.write_text(ANSWERS, encoding="utf-8")
    command = [sys.executable, "-m", "orchestrator", "simulate", str(profile), "--seed", "1"]
    more = ["--answers", str(answers), "--out", str(folder / "out")]
    done = subprocess.run([*command, *more], capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / "actions.csv").open(encoding="utf-8") as file:
        return {row["action_id"].partition("#1:")[2]: row for row in csv.DictReader(file)}


def ends(rows: dict[str, dict[str, str]], action: str) -> list[tuple[str, str]]:
    return [(row["outcome"], row["reason"]) for row in rows.values() if row["action"] == action]


def took_s(rows: dict[str, dict[str, str]], first: str, then: str) -> float:
    return float(rows[f"do@0:{then}"]["time_s"]) - float(rows[f"do@0:{first}"]["time_s"])


def logs(rows: dict[str, dict[str, str]]) -> list[str]:
    return [row["detail"] for row in rows.values() if row["action"] == "log"]


def test_questions_are_answered_by_the_person_by_default_or_not_at_all(rows: Any) -> None:
    assert ends(rows, "ask") == [
        ("done", "unanswered after 5 min, taken as 1.5"),
        ("done", ""),
        ("done", ""),
        ("skipped", "unanswered after 1 min"),
    ]
    assert [took_s(rows, str(n), str(n + 1)) for n in range(3)] == [300.0, 120.0, 60.0]


def test_the_branch_follows_the_answers_and_the_dose_the_amount(rows: Any, out: Path) -> None:
    assert [text for text in logs(rows) if text[:4] in ("Rich", "Mini", "Neit")] == ["Minimal, 1.5"]
    assert rows["do@0:4"]["detail"] == "0.5 mL of feed"
    assert rows["do@0:4"]["outcome"] == "done"


def test_parallel_branches_go_beside_each_other_and_the_slowest_ends_them(rows: Any) -> None:
    assert took_s(rows, "5.0.0", "5.1.0") == 0.0
    assert took_s(rows, "5.0.0", "5.0.1") == took_s(rows, "5", "6") == 120.0


def test_a_call_has_its_own_values_and_its_defaults(rows: Any) -> None:
    washed = [text for text in logs(rows) if text.startswith("Washed")]
    assert washed == ["Washed 2 times with 0.5 mL", "Washed 1 times with 1 mL"]
    volumes = [row["detail"] for row in rows.values() if row["action"] == "dilute"]
    assert volumes == ["0.5 mL with feed", "0.5 mL with feed", "1 mL with feed"]
    assert ends(rows, "dilute") == [("done", "")] * 3
    assert ends(rows, "call") == [("done", "")] * 2


def test_loops_go_round_as_often_as_they_are_meant_to(rows: Any) -> None:
    rounds = {name: sum(key.startswith(f"do@0:{name}[") for key in rows) for name in ("8", "9")}
    assert rounds == {"8": 3, "9": 1}
    assert rows["do@0:8"]["reason"] == "given up after 3 times"
    assert took_s(rows, "8", "9") == 30.0
    targets = [row["detail"] for row in rows.values() if row["action"] == "set"]
    assert targets == ["temperature.target 31 °C", "temperature.target 32 °C"]
    assert [text for text in logs(rows) if text.startswith("At ")] == ["At 31", "At 32"]


def test_circulating_exchanges_for_its_time_and_keeps_the_volume(rows: Any, out: Path) -> None:
    assert ends(rows, "circulate") == [("done", "")]
    assert 120.0 <= took_s(rows, "11", "12") < 180.0, "the exchange under way is finished"
    bottles = json.loads((out / "summary.json").read_text())["bottles"]
    moved = {each["medium"]: each["moved_ml"] for each in bottles}
    # 0.5 dosed, 2 diluted; what circulates is portions of 0.5, and waste takes as much as is fed.
    assert moved["feed"] - 2.5 >= 2.5
    assert moved["feed"] - 0.5 <= moved["waste"] <= moved["feed"] + 0.5


def test_a_timeout_ends_whatever_it_stands_at(rows: Any) -> None:
    assert ends(rows, "wait_until") == [("skipped", "not true after 3 min")]
    assert took_s(rows, "12", "13") == 180.0
    assert rows["do@0:13"]["reason"] == "not through after 150 s"
    assert rows["do@0:13[3].0"]["outcome"] == "skipped"
    assert took_s(rows, "13", "14") == 150.0


def test_an_item_whose_if_is_false_is_skipped_and_says_so(rows: Any) -> None:
    assert rows["never@600:0"]["outcome"] == "skipped"
    assert rows["never@600:0"]["reason"] == "its condition is false"
    assert rows["once@1200:0"]["outcome"] == "done"
