"""A camera in a plan and in a rehearsal: both show what it would take."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.plan import plan
from tests.support.rehearsals import rehearse

PROFILE = """
axenic: profile/1
name: Seen
timezone: UTC
vessels: {a: {volume: 15 mL}}
jobs:
  camera: {interval: 10 min, light: led_a}
phases:
  - name: look
    duration: 1 h
    schedule:
      - name: noon
        at: 25 min
        do: [{snapshot: {label: Half, camera: side_camera}}]
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "p.yaml"
    path.write_text(PROFILE)
    return path


def test_a_plan_says_when_which_camera_takes_what(profile: Path) -> None:
    told = CliRunner().invoke(plan, [str(profile)])
    assert told.exit_code == 0, told.output
    assert "snapshot: Half, by side_camera" in told.output


def test_a_rehearsal_takes_the_pictures_and_counts_them(profile: Path, tmp_path: Path) -> None:
    lived = rehearse(profile, tmp_path / "out", ["--for", "59 min"])
    [snapshot] = [row for row in lived.actions if row["action"] == "snapshot"]
    assert (snapshot["detail"], snapshot["outcome"]) == ("Half, by side_camera", "done")
    assert lived.summary["vessels"]["a"]["pictures"] == 7, "one each ten minutes, and the snapshot"
    assert lived.summary["alerts"] == []
    assert lived.values("a", "camera.pictures")[-1] == 7.0
