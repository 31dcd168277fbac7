"""The profiles that come with Axenic: good without a word, planned alike each time, and listed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.plan import plan
from orchestrator.documents.check import check_path
from orchestrator.model.profile import Profile
from tests.profiles.how_rehearsed import WORDS

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "profiles"
PROFILES = sorted(FOLDER.glob("*.yaml"))
PAGE = CHECKOUT / "docs" / "guide" / "examples.md"
CANONICAL = "heat-adapted-turbidostat"
"""Rehearsed in tests of its own."""
ROW = re.compile(r"^\| \[(?P<name>.+?)\]\(\.\./\.\./profiles/(?P<file>[\w-]+)\.yaml\) \|.*$", re.M)
each_profile = pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)


def profile_of(path: Path) -> Profile:
    (checked,) = check_path(path)
    assert checked.diagnostics == ()
    assert checked.profile is not None
    return checked.profile


def test_there_are_a_dozen_and_all_are_rehearsed() -> None:
    assert len(PROFILES) >= 13
    assert {path.stem for path in PROFILES} == {CANONICAL, *WORDS}


@each_profile
def test_it_is_good_without_a_warning_described_and_tagged(path: Path) -> None:
    profile = profile_of(path)
    assert profile.description.endswith(".")
    assert profile.tags
    assert profile.charts


@each_profile
def test_its_plan_has_a_timetable_and_the_same_bytes_each_time(path: Path) -> None:
    planned = [CliRunner().invoke(plan, [str(path), "--format", "json"]) for _ in range(2)]
    assert [each.exit_code for each in planned] == [0, 0], planned[0].output
    assert planned[0].stdout_bytes == planned[1].stdout_bytes
    assert json.loads(planned[0].stdout)["timetable"]


@each_profile
def test_every_input_is_told_to_who_is_asked_for_it(path: Path) -> None:
    assert [each.name for each in profile_of(path).inputs.values() if not each.description] == []


@each_profile
def test_the_page_of_examples_says_what_it_needs(path: Path) -> None:
    rows = {row["file"]: row for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}
    profile = profile_of(path)
    count = len(profile.vessels)
    media = ", ".join(profile.media) or "nothing to pump"
    row = rows[path.stem]
    assert row["name"] == profile.name
    needs = f"{count} vessel{'s' if count > 1 else ''}; {media}"
    assert row[0].rstrip(" |").endswith(f"| {needs}"), needs


def test_the_page_of_examples_lists_nothing_else() -> None:
    listed = [row["file"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]
    assert sorted(listed) == [path.stem for path in PROFILES]
