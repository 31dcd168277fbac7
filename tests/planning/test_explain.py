"""A run's ledger in sentences: why a rule fired, and why it did not (SEMANTICS rules 5 and 12)."""

from __future__ import annotations

from typing import Any

from orchestrator.execution import steer
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import EveryStart, RulePlan
from orchestrator.planning.explain.story import story
from orchestrator.planning.explain.told import Told, moment
from orchestrator.planning.explain.why import signals_for, verdicts
from tests.support.plans import (
    DAY_S,
    HOUR_S,
    Run,
    above,
    at,
    phase,
    put,
    rule,
    say,
    step,
    wait,
    when,
)

OVERGROWN = rule("overgrown", when(above("od600", 1.6), 600.0), say("alert", "dense"))


def hold(*rules: RulePlan) -> Run:
    return Run(phase("hold", duration_s=30 * DAY_S), rules=rules)


def told(run: Run) -> list[Told]:
    return story(run.program.slice, run.ledger)


def why(run: Run, at_s: float, **measured: Any) -> str:
    (verdict,) = verdicts(run.program.slice, run.ledger, at_s, measured)
    return verdict.text


def test_rule_12_true_for_too_short_a_time_says_how_long_of_how_long() -> None:
    run = hold(OVERGROWN)
    run.keep_seeing(HOUR_S, od600=1.2)
    run.keep_seeing(HOUR_S + 360.0, od600=1.71)
    run.keep_seeing(HOUR_S + 400.0, od600=1.2)
    assert why(run, HOUR_S + 240.0, od600=1.71) == (
        "overgrown did not fire at 1 h 4 min: od600 was 1.71, so od600 > 1.6 was true, "
        "but only for 4 min of the 10 min it has to hold; at 1 h 6 min it was over"
    )
    (broken,) = [each for each in told(run) if "of the 10 min" in each.text]
    assert "(rule overgrown) became false after 6 min of the 10 min it has to hold" in broken.text
    assert broken.negative
    assert broken.saw == {"od600": 1.2}


def test_rule_12_a_firing_is_told_with_what_it_saw_when_it_fired() -> None:
    run = hold(OVERGROWN)
    run.keep_seeing(300.0, od600=1.7)
    run.keep_seeing(700.0, od600=1.9)
    assert (
        why(run, 610.0) == "overgrown fired at 10 min since od600 > 1.6 for 10 min (od600 was 1.9)"
    )
    (fired,) = [each for each in told(run) if each.text.startswith("rule overgrown fired")]
    assert fired.saw == {"od600": 1.9}
    assert not fired.negative
    assert why(run, 690.0).endswith(
        "it had fired at 10 min already, and does so anew only after od600 > 1.6 was false"
    )


def test_rule_12_false_and_unknown_say_since_when_and_how_old() -> None:
    run = hold(OVERGROWN)
    assert why(run, 0.0) == (
        "overgrown did not fire at 0 s: od600 > 1.6 was unknown from the beginning: "
        "od600 had no value yet"
    )
    run.see(od600=1.2, max_age_s=30.0)
    run.to(100.0)
    assert why(run, 20.0, od600=1.2).endswith("od600 was 1.2, so od600 > 1.6 was false since 0 s")
    assert why(run, 90.0).endswith("od600 > 1.6 was unknown since 30 s: od600, stale, 30 s old")


def test_rule_12_a_false_if_is_told_with_its_words_and_values() -> None:
    checked = rule("full", when(above("od600", 1.0)), say("alert", "x"), if_=above("volume", 10.0))
    run = hold(checked)
    run.keep_seeing(100.0, od600=1.5, volume=5.0)
    ended = run.of(Kind.ITEM_ENDED)[0]
    assert ended.data["saw"] == {"od600": 1.5, "volume": 5.0}
    (line,) = [each for each in told(run) if each.rule == "full" and "fire" in each.text]
    assert line.text == (
        "rule full did not fire, since od600 > 1: if volume > 10 was false "
        "(od600 was 1.5, volume was 5)"
    )
    assert line.negative
    assert "at 0 s if volume > 10 was false" in why(run, 90.0, od600=1.5)


def test_rule_14_a_mode_that_keeps_a_rule_from_firing_is_told() -> None:
    run = hold(rule("slow", when(above("od600", 1.0)), wait(HOUR_S)))
    run.see(od600=1.5, max_age_s=DAY_S)
    run.see(od600=0.5, max_age_s=DAY_S)
    run.see(od600=1.5, max_age_s=DAY_S)
    assert [each.text for each in told(run) if each.negative] == [
        "rule slow did not fire, since od600 > 1: the one before still runs (od600 was 1.5)"
    ]


def test_rule_8_a_paused_vessel_asks_no_rule() -> None:
    run = hold(OVERGROWN)
    run.to(60.0)
    run.ledger += steer.control(run.view, "paused", 1, "ada", run.moment)
    run.keep_seeing(HOUR_S, od600=1.9)
    assert why(run, HOUR_S, od600=1.9).endswith("the vessel was paused since 1 min (paused by ada)")


def test_a_rule_of_a_phase_lives_there_only() -> None:
    inner = rule("inner", when(above("od600", 1.0)), say("alert", "x"))
    run = Run(phase("first", duration_s=60.0), phase("hold", rules=(inner,), duration_s=DAY_S))
    run.to(200.0)
    assert signals_for(run.program.slice, "hold/inner") == ("od600",)
    assert why(run, 30.0).endswith("it lives in hold, and the vessel was in first")


def test_rule_5_skips_refusals_and_lateness_are_told_and_ticks_are_not() -> None:
    unsure = step("set", settings=put(stirring__target=800).settings, if_=above("od600", 1.0))
    run = Run(phase("hold", at("fast", 60.0, unsure, say("log", "x")), duration_s=HOUR_S))
    run.see(od600=0.5, max_age_s=DAY_S)
    run.to(120.0)
    run.ledger += steer.tick(run.view, run.moment)
    lines = told(run)
    (skipped,) = [each for each in lines if each.kind == "action_ended" and each.negative]
    assert "skipped: its condition is false (od600 was 0.5)" in skipped.text
    assert "tick" not in {each.kind for each in lines}
    assert [each.process_s for each in lines] == sorted(each.process_s for each in lines)


def test_overrides_are_told_with_their_owner() -> None:
    run = hold()
    run.ledger += steer.override(run.view, "stirring.target", 300.0, "ada", 60.0, run.moment)
    run.to(100.0)
    texts = [each.text for each in told(run)]
    assert "stirring.target set to 300 by hand by ada until 1 min" in texts
    assert "stirring.target no longer set by hand: its time is over" in texts


def test_moments_leave_out_nothing_but_zeros() -> None:
    assert [moment(each) for each in (0.0, 45.0, 5520.0, 93784.0)] == [
        "0 s",
        "45 s",
        "1 h 32 min",
        "1 d 2 h 3 min 4 s",
    ]


def test_an_entry_that_makes_no_sense_is_told_and_hides_nothing_else() -> None:
    run = hold()
    odd = Entry(kind=Kind.PHASE_ENTERED, process_s=5.0, wall_s=None, data={})
    lines = story(
        run.program.slice, [*run.ledger, odd, Entry(kind=Kind.RESUMED, process_s=6.0, wall_s=None)]
    )
    assert "makes no sense" in lines[-2].text
    assert lines[-1].text == "resumed"


def test_rule_12_a_rule_that_time_starts_says_when_it_last_did() -> None:
    start = EveryStart(every_s=600.0)
    run = hold(rule("often", start, say("log", "x"), if_=above("od600", 1.0)))
    run.keep_seeing(700.0, od600=0.5)
    assert why(run, 300.0, od600=0.5) == (
        "often did not fire at 5 min: nothing started it then; it starts every 10 min"
    )
    skipped = "at 10 min if od600 > 1 was false (od600 was 0.5)"
    assert why(run, 610.0, od600=0.5) == f"often did not fire at 10 min 10 s: {skipped}"
    run.keep_seeing(1300.0, od600=1.5)
    assert why(run, 1250.0, od600=1.5).endswith(
        "nothing started it then; it last fired at 20 min; it starts every 10 min"
    )
