"""`axenic simulate --apply`: a revision at a moment of the rehearsal (SEMANTICS rule 18)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.simulate import simulate

WARM = """
axenic: profile/1
name: Warm
timezone: UTC
vessels:
  left: {volume: 15 mL}
  right: {volume: 15 mL}
jobs:
  stirring: {target: 500 rpm}
  temperature: {automation: thermostat, target: 30 °C}
phases:
  - name: grow
    duration: 2 h
    schedule:
      - name: note
        every: 20 min
        do:
          - note: Still there
      - name: count
        every: 30 min
        do:
          - log: Thirty more
"""
HOT = WARM.replace("Warm", "Hot").replace("30 °C", "33 °C").replace("20 min", "35 min")


def simulated(folder: Path, *more: str) -> Result:
    (folder / "warm.yaml").write_text(WARM)
    (folder / "hot.yaml").write_text(HOT)
    return CliRunner().invoke(simulate, [str(folder / "warm.yaml"), *more])


def test_all_files_show_what_was_applied_and_when(tmp_path: Path) -> None:
    out = tmp_path / "out"
    apply = ("--apply", f"{tmp_path / 'hot.yaml'}@65min", "--accept-jumps")
    ran = simulated(tmp_path, *apply, "--out", str(out))
    assert ran.exit_code == 0, ran.output
    assert "revision 2 (Hot): left after 1 h 05 min, right after 1 h 05 min" in ran.output
    with (out / "actions.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["vessel"] == "left"]
    done = [(row["action"], float(row["time_s"]) / 60.0) for row in rows]
    notes = [at for action, at in done if action == "note"]
    logs = [at for action, at in done if action == "log"]
    assert notes == [20.0, 40.0, 60.0, 70.0, 105.0], "every 35 minutes of the phase from then on"
    assert logs == [30.0, 60.0, 90.0], "what did not change keeps its timer"
    assert [(row["detail"], row["outcome"]) for row in rows if row["action"] == "apply"] == [
        ("revision 2", "done")
    ]
    [revision] = json.loads((out / "summary.json").read_text())["revisions"]
    assert revision["taken_s"] == {"left": 3900.0, "right": 3900.0}
    assert json.loads((out / "plan-2.json").read_text())["name"] == "Hot"
    assert "revision 2" in (out / "report.html").read_text()
    with (out / "readings.csv").open() as file:
        targets = [
            (float(row["time_s"]), float(row["value"]))
            for row in csv.DictReader(file)
            if (row["vessel"], row["signal"]) == ("left", "temperature.target")
        ]
    assert {value for at_s, value in targets if at_s < 3840.0} == {30.0}
    assert {value for at_s, value in targets if at_s > 3960.0} == {33.0}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["@1h"], "it takes --accept-jumps"),
        (["@3h", "--accept-jumps"], "it was over before"),
        (["@-1h"], "it takes a duration longer than nothing"),
        (["@2 mL"], "@ 2 mL"),
        ([""], "such as colder.yaml@3d"),
        (["@1h", "--faults", "light"], "under --faults"),
    ],
)
def test_what_cannot_be_applied_is_told(tmp_path: Path, more: list[str], said: str) -> None:
    first, *others = more
    ran = simulated(tmp_path, "--apply", f"{tmp_path / 'hot.yaml'}{first}", *others)
    assert ran.exit_code == 1
    assert said in ran.output


def test_a_profile_with_other_vessels_cannot_be_applied(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(WARM.replace("  right: {volume: 15 mL}\n", ""))
    ran = simulated(tmp_path, "--apply", f"{tmp_path / 'one.yaml'}@1h")
    assert ran.exit_code == 1
    assert "there are left, right, and" in ran.output


def test_terms_without_anything_to_apply_are_refused(tmp_path: Path) -> None:
    ran = simulated(tmp_path, "--accept-jumps")
    assert ran.exit_code == 1
    assert "--apply" in ran.output
