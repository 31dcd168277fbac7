"""Phases that are gone through several times, as new visits."""

from __future__ import annotations

from orchestrator.execution.route import Route
from orchestrator.model.ledger import Kind
from tests.support.plans import Run, above, at, loop, phase, program_of, put, slice_of, step, wait

HEAT, COOL = phase("heat", duration_s=60.0), phase("cool", duration_s=30.0)
LAST = phase("last", duration_s=10.0)


def test_a_loop_goes_through_its_phases_so_many_times_and_then_on() -> None:
    run = Run(HEAT, COOL, LAST, loops=(loop("heat", "cool", 3),))
    run.to(1000.0)
    assert run.phases() == [
        (0.0, "heat"),
        (60.0, "cool"),
        (90.0, "heat"),
        (150.0, "cool"),
        (180.0, "heat"),
        (240.0, "cool"),
        (270.0, "last"),
    ]
    assert run.view.state.value == "completed"


def test_each_round_is_a_visit_with_a_clock_a_schedule_and_keys_of_its_own() -> None:
    heat = phase("heat", at("stir", 20.0, put(stirring__target=800)), duration_s=60.0)
    run = Run(heat, loops=(loop("heat", "heat", 2),))
    run.to(200.0)
    assert [time for time, _, _ in run.outcomes("set")] == [20.0, 80.0]
    assert [e.key for e in run.of(Kind.ACTION_ENDED)] == [
        "x1.1:control:heat#1:stir@20:0",
        "x1.1:control:heat#2:stir@20:0",
    ]
    assert [e.data["rounds"] for e in run.of(Kind.PHASE_ENTERED)] == [
        {"heat to heat": 1},
        {"heat to heat": 2},
    ]


def test_loops_within_loops_begin_anew_each_time() -> None:
    inner, outer = loop("heat", "cool", 2), loop("heat", "last", 2)
    run = Run(HEAT, COOL, LAST, loops=(inner, outer))
    run.to(2000.0)
    names = [name for _, name in run.phases()]
    assert names == ["heat", "cool", "heat", "cool", "last"] * 2


def test_a_loop_ends_before_its_count_when_its_until_is_true_after_a_round() -> None:
    run = Run(HEAT, COOL, LAST, loops=(loop("heat", "cool", 5, until=above("od600", 1.0)),))
    run.to(95.0)
    assert run.view.phase == "heat", "unknown goes on with the next round"
    run.see(od600=1.5, max_age_s=1e9)
    run.to(185.0)
    assert run.view.phase == "last"
    asked = [e.data["value"] for e in run.of(Kind.CONDITION)]
    assert asked == ["unknown", "true"]


def test_who_jumps_into_a_loop_begins_with_its_first_round_and_who_jumps_out_leaves_it() -> None:
    start = phase("start", do=(step("go_to", phase="cool"),))
    jumps = phase("heat", do=(wait(5.0),))
    run = Run(start, jumps, COOL, LAST, loops=(loop("heat", "cool", 2),))
    run.to(500.0)
    assert [name for _, name in run.phases()] == ["start", "cool", "heat", "cool", "last"]


def test_go_to_the_same_phase_is_a_new_visit() -> None:
    run = Run(phase("again", do=(wait(10.0), step("go_to", phase="again"))))
    run.to(35.0)
    assert run.phases() == [(0.0, "again"), (10.0, "again"), (20.0, "again"), (30.0, "again")]
    assert run.view.visit == 4


def test_a_loop_goes_on_in_its_round_after_an_outage() -> None:
    run = Run(HEAT, COOL, LAST, loops=(loop("heat", "cool", 3),))
    run.to(100.0)
    run.crash(200.0)
    run.to(1000.0)
    whole = Run(HEAT, COOL, LAST, loops=(loop("heat", "cool", 3),))
    whole.to(1000.0)
    ways = [
        [(e.data["phase"], e.data["visit"], e.data["elapsed_s"]) for e in of]
        for of in (run.of(Kind.PHASE_ENTERED), whole.of(Kind.PHASE_ENTERED))
    ]
    assert ways[0] == ways[1]


def test_the_round_of_a_visit_is_told_by_its_number() -> None:
    inner, outer = loop("heat", "cool", 2, loop="in"), loop("heat", "last", 3, loop="out")
    route = Route(slice_of(HEAT, COOL, LAST, loops=(inner, outer)))
    found = [dict(route.of_visit("cool", visit)) for visit in (1, 2, 3, 6)]
    assert found == [
        {"in": 1, "out": 1},
        {"in": 2, "out": 1},
        {"in": 1, "out": 2},
        {"in": 2, "out": 3},
    ]
    assert program_of(HEAT, COOL).route.between(None, "cool") == ("heat",)
