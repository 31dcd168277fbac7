"""SEMANTICS rules 5 and 14: `timeout:` is obeyed by every step that takes time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.model.ledger import Kind
from orchestrator.model.plan import StepPlan
from tests.support.plans import (
    HOUR_S,
    Run,
    above,
    blank,
    choice,
    dilute,
    dose,
    phase,
    put,
    repeat,
    sample,
    say,
    step,
    wait,
    wait_until,
    when,
)


def timed(plan: StepPlan, timeout_s: float) -> StepPlan:
    return replace(plan, timeout_s=timeout_s)


def hold(*steps: StepPlan) -> Run:
    return Run(phase("hold", do=steps, duration_s=HOUR_S))


LONG = wait(1000.0)
ALWAYS, NEVER = above("elapsed", -1), above("elapsed", 1e9)
COMPOUNDS = {
    "repeat": repeat(3, LONG),
    "while": step("repeat", loop="while", condition=when(ALWAYS), max=9, steps=(LONG,)),
    "until": step("repeat", loop="until", condition=when(NEVER), max=9, steps=(LONG,)),
    "if": choice("if", (ALWAYS, [LONG])),
    "choose": choice("choose", (NEVER, [LONG]), otherwise=(LONG,)),
    "parallel": choice("parallel", (None, [wait(1.0)]), (None, [LONG])),
}


@pytest.mark.parametrize("name", COMPOUNDS)
def test_a_step_of_steps_ends_at_its_timeout_and_the_next_one_follows(name: str) -> None:
    plan = timed(COMPOUNDS[name], 120.0)
    run = hold(plan, put(a__b=1))
    run.to(500.0)
    assert run.outcomes(plan.op) == [(120.0, "failed", "not through after 2 min")]
    assert run.outcomes("wait")[-1] == (120.0, "skipped", "not through after 2 min")
    assert run.outcomes("set") == [(120.0, "done", "")]


def test_a_wait_that_is_longer_than_its_timeout_is_cut_short() -> None:
    run = hold(timed(wait(600.0), 60.0), put(a__b=1))
    run.to(100.0)
    assert run.outcomes("wait") == [(60.0, "skipped", "not over after 1 min")]
    assert [time for time, _, _ in run.outcomes("set")] == [60.0]


def test_a_wait_that_is_over_in_time_is_done() -> None:
    run = hold(timed(wait(60.0), 60.0))
    run.to(100.0)
    assert run.outcomes("wait") == [(60.0, "done", "")]


PATIENT = [wait_until(above("od600", 9.0)), say("ask", "Ready?"), sample()]


@pytest.mark.parametrize("plan", PATIENT, ids=lambda each: each.op)
def test_what_waits_for_a_value_or_a_person_is_skipped(plan: StepPlan) -> None:
    run = hold(timed(plan, 60.0), put(a__b=1))
    run.to(100.0)
    assert [(time, outcome) for time, outcome, _ in run.outcomes(plan.op)] == [(60.0, "skipped")]
    assert [time for time, _, _ in run.outcomes("set")] == [60.0]


@pytest.mark.parametrize("plan", [dose(1.0), dilute(1.0), blank()], ids=lambda each: each.op)
def test_what_the_shell_carries_out_is_told_to_end(plan: StepPlan) -> None:
    run = hold(timed(plan, 2.0))
    run.to(3.0)
    assert [str(key) for key in run.cancels] == [str(run.performs[0].key)]
    run.to(10.0)
    assert [outcome for _, outcome, _ in run.outcomes(plan.op)] == ["done"]


def test_a_dose_under_way_is_finished_before_a_timeout_ends_what_it_is_part_of() -> None:
    run = hold(timed(repeat(9, wait(10.0), dose(1.0)), 30.0), put(a__b=1))
    run.performing_s = 50.0
    run.to(200.0)
    assert [str(key) for key in run.cancels] == [str(run.performs[0].key)]
    assert [(time, outcome) for time, outcome, _ in run.outcomes("dose")] == [(60.0, "done")]
    assert [(time, outcome) for time, outcome, _ in run.outcomes("repeat")] == [(60.0, "failed")]
    assert run.outcomes("set") == [(60.0, "done", "")]
    assert len(run.performs) == 1


def test_what_never_ends_is_waited_for_a_minute() -> None:
    run = hold(wait(1.0), timed(repeat(9, dose(1.0)), 30.0), put(a__b=1))
    run.performing_s = None
    run.to(200.0)
    assert [time for time, _, _ in run.outcomes("repeat")] == [91.0]
    assert [time for time, _, _ in run.outcomes("set")] == [91.0]


def test_a_timeout_within_a_timeout_ends_only_its_own_step() -> None:
    run = hold(timed(repeat(2, timed(wait(100.0), 10.0), wait(5.0)), 60.0))
    run.to(200.0)
    assert [outcome for _, outcome, _ in run.outcomes("wait")] == ["skipped", "done"] * 2
    assert run.outcomes("repeat") == [(30.0, "done", "")]


def test_a_timeout_stands_still_while_the_vessel_is_paused() -> None:
    run = hold(timed(repeat(3, LONG), 120.0))
    run.to(60.0)
    run.control("paused")
    run.to(600.0)
    run.control("running")
    run.to(700.0)
    assert [time for time, _, _ in run.outcomes("repeat")] == [660.0]


def test_a_timeout_that_passed_while_the_worker_was_off_counts() -> None:
    run = hold(timed(repeat(3, LONG, dose(1.0)), 120.0), put(a__b=1))
    run.to(60.0)
    run.crash(300.0)
    assert run.outcomes("repeat") == [(300.0, "failed", "not through after 2 min")]
    assert not run.performs
    assert run.outcomes("set") == [(300.0, "late", "late by 3 min")]


def test_a_blank_that_a_crash_cut_short_is_not_begun_again_after_the_timeout_around_it() -> None:
    run = hold(timed(choice("parallel", (None, [wait(1.0), blank()]), (None, [LONG])), 120.0))
    run.performing_s = None
    run.to(60.0)
    run.crash(300.0)
    assert len(run.performs) == 1
    assert [outcome for _, outcome, _ in run.outcomes("blank")] == ["skipped"]
    assert [time for time, _, _ in run.outcomes("parallel")] == [300.0]


@pytest.mark.parametrize("loop", ["while", "until"])
def test_a_loop_goes_round_as_often_as_it_may_and_has_failed_then(loop: str) -> None:
    asked = ALWAYS if loop == "while" else NEVER
    plan = step("repeat", loop=loop, condition=when(asked), max=3, steps=(wait(10.0),))
    run = hold(plan, put(a__b=1))
    run.to(25.0)
    run.crash(26.0)
    run.to(100.0)
    assert [time for time, _, _ in run.outcomes("wait")] == [10.0, 20.0, 30.0]
    assert run.outcomes("repeat") == [(30.0, "failed", "given up after 3 times")]
    assert run.outcomes("set") == [(30.0, "done", "")]


def test_every_timeout_is_on_record_as_a_moment_before_anything_moves() -> None:
    run = hold(timed(repeat(2, wait(10.0)), 500.0))
    (began,) = [e for e in run.of(Kind.ACTION_BEGAN) if e.data["action"] == "repeat"]
    assert began.data["deadline_s"] == 500.0
