"""`axenic import pioreactor`, as somebody would type it, down to a rehearsal of the result."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.import_pioreactor import import_
from orchestrator.cli.simulate import simulate

SAMPLES = Path(__file__).parent.parent / "documents" / "pioreactor"


def run(*words: object) -> Result:
    return CliRunner().invoke(import_, ["pioreactor", *map(str, words)])


def test_the_result_goes_to_a_new_file_and_the_report_to_people(tmp_path: Path) -> None:
    out = tmp_path / "ours.yaml"
    shown = run(SAMPLES / "everything.yaml", "--out", out)
    assert shown.exit_code == 0
    assert shown.stdout == ""
    assert "[import-choice]" in shown.stderr
    assert "axenic: profile/1\n" in out.read_text()


def test_no_file_is_written_over(tmp_path: Path) -> None:
    out = tmp_path / "ours.yaml"
    out.write_text("mine")
    shown = run(SAMPLES / "chart.yaml", "--out", out)
    assert shown.exit_code == 1
    assert "there is a file already" in shown.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["ours.yaml"]
    assert out.read_text() == "mine"


def test_where_something_is_lost_nothing_is_written_unless_it_is_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "ours.yaml"
    shown = run(SAMPLES / "lost.yaml", "--out", out)
    assert shown.exit_code == 1
    assert not out.exists()
    assert run(SAMPLES / "lost.yaml", "--out", out, "--partial").exit_code == 1
    assert "lost: the plugin 'air_bubbler'" in out.read_text()


def test_the_report_as_json_says_where_in_their_document() -> None:
    shown = run(SAMPLES / "lost.yaml", "--format", "json")
    found = json.loads(shown.stdout)
    plugin = next(each for each in found if "plugin" in each["message"])
    assert (plugin["line"], plugin["column"], plugin["code"]) == (3, 5, "import-name")
    assert plugin["file"] == str(SAMPLES / "lost.yaml")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    shown = run(tmp_path / "nothing.yaml")
    assert shown.exit_code == 1
    assert "cannot be read: No such file" in shown.stderr


@pytest.mark.parametrize("words", [("--volume", "-1 mL"), ("--bottle", "5 rpm")])
def test_amounts_have_to_be_volumes(words: tuple[str, str]) -> None:
    shown = run(SAMPLES / "chart.yaml", *words)
    assert shown.exit_code == 1
    assert words[0] in shown.stderr


def test_an_imported_profile_is_rehearsed_as_it_was_meant(tmp_path: Path) -> None:
    out = tmp_path / "ours.yaml"
    assert run(SAMPLES / "everything.yaml", "--out", out).exit_code == 0
    folder = tmp_path / "rehearsal"
    words = [str(out), "--out", str(folder), "--for", "9h", "--every", "10min"]
    shown = CliRunner().invoke(simulate, words)
    assert shown.exit_code == 0, shown.output
    with (folder / "actions.csv").open() as file:
        done = [row for row in csv.DictReader(file) if row["vessel"] == "pio1"]
    at = {row["detail"]: float(row["nominal_s"]) / 60 for row in done if row["outcome"] == "done"}
    assert at["Look at it"] == 120
    assert any(row["action"] == "circulate" and row["outcome"] == "done" for row in done)
    again = [float(row["time_s"]) / 60 for row in done if row["detail"] == "again"]
    assert len(again) == 3
    assert [round(after - before, 1) for before, after in pairwise(again)] == [10.0, 10.0]
    assert [row for row in done if row["outcome"] in ("failed", "refused", "unknown")] == []
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["vessels"]["pio1"]["phases"][-1]["phase"] == "profile"
