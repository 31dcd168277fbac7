"""SEMANTICS rule 12: when rules fire, and when they do not."""

from __future__ import annotations

from orchestrator.model.expression import Compare, Const
from orchestrator.model.expression import Signal as Leaf
from orchestrator.model.ledger import Kind
from orchestrator.model.plan import RulePlan
from tests.support.plans import (
    DAY_S,
    HOUR_S,
    Run,
    above,
    both,
    phase,
    put,
    rule,
    say,
    wait,
    when,
)

DENSE = above("od600", 1.0)


def hold(*rules: RulePlan) -> Run:
    return Run(phase("hold", duration_s=30 * DAY_S), rules=rules)


def alerts(run: Run) -> list[float]:
    return [entry.process_s for entry in run.of(Kind.ALERT)]


def edges(run: Run) -> list[tuple[float, str]]:
    return [(entry.process_s, entry.data["value"]) for entry in run.of(Kind.CONDITION)]


def firings(run: Run) -> list[tuple[str, str]]:
    return [
        (entry.data["outcome"], entry.data["reason"])
        for entry in run.of(Kind.ITEM_ENDED)
        if ":*:" in (entry.key or "")
    ]


def test_a_rule_fires_when_its_condition_becomes_true() -> None:
    run = hold(rule("dense", when(DENSE), say("alert", "dense")))
    run.keep_seeing(20.0, od600=0.5)
    run.keep_seeing(40.0, od600=1.5)
    assert alerts(run) == [20.0]
    assert run.of(Kind.ALERT)[0].key == "x1.1:control:*:dense@1:0"
    run.keep_seeing(60.0, od600=0.5)
    run.keep_seeing(80.0, od600=1.5)
    assert alerts(run) == [20.0, 60.0]
    assert run.of(Kind.ALERT)[1].key == "x1.1:control:*:dense@2:0"


def test_a_rule_starts_unknown_and_unknown_to_true_is_an_edge() -> None:
    run = hold(rule("dense", when(DENSE), say("alert", "dense")))
    run.to(50.0)
    assert edges(run) == []
    run.see(od600=1.5)
    assert alerts(run) == [50.0]


def test_unknown_to_true_is_no_edge_if_the_last_known_value_was_true() -> None:
    run = hold(rule("dense", when(DENSE), say("alert", "dense")))
    run.see(od600=1.5)
    run.to(100.0)
    run.see(od600=1.5)
    assert [value for _, value in edges(run)] == ["true", "unknown", "true"]
    assert alerts(run) == [0.0]


def test_a_signal_older_than_its_age_makes_it_unknown_and_that_is_traced() -> None:
    run = hold(rule("dense", when(DENSE), say("alert", "dense")))
    run.see(od600=0.5, max_age_s=30.0)
    run.to(100.0)
    at_s, value = edges(run)[-1]
    assert (round(at_s, 2), value) == (30.0, "unknown")
    assert run.of(Kind.CONDITION)[-1].data["reason"].startswith("od600, stale, 30 s old")


def test_edges_are_traced_once_with_what_they_saw() -> None:
    run = hold(rule("dense", when(DENSE), say("alert", "dense")))
    run.keep_seeing(50.0, od600=0.5)
    run.keep_seeing(100.0, od600=1.5)
    assert edges(run) == [(0.0, "false"), (50.0, "true")]
    assert run.of(Kind.CONDITION)[1].data["saw"] == {"od600": 1.5}


def test_for_needs_the_condition_without_a_break() -> None:
    run = hold(rule("dense", when(DENSE, 60.0), say("alert", "dense")))
    run.keep_seeing(50.0, od600=1.5)
    run.keep_seeing(60.0, od600=0.5)
    run.keep_seeing(200.0, od600=1.5)
    assert alerts(run) == [120.0]


def test_for_is_broken_by_unknown() -> None:
    run = hold(rule("dense", when(DENSE, 60.0), say("alert", "dense")))
    run.see(od600=1.5, max_age_s=30.0)
    run.to(50.0)
    run.keep_seeing(130.0, od600=1.5)
    assert [round(each, 2) for each in alerts(run)] == [110.0]


def test_if_is_evaluated_when_for_has_passed() -> None:
    run = hold(rule("dense", when(DENSE, 60.0), say("alert", "x"), if_=above("volume", 10.0)))
    run.keep_seeing(50.0, od600=1.5, volume=5.0)
    run.keep_seeing(100.0, od600=1.5, volume=15.0)
    assert alerts(run) == [60.0]


def test_a_false_if_is_traced_and_rearms_only_after_false() -> None:
    run = hold(rule("dense", when(DENSE), say("alert", "x"), if_=above("volume", 10.0)))
    run.keep_seeing(50.0, od600=1.5, volume=5.0)
    run.keep_seeing(100.0, od600=1.5, volume=15.0)
    assert alerts(run) == []
    assert firings(run) == [("skipped", "its condition is false")]
    run.keep_seeing(150.0, od600=0.5, volume=15.0)
    run.keep_seeing(200.0, od600=1.5, volume=15.0)
    assert alerts(run) == [150.0]


def test_an_unknown_if_does_not_fire_and_says_why() -> None:
    run = hold(rule("dense", when(DENSE), say("alert", "x"), if_=above("volume", 10.0)))
    run.see(od600=1.5)
    assert firings(run) == [("skipped", "unknown: volume, no value yet")]


def test_kleene_logic_decides_where_one_side_suffices() -> None:
    run = hold(rule("dense", when(both(DENSE, above("volume", 10.0))), say("alert", "x")))
    run.see(od600=0.5)
    assert edges(run) == [(0.0, "false")]
    run.see(od600=1.5)
    assert edges(run)[-1] == (0.0, "unknown")


def test_phase_is_a_signal() -> None:
    in_second = Compare(Leaf("phase"), (("==", Const("second")),))
    run = Run(
        phase("first", duration_s=100.0),
        phase("second", duration_s=100.0),
        rules=[rule("moved", when(in_second), say("alert", "x"))],
    )
    run.to(150.0)
    assert alerts(run) == [100.0]


def test_clocks_fire_at_their_threshold() -> None:
    run = hold(
        rule("hour", when(above("elapsed", HOUR_S)), say("alert", "x")),
        rule("odd", when(Compare(Leaf("phase_time"), ((">=", Const(10.0)),))), say("alert", "y")),
    )
    run.to(2 * HOUR_S)
    assert [round(each, 1) for each in alerts(run)] == [10.0, HOUR_S]
    assert run.looks < 20


def test_settings_are_signals() -> None:
    fast = above("stirring.target", 600.0)
    run = hold(rule("fast", when(fast), say("alert", "x")))
    run.override("stirring.target", 700.0)
    assert alerts(run) == [0.0]


def test_another_vessels_signal_may_stand_in_a_rule() -> None:
    other = Compare(Leaf("od600", "warmed"), ((">", Const(1.0)),))
    run = hold(rule("peer", when(other), say("alert", "x")))
    run.see(**{"vessels.warmed.od600": 1.5})
    assert alerts(run) == [0.0]


def test_single_does_not_fire_again_while_it_runs() -> None:
    run = hold(rule("dense", when(DENSE), wait(100.0), say("alert", "x")))
    run.see(od600=1.5)
    run.keep_seeing(20.0, od600=0.5)
    run.keep_seeing(200.0, od600=1.5)
    assert alerts(run) == [100.0]
    assert firings(run) == [("skipped", "the one before still runs"), ("done", "")]


def test_restart_begins_anew() -> None:
    run = hold(rule("dense", when(DENSE), wait(100.0), say("alert", "x"), mode="restart"))
    run.see(od600=1.5)
    run.keep_seeing(20.0, od600=0.5)
    run.keep_seeing(200.0, od600=1.5)
    assert alerts(run) == [120.0]
    assert firings(run) == [("skipped", "restarted"), ("done", "")]


def flicker(run: Run, times: int) -> None:
    for _ in range(times):
        run.see(od600=1.5, max_age_s=1e9)
        run.see(od600=0.5, max_age_s=1e9)


def test_queued_waits_its_turn() -> None:
    run = hold(rule("dense", when(DENSE), wait(100.0), say("alert", "x"), mode="queued", max=3))
    flicker(run, 5)
    run.to(1000.0)
    assert alerts(run) == [100.0, 200.0, 300.0]
    assert firings(run)[:2] == [("skipped", "3 run or wait already")] * 2


def test_parallel_runs_side_by_side_up_to_its_max() -> None:
    run = hold(rule("dense", when(DENSE), wait(100.0), say("alert", "x"), mode="parallel", max=2))
    flicker(run, 3)
    run.to(1000.0)
    assert alerts(run) == [100.0, 100.0]
    assert firings(run)[0] == ("skipped", "2 run or wait already")


def test_a_queue_survives_a_restart() -> None:
    run = hold(rule("dense", when(DENSE), wait(100.0), put(a__b=1), mode="queued"))
    flicker(run, 2)
    run.to(50.0)
    run.crash(60.0)
    run.to(500.0)
    assert [time for time, _, _ in run.outcomes("set")] == [100.0, 200.0]


def test_for_survives_an_outage_shorter_than_the_signals_age() -> None:
    run = hold(rule("dense", when(DENSE, 60.0), say("alert", "x")))
    run.keep_seeing(40.0, od600=1.5)
    run.tick()
    run.crash(45.0)
    run.to(50.0)
    run.keep_seeing(70.0, od600=1.5)
    assert alerts(run) == [60.0]


def test_for_starts_again_after_a_longer_outage() -> None:
    run = hold(rule("dense", when(DENSE, 60.0), say("alert", "x")))
    run.keep_seeing(40.0, od600=1.5)
    run.tick()
    run.crash(100.0)
    run.keep_seeing(200.0, od600=1.5)
    assert alerts(run) == [160.0]


def test_after_a_short_outage_for_does_not_end_on_silence() -> None:
    run = hold(rule("dense", when(DENSE, 60.0), say("alert", "x")))
    run.see(od600=1.5)
    run.crash(20.0)
    run.to(200.0)
    assert alerts(run) == []
    assert edges(run)[-1] == (30.0, "unknown")


def test_a_fired_rule_does_not_fire_again_after_a_restart() -> None:
    run = hold(rule("dense", when(DENSE), say("alert", "x")))
    run.keep_seeing(40.0, od600=1.5)
    run.crash(100.0)
    run.keep_seeing(150.0, od600=1.5)
    assert alerts(run) == [0.0]


def test_a_settled_firing_leaves_the_rule_armed_after_false() -> None:
    run = hold(rule("dense", when(DENSE), wait(100.0), say("alert", "x")))
    run.see(od600=1.5)
    run.keep_seeing(150.0, od600=0.5)
    run.keep_seeing(300.0, od600=1.5)
    assert alerts(run) == [100.0, 250.0]


def test_texts_are_filled_in_with_what_was_seen() -> None:
    from orchestrator.model.plan import StepPlan
    from orchestrator.model.text import Text
    from tests.support.plans import HERE

    text = Text(("at ", Leaf("od600"), " in ", Leaf("vessel")))
    step = StepPlan(op="alert", source=HERE, text=text, severity="critical")
    run = hold(rule("dense", when(DENSE), step))
    run.see(od600=1.5)
    entry = run.of(Kind.ALERT)[0]
    assert (entry.data["text"], entry.data["severity"], entry.data["source"]) == (
        "at 1.5 in control",
        "critical",
        "dense",
    )
