"""`axenic plan --against`: what another profile changes, offline and in what runs."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from orchestrator.cli.plan import plan
from tests.support.plan_files import small

REST = """\
phases:
  - name: hold
    duration: 2 d
    schedule:
      - {name: aerate, every: 4 h, do: [{set: {stirring.target: 800 rpm}}]}
"""


def against(tmp_path: Path, *words: str, changed: str = small(REST)) -> Result:
    (tmp_path / "old.yaml").write_text(small(REST))
    (tmp_path / "new.yaml").write_text(changed)
    old, new = str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml")
    return CliRunner().invoke(plan, [new, "--against", old, *words])


def test_two_files_are_compared_without_a_leader(tmp_path: Path) -> None:
    shown = against(tmp_path, changed=small(REST).replace("every: 4 h", "every: 3 h"))
    assert shown.exit_code == 0, shown.output
    assert "~ hold item aerate (one, two)\n    was every 4 h" in shown.output
    assert "now every 3 h: set stirring.target 800 rpm" in shown.output
    assert "3 h 00 min   2025-01-06 12:00:00  one     hold" in shown.output


def test_a_profile_against_itself_changes_nothing(tmp_path: Path) -> None:
    shown = against(tmp_path)
    assert "Nothing changes." in shown.output
    assert "~" not in shown.output


def test_programs_get_every_part_with_every_field(tmp_path: Path) -> None:
    changed = small(REST).replace("interval: 5 s", "interval: 9 s")
    shown = against(tmp_path, "--format", "json", changed=changed)
    found = json.loads(shown.output)
    differing = [part for part in found["parts"] if part["change"] != "unchanged"]
    assert [(part["vessel"], part["kind"], part["name"]) for part in differing] == [
        ("one", "job", "od_reading"),
        ("two", "job", "od_reading"),
    ]
    assert differing[0] == {
        "vessel": "one",
        "phase": "",
        "kind": "job",
        "name": "od_reading",
        "change": "changed",
        "before": "interval 5 s",
        "after": "interval 9 s",
        "past": False,
    }
    assert len(found["hash"]) == 64


def test_a_file_that_is_not_there_is_not_taken_for_an_experiment(tmp_path: Path) -> None:
    shown = CliRunner().invoke(plan, [__file__, "--against", str(tmp_path / "lost.yaml")])
    assert shown.exit_code == 1
    assert "there is no such file" in shown.output


def test_a_difference_is_not_drawn(tmp_path: Path) -> None:
    shown = against(tmp_path, "--graph", "svg")
    assert shown.exit_code == 1
    assert "neither --graph nor --assume" in shown.output
