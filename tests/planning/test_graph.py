"""The picture of a plan: every way out of a phase, a lane for each group of vessels."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from orchestrator.cli.drawing import DRAWINGS
from orchestrator.cli.plan import plan as plan_command
from orchestrator.cli.prepare import prepare
from orchestrator.model.plan import Plan
from orchestrator.planning.graph import Lane, Way, lanes_of

LOOP = """\
axenic: profile/1
name: "Round & <round>"
inputs: {density: {type: od, default: 0.8}}
vessels:
  a: {volume: 15 mL}
  b: {volume: 15 mL}
  c: {volume: 15 mL, inputs: {density: 1.2}}
jobs: {od_reading: {}, temperature: {target: 30 °C}}
phases:
  - name: grow
    until: {when: "{{ od600 >= inputs.density }}", for: 2 min}
    duration: 1 d
    timeout: {after: 2 d, then: rest}
  - name: thin "it"
    do:
      - repeat:
          count: 2
          do: [{wait: 1 h}]
      - if: "{{ elapsed < days(3) }}"
        then: [{go_to: grow}]
        else: [{finish: done}]
  - name: rest
    duration: 1 h
    timeout: {after: 30 min, then: pause}
rules:
  - name: hot
    when: "{{ temperature.measured > 40 }}"
    do: [{fail: too hot}]
"""


WAYS = """\
axenic: profile/1
name: Ways
vessels:
  a: {volume: 15 mL}
  b: {volume: 15 mL}
  c: {volume: 15 mL}
jobs: {od_reading: {}, temperature: {target: 30 °C}}
phases:
  - name: grow
    duration: 1 h
    on_enter: [{fail: too late, if: "{{ elapsed > days(2) }}"}]
  - repeat:
      count: 3
      until: "{{ od600 > 2 }}"
      phases:
        - name: heat
          duration: 30 min
        - name: look
          vessels: [a, b]
          duration: 10 min
          rules: [{name: dense, when: "{{ od600 > 1 }}", do: [{go_to: rest}]}]
  - name: joint
    together: {timeout: {after: 3 h, then: next}}
    timeout: {after: 2 h, then: fail}
    hold_while: {when: "{{ temperature.measured < 29 }}", for: 1 min, max: 1 h}
    duration: 1 h
  - name: rest
    duration: 1 h
"""


def compiled(text: str) -> Plan:
    plan = prepare(text, "a.yaml", {}).plan
    assert plan is not None
    return plan


@pytest.fixture(scope="module")
def lanes() -> tuple[Lane, ...]:
    return lanes_of(compiled(LOOP))


def test_vessels_that_go_alike_share_a_lane(lanes: tuple[Lane, ...]) -> None:
    assert [lane.vessels for lane in lanes] == [("a", "b"), ("c",)]
    assert lanes[0].phases == ("grow", 'thin "it"', "rest")


def test_every_way_out_of_a_phase_is_told(lanes: tuple[Lane, ...]) -> None:
    said = [
        (way.source, way.target, way.is_end, way.reason, way.label, way.back)
        for way in lanes[0].ways
    ]
    thin = 'thin "it"'
    assert said == [
        ("grow", thin, False, "until", "until od600 >= 0.8, for 2 min", False),
        ("grow", thin, False, "duration", "after 1 d", False),
        ("grow", "rest", False, "timeout", "timeout after 2 d", False),
        (thin, "rest", False, "through", "when all is done", False),
        (thin, "grow", False, "step", "if elapsed < 259200: go_to", True),
        (thin, "completed", True, "step", "else: finish", False),
        ("rest", "completed", True, "duration", "after 1 h", False),
        ("rest", "paused", True, "timeout", "timeout after 30 min", False),
        (None, "failed", True, "rule", "rule hot: fail", False),
    ]


def test_the_terminal_shows_each_way(lanes: tuple[Lane, ...]) -> None:
    drawn = DRAWINGS["text"]("Title", lanes)
    assert "● a, b\n" in drawn
    assert "│ until od600 >= 0.8, for 2 min" in drawn
    assert "── timeout after 2 d ──▶ rest" in drawn
    assert "──▶ ↺ grow" in drawn
    assert "⟲ rule hot: fail → ✗ failed" in drawn
    for way in lanes[0].ways:
        assert way.label in drawn


def test_the_page_s_picture_is_xml_with_every_label_in_it(lanes: tuple[Lane, ...]) -> None:
    root = ElementTree.fromstring(DRAWINGS["svg"]("Round & <round>", lanes))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Round & <round>", "a, b", "c", 'thin "it"'} <= set(texts)
    assert {way.label for lane in lanes for way in lane.ways} <= set(texts)
    paths = root.findall(".//{http://www.w3.org/2000/svg}g/{http://www.w3.org/2000/svg}path")
    assert len(paths) >= 2 * 8


@pytest.mark.parametrize(("form", "arrow"), [("dot", r"->"), ("mermaid", r"-->|-\.->")])
def test_other_programs_get_one_arrow_for_each_way(
    lanes: tuple[Lane, ...], form: str, arrow: str
) -> None:
    drawn = DRAWINGS[form]("Round & <round>", lanes)
    ways = sum(len(lane.ways) for lane in lanes)
    assert len(re.findall(rf"^\s+\S.*(?:{arrow})", drawn, re.M)) == ways
    assert drawn.count('"a, b"') == 1


def test_quotes_cannot_end_a_label(lanes: tuple[Lane, ...]) -> None:
    assert r'label="thin \"it\""' in DRAWINGS["dot"]("x", lanes)
    assert '["thin #quot;it#quot;"]' in DRAWINGS["mermaid"]("x", lanes)


def test_what_is_certain_to_go_on_is_drawn_downwards() -> None:
    way = Way(source="a", target="b", is_end=False, reason="through", label="when all is done")
    end = Way(source="b", target="completed", is_end=True, reason="duration", label="after 1 h")
    drawn = DRAWINGS["text"]("x", (Lane(vessels=("v",), phases=("a", "b"), ways=(way, end)),))
    assert drawn == (
        "x\n\n● v\n  ╭───╮\n  │ a │\n  ╰─┬─╯\n    │ when all is done\n    ▼\n"
        "  ╭───╮\n  │ b │\n  ╰─┬─╯\n    │ after 1 h\n    ▼\n    ✓ completed\n"
    )


@pytest.mark.parametrize(
    "place", [("--graph", "FILE"), ("FILE", "--graph"), ("--graph=text", "FILE")]
)
def test_the_form_may_be_left_out(canonical_profile: Path, place: tuple[str, ...]) -> None:
    words = [str(canonical_profile) if word == "FILE" else word for word in place]
    shown = CliRunner().invoke(plan_command, words)
    assert shown.exit_code == 0, shown.output
    assert "● control, warmed" in shown.output


def test_a_picture_is_written_to_a_file(canonical_profile: Path, tmp_path: Path) -> None:
    out = tmp_path / "phases.svg"
    words = [str(canonical_profile), "--graph", "svg", "--out", str(out)]
    assert CliRunner().invoke(plan_command, words).exit_code == 0
    assert out.read_text().startswith("<svg ")
    shown = CliRunner().invoke(plan_command, [str(canonical_profile), "--out", str(out)])
    assert shown.exit_code == 1
    assert "--graph svg" in shown.output


@pytest.fixture(scope="module")
def ways() -> tuple[Lane, ...]:
    return lanes_of(compiled(WAYS))


def said(lane: Lane, phase: str) -> list[tuple[str, str, bool]]:
    return [(way.target, way.label, way.back) for way in lane.ways_from(phase)]


def test_a_lane_has_only_the_phases_of_its_vessels(ways: tuple[Lane, ...]) -> None:
    assert [(lane.vessels, lane.phases) for lane in ways] == [
        (("a", "b"), ("grow", "heat", "look", "joint", "rest")),
        (("c",), ("grow", "heat", "joint", "rest")),
    ]


def test_a_loop_leads_back_from_its_last_phase_of_a_vessel(ways: tuple[Lane, ...]) -> None:
    first, second = ways
    again = ("heat", "again until od600 > 2, 3 rounds at most", True)
    assert said(first, "heat") == [("look", "after 30 min", False)]
    assert said(first, "look") == [
        ("joint", "after 10 min, last round", False),
        again,
        ("rest", "rule dense: go_to", False),
    ]
    assert said(second, "heat") == [("joint", "after 30 min, last round", False), again]


def test_rule_9_a_door_tells_whom_it_joins_and_what_comes_of_waiting_in_vain(
    ways: tuple[Lane, ...],
) -> None:
    for lane in ways:
        assert lane.together == {"joint": ("a", "b", "c")}
        assert said(lane, "joint") == [
            ("rest", "not all there after 3 h", False),
            ("rest", "after 1 h", False),
            ("failed", "timeout after 2 h", False),
        ]
    entered = compiled(WAYS.replace("then: next", "then: enter"))
    assert said(lanes_of(entered)[0], "joint")[0] == ("rest", "after 1 h", False)


def test_what_holds_a_clock_and_the_steps_of_entering_are_told(ways: tuple[Lane, ...]) -> None:
    note = "held while temperature.measured < 29, for 1 min, at most 1 h"
    assert [lane.notes for lane in ways] == [{"joint": note}] * 2
    assert ("failed", "fail if elapsed > 172800", False) in said(ways[0], "grow")


def test_the_terminal_draws_doors_and_rounds(ways: tuple[Lane, ...]) -> None:
    drawn = DRAWINGS["text"]("Ways", ways)
    assert drawn.count("  ═════════ a, b, c together\n  ╭───────╮\n  │ joint │ · held while") == 2
    assert drawn.count("── again until od600 > 2, 3 rounds at most ──▶ ↺ heat") == 2


@pytest.mark.parametrize(
    ("form", "joined"),
    [
        ("dot", '"0 phase joint" -> "1 phase joint" [label="together", dir=none'),
        ("mermaid", 'l0p3 ===|"together"| l1p2'),
        ("svg", 'class="door"'),
    ],
)
def test_other_pictures_join_what_is_entered_together(
    ways: tuple[Lane, ...], form: str, joined: str
) -> None:
    drawn = DRAWINGS[form]("Ways", ways)
    assert joined in drawn
    assert drawn.count("a, b, c together") == 2
