"""Procedures: steps one after the other, compound steps, performs, timeouts."""

from __future__ import annotations

import pytest

from orchestrator.model.expression import Binary, Const
from orchestrator.model.expression import Signal as Leaf
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from tests.support.plans import (
    HOUR_S,
    Run,
    above,
    at,
    below,
    blank,
    choice,
    const,
    dilute,
    dose,
    job,
    phase,
    put,
    repeat,
    say,
    step,
    wait,
    wait_until,
    when,
)


def do(*steps: object, **fields: object) -> Run:
    return Run(phase("first", do=steps), phase("rest", duration_s=1e6), **fields)  # type: ignore[arg-type]


def paths(run: Run) -> list[tuple[float, str, str]]:
    return [
        (e.process_s, (e.key or "").rpartition(":")[2], e.data["outcome"])
        for e in run.of(Kind.ACTION_ENDED)
    ]


def test_steps_follow_each_other_and_each_has_one_outcome() -> None:
    run = do(put(stirring__target=800), wait(120.0), put(stirring__target=500), say("log", "ready"))
    run.to(200.0)
    assert paths(run) == [
        (0.0, "0", "done"),
        (120.0, "1", "done"),
        (120.0, "2", "done"),
        (120.0, "3", "done"),
    ]
    assert [e.data["text"] for e in run.of(Kind.NOTE)] == ["ready"]


def test_what_needs_the_shell_is_written_down_before_it_is_handed_out() -> None:
    run = do(dilute(1.5), blank())
    assert [(p.action, dict(p.args), p.repeatable) for p in run.performs] == [
        ("dilute", {"volume_ml": 1.5, "medium": "feed"}, False)
    ]
    assert [e.data["action"] for e in run.of(Kind.ACTION_BEGAN)] == ["dilute"]
    assert run.view.is_performing(str(run.performs[0].key))
    run.to(20.0)
    assert [p.action for p in run.performs] == ["dilute", "blank"]
    assert paths(run) == [(5.0, "0", "done"), (10.0, "1", "done")]


def test_a_failed_action_is_recorded_and_the_next_step_follows() -> None:
    run = do(dose(1.0), blank())
    run.performing_s = None
    run.finish(run.performs[0].key, Outcome.REFUSED, "more than 30 mL within an hour")
    assert run.outcomes("dose") == [(0.0, "refused", "more than 30 mL within an hour")]
    assert [p.action for p in run.performs] == ["dose", "blank"]


def test_an_action_ends_once() -> None:
    run = do(dose(1.0), wait(100.0))
    run.to(10.0)
    assert not run.finish(run.performs[0].key)
    assert len(run.outcomes("dose")) == 1


def test_values_are_evaluated_once_when_the_step_runs() -> None:
    growing = Binary("*", Leaf("od600"), Const(2.0))
    run = do(wait(10.0), step("dose", volume_ml=growing, medium="feed"))
    run.to(5.0)
    run.see(od600=0.5)
    run.to(10.0)
    assert run.performs[0].args["volume_ml"] == 1.0


def test_a_step_whose_value_is_unknown_is_skipped_with_the_reason() -> None:
    run = do(step("dose", volume_ml=Leaf("od600"), medium="feed"), put(a__b=1))
    assert run.outcomes("dose") == [(0.0, "skipped", "unknown: od600, no value yet")]
    assert len(run.outcomes("set")) == 1


def test_rule_12_an_if_beside_a_step_skips_it_when_false_or_unknown() -> None:
    run = do(wait(10.0), blank(if_=above("od600", 1.0)), dose(1.0, if_=above("volume", 1.0)))
    run.to(9.0)
    run.see(od600=0.5)
    run.to(20.0)
    assert run.outcomes("blank") == [(10.0, "skipped", "its condition is false")]
    assert run.outcomes("dose") == [(10.0, "skipped", "unknown: volume, no value yet")]


def test_rule_12_if_takes_no_branch_when_unknown_and_else_neither() -> None:
    test = above("od600", 1.0)
    plan = (
        wait(10.0),
        choice("if", (test, [say("log", "then")]), otherwise=(say("log", "else"),)),
    )
    for value, expected in ((2.0, ["then"]), (0.5, ["else"]), (None, [])):
        run = do(*plan)
        run.to(9.0)
        if value is not None:
            run.see(od600=value)
        run.to(20.0)
        assert [e.data["text"] for e in run.of(Kind.NOTE)] == expected
    assert run.outcomes("if") == [(10.0, "skipped", "unknown: od600, no value yet")]


def test_an_if_that_is_false_without_else_is_skipped() -> None:
    run = do(wait(10.0), choice("if", (above("od600", 1.0), [blank()])))
    run.to(5.0)
    run.see(od600=0.1)
    run.to(20.0)
    assert run.outcomes("if") == [(10.0, "skipped", "its condition is false")]


def test_choose_takes_the_first_branch_that_is_true() -> None:
    run = do(
        wait(10.0),
        choice(
            "choose",
            (above("od600", 2.0), [say("log", "dense")]),
            (above("od600", 1.0), [say("log", "middle"), wait(5.0)]),
            (above("od600", 0.5), [say("log", "thin")]),
            otherwise=(say("log", "clear"),),
        ),
    )
    run.to(5.0)
    run.see(od600=1.5)
    run.to(30.0)
    assert [e.data["text"] for e in run.of(Kind.NOTE)] == ["middle"]
    assert paths(run)[1:] == [(10.0, "1.1.0", "done"), (15.0, "1.1.1", "done"), (15.0, "1", "done")]


def test_repeat_runs_its_steps_so_many_times_under_numbered_paths() -> None:
    run = do(repeat(3, put(a__b=1), wait(10.0)))
    run.to(100.0)
    assert [(time, path) for time, path, _ in paths(run)] == [
        (0.0, "0[1].0"),
        (10.0, "0[1].1"),
        (10.0, "0[2].0"),
        (20.0, "0[2].1"),
        (20.0, "0[3].0"),
        (30.0, "0[3].1"),
        (30.0, "0"),
    ]


def test_repeat_no_times_is_done_at_once() -> None:
    run = do(repeat(0, blank()))
    assert paths(run) == [(0.0, "0", "done")]


def test_repeats_may_be_nested() -> None:
    run = do(repeat(2, repeat(2, wait(1.0)), wait(1.0)))
    run.to(100.0)
    assert paths(run)[-1] == (6.0, "0", "done")
    assert len({path for _, path, _ in paths(run)}) == len(paths(run)) == 9


def test_repeat_while_asks_before_and_until_after() -> None:
    low = when(below("od600", 1.0))
    run = do(wait(1.0), step("repeat", loop="while", condition=low, steps=(wait(10.0),)))
    run.see(od600=0.5, max_age_s=1e9)
    run.to(15.0)
    run.see(od600=1.5, max_age_s=1e9)
    run.to(100.0)
    assert paths(run)[-1] == (21.0, "1", "done")
    high = when(above("od600", 1.0))
    run = do(wait(1.0), step("repeat", loop="until", condition=high, steps=(wait(10.0),)))
    run.see(od600=1.5, max_age_s=1e9)
    run.to(100.0)
    assert paths(run)[-1] == (11.0, "1", "done")
    asked = [e for e in run.of(Kind.CONDITION) if (e.key or "").endswith("[1]")]
    assert [e.data["value"] for e in asked] == ["true"]


def test_repeat_while_unknown_ends_and_says_so() -> None:
    run = do(step("repeat", loop="while", condition=when(above("od600", 1.0)), steps=(wait(1.0),)))
    assert run.outcomes("repeat") == [(0.0, "done", "unknown: od600, no value yet")]


def test_a_repeat_that_never_waits_does_not_hang() -> None:
    always = when(above("elapsed", -1.0))
    run = do(step("repeat", loop="while", condition=always, steps=(put(a__b=1),)))
    assert run.view.ended and "circles" in run.view.reason


def test_parallel_branches_run_side_by_side() -> None:
    run = do(choice("parallel", (None, [wait(10.0), put(a__b=1)]), (None, [wait(20.0)])), blank())
    run.to(100.0)
    assert paths(run) == [
        (10.0, "0.0.0", "done"),
        (10.0, "0.0.1", "done"),
        (20.0, "0.1.0", "done"),
        (20.0, "0", "done"),
        (25.0, "1", "done"),
    ]


def test_wait_until_goes_on_when_its_condition_has_held() -> None:
    run = do(wait_until(above("od600", 1.0), for_s=10.0), put(a__b=1))
    run.to(100.0)
    run.keep_seeing(120.0, od600=1.5)
    assert paths(run)[0] == (110.0, "0", "done")


def test_wait_until_has_patience_for_its_timeout_only() -> None:
    run = do(wait_until(above("od600", 1.0), timeout_s=60.0), put(a__b=1))
    run.to(100.0)
    assert run.outcomes("wait_until") == [(60.0, "skipped", "not true after 1 min")]
    assert [time for time, _, _ in run.outcomes("set")] == [60.0]


def test_an_action_that_takes_too_long_is_told_to_end_once_and_reports_how() -> None:
    run = do(dose(1.0, timeout_s=30.0), wait(1000.0))
    run.performing_s = None
    run._ends.clear()
    run.to(50.0)
    run.look()
    assert [str(key) for key in run.cancels] == [str(run.performs[0].key)]
    run.finish(run.performs[0].key, Outcome.FAILED, "withdrawn")
    assert run.outcomes("dose") == [(50.0, "failed", "withdrawn")]


def test_an_action_that_never_ends_is_unknown_after_a_while() -> None:
    run = do(dose(1.0, timeout_s=30.0), put(a__b=1))
    run._ends.clear()
    run.to(100.0)
    assert run.outcomes("dose") == [(90.0, "unknown", "not ended after 30 s")]
    assert not run.finish(run.performs[0].key)


def test_rule_5_after_an_outage_what_cannot_be_undone_is_skipped_and_the_rest_is_late() -> None:
    run = Run(
        phase(
            "hold", at("feed", 10.0, wait(120.0), put(a__b=1), dose(1.0), blank()), duration_s=1e6
        )
    )
    run.to(20.0)
    run.crash(1000.0)
    run.to(1100.0)
    assert run.outcomes("set") == [(1000.0, "late", "late by 14 min")]
    assert [(o, r) for _, o, r in run.outcomes("dose")] == [("skipped", "late by 14 min")]
    assert [(o, r) for _, o, r in run.outcomes("blank")] == [("late", "late by 14 min")]


def test_a_wait_counts_from_its_own_beginning() -> None:
    run = Run(phase("hold", at("feed", 10.0, wait(100.0), wait(100.0)), duration_s=1e6))
    run.now_s = 15.0
    run.look()
    run.to(300.0)
    assert [time for time, _, _ in run.outcomes("wait")] == [115.0, 215.0]


def test_a_step_with_a_name_carries_it_in_its_detail() -> None:
    run = do(dose(1.0, name="boost"), put(stirring__target=800))
    run.to(10.0)
    assert [e.data["detail"] for e in run.of(Kind.ACTION_ENDED)] == [
        "boost: 1 mL of feed",
        "stirring.target 800",
    ]


@pytest.mark.parametrize("op", ["alert", "log", "note"])
def test_messages_are_written_under_their_action(op: str) -> None:
    run = do(say(op, "hello"))
    entry = run.of(Kind.ALERT if op == "alert" else Kind.NOTE)[0]
    assert entry.data["text"] == "hello"
    assert entry.key == "x1.1:control:first#1:do@0:0"


def test_rule_13_a_set_with_a_forbidden_value_is_refused_whole_and_changes_nothing() -> None:
    jobs = {"temperature": job(target=37.0), "stirring": job(target=500.0)}
    hot = step("set", settings={"temperature.target": const(48.0), "stirring.target": const(800.0)})
    run = Run(
        phase("hold", at("hot", 60.0, hot), duration_s=HOUR_S),
        jobs=jobs,
        limits={"temperature.maximum": 45.0},
    )
    run.to(120.0)
    why = "temperature.target 48 is above the 45 that this profile's limits allow"
    assert run.outcomes("set") == [(60.0, "refused", why)]
    assert run.wanted["temperature"].settings["target"] == 37.0
    assert run.wanted["stirring"].settings["target"] == 500.0
    assert [entry.data["text"] for entry in run.of(Kind.ALERT)] == [f"refused: {why}"]
