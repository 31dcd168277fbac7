"""`axenic simulate --compare`: two rehearsals side by side."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.simulate import simulate

PROFILE = """\
axenic: profile/1
name: Bare
vessels:
  a: {{volume: 15 mL}}
media:
  feed: {{bottle: {bottle}}}
  waste: {{bottle: 1 L}}
jobs:
  temperature: {{automation: thermostat, target: 37 °C}}
phases:
  - name: warm
    duration: {length}
  - name: dilute
    do:
      - dilute: 2 mL
      - dilute: 2 mL
"""


def rehearse(*words: str) -> Result:
    return CliRunner().invoke(simulate, list(words))


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("compare")
    (folder / "small.yaml").write_text(PROFILE.format(bottle="3 mL", length="1 h"))
    (folder / "large.yaml").write_text(PROFILE.format(bottle="3 L", length="2 h"))
    two = [str(folder / name) for name in ("small.yaml", "large.yaml")]
    ran = rehearse("--compare", *two, "--out", str(folder / "out"))
    assert ran.exit_code == 0, ran.output
    return folder / "out", ran.output


def test_the_difference_tells_phases_volumes_and_outcomes(compared: tuple[Path, str]) -> None:
    _, said = compared
    assert "A is small.yaml, B is large.yaml" in said
    assert "a: warm lasts: 1 h 00 min in A, 2 h 00 min in B" in said
    assert "a: dilute begins after: 1 h 00 min in A, 2 h 00 min in B" in said
    assert "a: feed moved: 2.0 mL in A, 4.0 mL in B" in said
    assert "a: warm begins after" not in said, "what is alike is not listed"


def test_the_page_has_both_and_needs_nothing_from_elsewhere(compared: tuple[Path, str]) -> None:
    page = (compared[0] / "compare.html").read_text()
    assert not re.search(r"https?://|<script|<link|@import|url\(", page)
    temperature = page.partition("<h2>Temperature")[2].partition("</section>")[0]
    colours = re.findall(r'<path [^>]*stroke="(var[^"]*)"( stroke-dasharray)?', temperature)
    assert [bool(dashed) for _, dashed in colours] == [False, True]
    assert colours[0][0] != colours[1][0]
    alike = page.partition("<h2>What is alike")[2]
    assert "a: warm begins after" in alike


def test_finished_folders_are_compared_without_rehearsing(compared: tuple[Path, str]) -> None:
    out, _ = compared
    ran = rehearse("--compare", str(out / "a"), str(out / "a"))
    assert ran.exit_code == 0
    assert "nothing differs" in ran.output
    assert "rehearsed" not in ran.output


def test_what_cannot_be_compared_is_refused(compared: tuple[Path, str], tmp_path: Path) -> None:
    out, _ = compared
    (tmp_path / "empty").mkdir()
    profile = str(out.parent / "small.yaml")
    for words, why in (
        ((str(out / "a"), str(tmp_path / "empty")), "--out"),
        ((str(out / "a"), profile), "one of each"),
    ):
        ran = rehearse("--compare", *words)
        assert ran.exit_code == 1
        assert why in ran.output
    assert rehearse().exit_code == 1
    assert rehearse(profile, "--compare", str(out / "a"), str(out / "b")).exit_code == 1
