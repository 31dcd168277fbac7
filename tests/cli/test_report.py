"""`report.html`: what a rehearsal's page shows."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from orchestrator.cli.rehearsal.timeline import lanes_of
from orchestrator.cli.simulate import simulate

PROFILE = """\
axenic: profile/1
name: Bare
inputs:
  warm: {type: temperature, default: 37 °C}
  unused: {type: number, default: 1}
vessels:
  a: {volume: 15 mL}
media:
  feed: {bottle: 3 mL}
  waste: {bottle: 1 L}
jobs:
  stirring: {target: 500 rpm}
  od_reading: {interval: 5 s}
  growth_rate: {}
  temperature: {automation: thermostat, target: "{{ inputs.warm }}"}
phases:
  - name: begin
    do:
      - blank: {}
      - dilute: 2 mL
      - set: {stirring.target: 600 rpm}
      - dilute: 2 mL
      - wait: 1 h
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    (folder / "bare.yaml").write_text(PROFILE)
    out = folder / "out"
    ran = CliRunner().invoke(simulate, [str(folder / "bare.yaml"), "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    return (out / "report.html").read_text()


def headings(page: str) -> list[str]:
    return re.findall(r"<h2>([^<]*)", page)


def test_without_charts_the_usual_ones_are_drawn(page: str) -> None:
    drawn = [each.strip() for each in headings(page)]
    for title in ("Density", "Growth rate", "Temperature", "Volume in the vessel"):
        assert title in drawn
    assert page.count('<path d="M') >= 5


def test_target_and_measured_are_told_apart(page: str) -> None:
    temperature = page.partition("<h2>Temperature")[2].partition("</section>")[0]
    colours = re.findall(r'<path [^>]*stroke="(var[^"]*)"( stroke-dasharray)?', temperature)
    assert len({colour for colour, _ in colours}) == len(colours) == 2
    assert [bool(dashed) for _, dashed in colours] == [False, True]


def test_the_page_tells_media_warnings_inputs_actions_and_troubles(page: str) -> None:
    assert {"Course", "Media", "Actions", "Alerts and warnings", "Inputs"} <= set(headings(page))
    assert "bare.yaml:5:" in page
    assert "unused-input" in page
    assert "the feed bottle holds 1 mL by account" in page
    assert re.search(r"<span>dilute \(2\)</span>.*class=\"bad\"", page)


def test_the_page_needs_nothing_from_elsewhere(page: str) -> None:
    assert not re.search(r"https?://|<script|<link|@import|url\(", page)
    assert "prefers-color-scheme: dark" in page
    assert "width=device-width" in page


def test_a_lane_keeps_what_went_wrong_where_marks_fall_together() -> None:
    rows = [
        {
            "vessel": "a",
            "action": "dose",
            "time_s": n * 0.1,
            "outcome": "done",
            "detail": "",
            "reason": "",
        }
        for n in range(1000)
    ]
    rows[500] = {**rows[500], "outcome": "refused", "reason": "full"}
    (lane,) = lanes_of("a", rows, 100_000.0)
    assert lane.number == 1000
    assert [(mark.bad, mark.said) for mark in lane.marks if mark.bad] == [(True, "refused: full")]
    assert len(lane.marks) < 10
