"""Phases for some vessels, loops, holds and barriers, from the profile to the timetable."""

from __future__ import annotations

import pytest

from orchestrator.model.canonical import canonical_json, plain
from orchestrator.model.key import utc_text
from orchestrator.model.plan import Plan, Slice
from orchestrator.planning.rest import Position, rest_of
from orchestrator.planning.timetable import timetable
from tests.support.plan_files import plan_of
from tests.support.plans import HOUR_S, START_WALL_S

PROFILE = """
axenic: profile/1
name: Ways
vessels:
  a: {volume: 15 mL}
  b: {volume: 15 mL}
jobs:
  stirring: {target: 500 rpm, on_pause: stop}
  od_reading: {}
  temperature: {target: 30 °C, power_on: resume}
power_on: off
on_vessel_failure: stop_all
phases:
  - name: grow
    duration: 1 h
    on_enter: [{wait: 5 min}]
    do: [{log: Grow}]
    on_leave:
      do: [{log: Grown}, {wait: 10 min}]
      timeout: 20 min
  - repeat:
      count: 3
      phases:
        - name: heat
          duration: 30 min
          schedule: [{name: stir, at: 10 min, do: [{set: {stirring.target: 800 rpm}}]}]
        - name: look
          vessels: [a]
          duration: 10 min
          rules: [{name: dense, when: "{{ od600 > 1 }}", do: [{log: Dense}]}]
  - name: joint
    together: true
    timeout: {after: 2 h, then: fail}
    hold_while: {when: "{{ od600 > 2 }}", max: 1 h}
    duration: 1 h
    schedule: [{name: stir, at: 10 min, do: [{set: {stirring.target: 800 rpm}}]}]
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of(PROFILE)


@pytest.fixture(scope="module")
def both(plan: Plan) -> tuple[Slice, Slice]:
    first, second = plan.vessels
    return first, second


def test_a_vessel_has_only_the_phases_that_are_for_it(both: tuple[Slice, Slice]) -> None:
    names = [[phase.name for phase in slice_.phases] for slice_ in both]
    assert names == [["grow", "heat", "look", "joint"], ["grow", "heat", "joint"]]


def test_a_loop_goes_from_its_first_phase_of_a_vessel_to_its_last(
    both: tuple[Slice, Slice],
) -> None:
    loops = [(loop.loop, loop.first, loop.last, loop.count) for each in both for loop in each.loops]
    assert loops == [("heat to look", "heat", "look", 3), ("heat", "heat", "heat", 3)]


def test_loops_without_a_name_are_told_apart() -> None:
    text = PROFILE.replace("        - name: heat\n", "        - name: heat\n", 1)
    inner = "  - repeat: {count: 2, phases: [{repeat: {count: 3, phases: [{name: x}]}}]}\n"
    [first, *_] = plan_of(text.replace("  - name: joint\n", inner + "  - name: joint\n")).vessels
    assert [loop.loop for loop in first.loops] == ["heat to look", "x", "x.1"]


def test_rule_9_peers_are_the_other_vessels_of_the_phase(both: tuple[Slice, Slice]) -> None:
    barriers = [slice_.phases[-1].together for slice_ in both]
    assert [(each.peers, each.after_s, each.then) for each in barriers if each] == [
        (("b",), 2 * HOUR_S, "fail"),
        (("a",), 2 * HOUR_S, "fail"),
    ]


def test_policies_of_jobs_reach_the_worker(both: tuple[Slice, Slice]) -> None:
    slice_, _ = both
    assert slice_.on_pause == {"stirring": "stop"}
    assert slice_.power_on == {"stirring": "off"}, "what measures goes on, and who says resume"
    assert slice_.on_vessel_failure == "stop_all"


def test_the_same_profile_gives_the_same_bytes(plan: Plan) -> None:
    assert canonical_json(plain(plan)) == canonical_json(plain(plan_of(PROFILE)))


def test_the_timetable_goes_round_by_round(plan: Plan) -> None:
    rows = timetable(plan, START_WALL_S, 24 * HOUR_S, attempt="x1.1")
    found = [(r.time_s, r.action_id, r.estimated) for r in rows if r.vessel == "a"]
    grow, heat, joint = "x1.1:a:grow#1", "x1.1:a:heat", "x1.1:a:joint#1"
    assert found == [
        (0.0, f"{grow}:on_enter@0:0", False),
        (300.0, f"{grow}:do@0:0", False),
        (3600.0, f"{grow}:on_leave@0:0", False),
        (3600.0, f"{grow}:on_leave@0:1", False),
        (4800.0, f"{heat}#1:stir@600:0", False),
        (7200.0, f"{heat}#2:stir@600:0", False),
        (9600.0, f"{heat}#3:stir@600:0", False),
        (12000.0, f"{joint}:stir@600:0", True),
    ]


def test_the_timetable_can_begin_in_the_middle_of_a_loop(plan: Plan) -> None:
    rows = timetable(plan, START_WALL_S, 24 * HOUR_S, attempt="x1.1", begin=("heat", 2))
    found = [(r.time_s, r.action_id) for r in rows if r.vessel == "b"]
    assert found == [
        (600.0, "x1.1:b:heat#2:stir@600:0"),
        (2400.0, "x1.1:b:heat#3:stir@600:0"),
        (4200.0, "x1.1:b:joint#1:stir@600:0"),
    ]


def test_rule_9_for_a_vessel_that_waits_only_rules_have_times() -> None:
    rule = "rules: [{name: hourly, every: 1 h, do: [{log: An hour}]}]\n"
    at = Position(
        vessel="b", phase="heat", visit=3, phase_s=60.0, elapsed_s=HOUR_S, waits=("joint", 1)
    )
    rows = rest_of(plan_of(PROFILE + rule), "x1.1", at, START_WALL_S, 2.5 * HOUR_S)
    assert [(row.time_s, row.wall, row.action_id) for row in rows] == [
        (2 * HOUR_S, utc_text(START_WALL_S + HOUR_S), "x1.1:b:*:hourly@+7200:0"),
        (3 * HOUR_S, utc_text(START_WALL_S + 2 * HOUR_S), "x1.1:b:*:hourly@+10800:0"),
        (None, None, "x1.1:b:joint#1:stir@600:0"),
    ]


def test_what_no_time_is_known_for_is_told_for_one_round() -> None:
    text = PROFILE.replace("duration: 30 min", 'until: "{{ od600 > 1 }}"')
    rows = timetable(plan_of(text), START_WALL_S, 24 * HOUR_S, attempt="x1.1")
    found = [(r.time_s, r.action_id) for r in rows if r.vessel == "b"][-2:]
    assert found == [
        (4800.0, "x1.1:b:heat#1:stir@600:0"),
        (None, "x1.1:b:joint#1:stir@600:0"),
    ]
