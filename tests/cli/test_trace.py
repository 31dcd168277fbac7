"""`axenic trace` asks a rehearsal why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from orchestrator.cli.simulate import simulate
from orchestrator.cli.trace import of_leader, trace
from orchestrator.model.ledger import Entry, Kind
from orchestrator.planning.explain.moment import NoMoment, moment_of

PROFILE = """\
axenic: profile/1
name: Warm
vessels:
  a: {volume: 15 mL}
jobs:
  temperature: {automation: thermostat, target: 37 °C}
phases:
  - name: hold
    duration: 1 h
rules:
  - name: warm
    when: "{{ temperature.measured > 36 }}"
    for: 2 min
    do:
      - alert: Warm
  - name: hot
    when: "{{ temperature.measured > 60 }}"
    do:
      - alert: Hot
"""


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trace")
    (folder / "warm.yaml").write_text(PROFILE)
    out = folder / "out"
    ran = CliRunner().invoke(simulate, [str(folder / "warm.yaml"), "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    return out


def ask(folder: Path, *words: str) -> str:
    ran = CliRunner().invoke(trace, ["--rehearsal", str(folder), *words])
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_a_rule_that_fired_is_told_with_the_values_it_saw(rehearsed: Path) -> None:
    told = json.loads(ask(rehearsed, "--rule", "warm", "--format", "json"))["items"]
    (fired,) = [each for each in told if each["text"].startswith("rule warm fired")]
    assert fired["saw"]["temperature.measured"] > 36.0
    at = f"{fired['process_s'] + 1:.0f} s"
    assert ask(rehearsed, "--rule", "warm", "--at", at).startswith("warm fired at ")


def test_a_rule_that_never_fired_says_what_it_saw_then(rehearsed: Path) -> None:
    answer = ask(rehearsed, "--at", "09:30", "--rule", "hot").splitlines()[0]
    assert answer.startswith("hot did not fire at 30 min: temperature.measured was 3")
    assert answer.endswith("so temperature.measured > 60 was false since 0 s")


def test_rules_that_fired_are_not_among_those_that_did_not(rehearsed: Path) -> None:
    told = json.loads(ask(rehearsed, "--format", "json"))["items"]
    at_s = next(each["process_s"] for each in told if each["text"].startswith("rule warm fired"))
    answer = json.loads(ask(rehearsed, "--at", f"{at_s} s", "--why-not", "--format", "json"))
    assert [each["rule"] for each in answer["verdicts"]] == ["hot"]


@pytest.mark.parametrize(
    "words",
    [["--rule", "wram"], ["--at", "soon"], ["--at", "2024-01-01T00:00"]],
)
def test_questions_without_an_answer_are_refused(rehearsed: Path, words: list[str]) -> None:
    ran = CliRunner().invoke(trace, ["--rehearsal", str(rehearsed), *words])
    assert ran.exit_code == 1
    assert words[1] in ran.output


def test_a_folder_without_a_rehearsal_is_refused(tmp_path: Path) -> None:
    ran = CliRunner().invoke(trace, ["--rehearsal", str(tmp_path)])
    assert ran.exit_code == 1
    assert "--out" in ran.output
    assert CliRunner().invoke(trace, []).exit_code == 1


def test_moments_are_read_as_people_write_them() -> None:
    began = 1736150400.0  # 2025-01-06 08:00 UTC
    ledger = [
        Entry(kind=Kind.RUN_BEGAN, process_s=0.0, wall_s=began),
        Entry(kind=Kind.RESUMED, process_s=90_000.0, wall_s=began + 90_000.0),
    ]
    assert moment_of("2 h 30 min", ledger, "UTC") == 9000.0
    assert moment_of("08:30", ledger, "UTC") == 88_200.0, "the last half past eight"
    assert moment_of("09:30", ledger, "Europe/Berlin") == 88_200.0
    assert moment_of("2025-01-06T10:00", ledger, "UTC") == 7200.0
    assert moment_of("2025-01-06T10:00+01:00", ledger, "UTC") == 3600.0
    timeless = [Entry(kind=Kind.RUN_BEGAN, process_s=0.0, wall_s=None)]
    with pytest.raises(NoMoment, match="time of day"):
        moment_of("10:00", timeless, "UTC")


class PagedLeader:
    """Answers one line a page."""

    asked: list[dict[str, Any]]

    def __init__(self) -> None:
        self.asked = []

    async def get(self, path: str, **query: Any) -> Any:
        self.asked.append({"path": path, **query})
        number = int(query["cursor"] or 0)
        following = str(number + 1) if number < 2 else None
        return {"verdicts": ["why"], "items": [number], "next": following}


async def test_a_leader_is_asked_page_after_page() -> None:
    leader = PagedLeader()
    words = {"vessel": None, "rule": "dense", "action": None, "at": "10:32"}
    found = await of_leader(leader, "/experiments/x/trace", words, why_not=True)  # type: ignore[arg-type]
    assert found == {"verdicts": ["why"], "items": [0, 1, 2]}
    assert [each["cursor"] for each in leader.asked] == [None, "1", "2"]
    assert {(each["rule"], each["at"], each["why_not"]) for each in leader.asked} == {
        ("dense", "10:32", "true")
    }
