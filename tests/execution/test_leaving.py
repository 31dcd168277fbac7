"""`on_enter`, `on_leave` and the rules of a phase (SEMANTICS rules 1, 10 and 11)."""

from __future__ import annotations

import pytest

from orchestrator.model.ledger import Kind
from orchestrator.model.plan import Timeout
from tests.support.plans import (
    HOUR_S,
    Run,
    above,
    ask_for,
    at,
    below,
    blank,
    dose,
    phase,
    put,
    rule,
    say,
    step,
    wait,
    when,
)

GOODBYE = (put(stirring__target=900), wait(20.0), say("log", "left"))


def told(run: Run) -> list[tuple[float, str]]:
    return [(e.process_s, e.data["text"]) for e in run.of(Kind.NOTE)]


def test_on_enter_comes_before_do() -> None:
    run = Run(phase("first", on_enter=(wait(30.0), say("log", "in")), do=(say("log", "do"),)))
    run.to(100.0)
    assert told(run) == [(30.0, "in"), (30.0, "do")]
    assert [e.process_s for e in run.of(Kind.PHASE_LEFT)] == [30.0]


def test_do_is_not_late_because_on_enter_took_its_time() -> None:
    run = Run(phase("first", on_enter=(wait(600.0),), do=(dose(1.0),), duration_s=HOUR_S))
    run.to(1000.0)
    assert [outcome for _, outcome, _ in run.outcomes("dose")] == ["done"]


def test_rule_1_on_enter_and_do_that_were_missed_are_skipped_whole() -> None:
    run = Run(
        phase("first", duration_s=100.0),
        phase("second", on_enter=(blank(),), do=(dose(1.0),), duration_s=HOUR_S),
    )
    run.to(50.0)
    run.crash(300.0)
    assert run.outcomes("blank") == [(300.0, "skipped", "late by 3 min")]
    assert run.outcomes("dose") == [(300.0, "skipped", "late by 3 min")]


@pytest.mark.parametrize(
    ("how", "fields"),
    [
        ("through", {"do": (wait(50.0),)}),
        ("duration", {"duration_s": 50.0}),
        ("until", {"until": when(above("phase_time", 49.999))}),
        ("go_to", {"do": (wait(50.0), step("go_to", phase="second")), "duration_s": HOUR_S}),
        (
            "timeout",
            {
                "until": when(above("od600", 1.0)),
                "timeout": Timeout(after_s=50.0, then="second"),
            },
        ),
    ],
)
def test_on_leave_comes_before_the_phase_is_left_whichever_way(
    how: str, fields: dict[str, object]
) -> None:
    run = Run(phase("first", on_leave=GOODBYE, **fields), phase("second", duration_s=HOUR_S))
    run.to(60.0)
    assert (run.view.phase, run.target()) == ("first", 900)
    run.to(200.0)
    [left] = run.of(Kind.PHASE_LEFT)
    assert left.process_s == pytest.approx(70.0, abs=0.01)
    assert left.data["reason"] == how
    assert [text for _, text in told(run)] == ["left"]
    assert run.target() == 500, "what it set is withdrawn with the phase"


@pytest.mark.parametrize(("op", "state"), [("finish", "completed"), ("fail", "failed")])
def test_on_leave_comes_before_the_run_ends(op: str, state: str) -> None:
    run = Run(phase("first", do=(wait(50.0), step(op)), on_leave=GOODBYE))
    run.to(60.0)
    assert run.view.state.value == "running"
    run.to(100.0)
    [ended] = run.of(Kind.RUN_ENDED)
    assert (ended.process_s, ended.data["state"]) == (70.0, state)
    assert told(run) == [(70.0, "left")]


def test_who_cancels_does_not_wait_for_on_leave() -> None:
    run = Run(phase("first", duration_s=50.0, on_leave=GOODBYE))
    run.to(60.0)
    run.control("cancelled")
    assert run.view.state.value == "cancelled"
    assert told(run) == []


def test_what_the_phase_did_is_closed_before_on_leave_begins() -> None:
    run = Run(
        phase(
            "first",
            at("often", 60.0, put(a__b=1)),
            do=(wait(500.0), say("log", "never")),
            duration_s=50.0,
            on_leave=GOODBYE,
        )
    )
    run.to(100.0)
    assert run.outcomes("wait")[0] == (50.0, "skipped", "phase first ended")
    assert [time for time, _, _ in run.outcomes("set")] == [50.0], "the schedule is over"


def test_on_leave_has_a_bound() -> None:
    run = Run(
        phase("first", duration_s=50.0, on_leave=(ask_for("Clean?"),), on_leave_s=100.0),
        phase("second", duration_s=HOUR_S),
    )
    run.to(200.0)
    assert run.phases()[-1] == (150.0, "second")
    assert run.outcomes("ask") == [(150.0, "skipped", "on_leave took longer than 100 s")]


def test_the_next_phase_begins_by_right_after_what_leaving_took() -> None:
    run = Run(
        phase("first", duration_s=50.0, on_leave=(say("log", "left"),)),
        phase("second", duration_s=100.0),
        phase("third", duration_s=HOUR_S),
    )
    run.to(10.0)
    run.crash(75.0)
    run.to(300.0)
    entered = [(e.data["phase"], e.data["elapsed_s"]) for e in run.of(Kind.PHASE_ENTERED)]
    assert entered == [("first", 0.0), ("second", 50.0), ("third", 150.0)]


def test_rule_3_on_leave_that_is_late_still_comes_but_for_what_cannot_be_undone() -> None:
    run = Run(
        phase("first", duration_s=50.0, on_leave=(say("log", "left"), dose(1.0))),
        phase("second", duration_s=HOUR_S),
    )
    run.to(10.0)
    run.crash(600.0)
    assert told(run) == [(600.0, "left")]
    assert run.outcomes("log")[0][1] == "late"
    assert run.outcomes("dose")[0][1] == "skipped"


def test_on_leave_goes_on_after_a_restart() -> None:
    run = Run(phase("first", duration_s=50.0, on_leave=GOODBYE), phase("second", duration_s=9.0))
    run.to(60.0)
    run.crash(65.0)
    run.to(72.0)
    assert told(run) == [(70.0, "left")]
    assert run.view.phase == "second"


def test_a_rule_that_moves_meanwhile_says_where_to() -> None:
    away = rule("away", when(above("od600", 1.0)), step("go_to", phase="third"))
    run = Run(
        phase("first", duration_s=50.0, on_leave=GOODBYE),
        phase("second", duration_s=HOUR_S),
        phase("third", duration_s=HOUR_S),
        rules=(away,),
    )
    run.to(60.0)
    run.see(od600=2.0)
    run.to(80.0)
    assert run.phases()[-1] == (70.0, "third")


DENSE = rule("dense", when(above("od600", 1.0)), put(stirring__target=900), say("log", "dense"))


def test_the_rules_of_a_phase_live_only_in_it() -> None:
    run = Run(
        phase("first", duration_s=50.0),
        phase("second", duration_s=50.0, rules=(DENSE,)),
        phase("third", duration_s=50.0),
    )
    run.see(od600=2.0, max_age_s=1e9)
    run.to(40.0)
    assert told(run) == []
    run.to(60.0)
    assert told(run) == [(50.0, "dense")]
    assert run.of(Kind.ITEM_BEGAN)[0].key == "x1.1:control:second#1:dense@1"


def test_rule_11_what_a_phases_rule_set_is_withdrawn_with_the_phase() -> None:
    run = Run(phase("first", duration_s=50.0, rules=(DENSE,)), phase("second", duration_s=50.0))
    run.see(od600=2.0, max_age_s=1e9)
    assert run.target() == 900
    run.to(60.0)
    assert run.target() == 500


def test_rule_12_a_phases_rule_fires_on_each_edge_and_anew_on_each_visit() -> None:
    run = Run(phase("first", do=(wait(100.0), step("go_to", phase="first")), rules=(DENSE,)))
    for value in (2.0, 0.5, 2.0):
        run.to(run.now_s + 10.0)
        run.see(od600=value, max_age_s=1e9)
    run.to(110.0)
    assert [time for time, _ in told(run)] == [10.0, 30.0, 100.0]


def test_a_phases_rule_remembers_over_a_restart_that_it_fired() -> None:
    run = Run(phase("first", duration_s=HOUR_S, rules=(DENSE,)))
    run.see(od600=2.0, max_age_s=1e9)
    run.tick()
    run.crash(10.0)
    run.see(od600=2.0, max_age_s=1e9)
    assert len(told(run)) == 1


def test_what_a_phases_rule_does_ends_with_the_phase() -> None:
    slow = rule("slow", when(above("od600", 1.0)), wait(100.0), say("log", "never"))
    run = Run(phase("first", duration_s=50.0, rules=(slow,)), phase("second", duration_s=HOUR_S))
    run.see(od600=2.0, max_age_s=1e9)
    run.to(300.0)
    assert told(run) == []
    assert run.outcomes("wait") == [(50.0, "skipped", "phase first ended")]


def test_a_phases_rule_may_go_on_during_a_pause() -> None:
    thin = rule("thin", when(below("od600", 1.0)), step("resume"), while_paused=True)
    run = Run(phase("first", duration_s=HOUR_S, rules=(thin,)))
    run.see(od600=2.0, max_age_s=1e9)
    run.control("paused")
    run.to(10.0)
    run.see(od600=0.5, max_age_s=1e9)
    assert run.view.state.value == "running"
