"""What starts rules besides a condition: times, events, what lasts (SEMANTICS rules 2 and 12)."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.execution.decide import decide
from orchestrator.execution.triggers import variable
from orchestrator.execution.view import RunView
from orchestrator.model.event import JOB_STATES, Payload
from orchestrator.model.expression import Compare, Const
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import (
    AtStart,
    CronStart,
    EventStart,
    EveryStart,
    Late,
    RulePlan,
    WhenStart,
)
from orchestrator.model.text import Text
from tests.support.plans import (
    DAY_S,
    HOUR_S,
    Run,
    above,
    phase,
    put,
    rule,
    say,
    step,
    wait,
    when,
)

CRY = say("alert", "x")
BUTTON = EventStart(event="button", name="go")
TELL = step("alert", text=Text((variable("kind"), " ", variable("name"), " ", variable("value"))))


def hold(*rules: RulePlan, **fields: Any) -> Run:
    return Run(phase("hold", duration_s=30 * DAY_S), rules=rules, **fields)


def alerts(run: Run) -> list[float]:
    return [entry.process_s for entry in run.of(Kind.ALERT)]


def told(run: Run) -> list[str]:
    return [entry.data["text"] for entry in run.of(Kind.ALERT)]


def skipped(run: Run) -> list[str]:
    return [
        entry.data["reason"]
        for entry in run.of(Kind.ITEM_ENDED)
        if entry.data["outcome"] == "skipped"
    ]


def is_over(bound: float) -> Compare:
    return Compare(variable("value"), ((">", Const(bound)),))


# ---- times


def test_a_rule_starts_at_a_time_of_the_experiment_and_its_key_says_which() -> None:
    run = hold(rule("once", AtStart(at_s=HOUR_S), CRY))
    run.to(DAY_S)
    assert alerts(run) == [HOUR_S]
    assert run.of(Kind.ALERT)[0].key == "x1.1:control:*:once@+3600:0"


def test_times_of_a_rule_go_by_the_experiment_not_by_the_phase() -> None:
    rules = [rule("often", EveryStart(every_s=HOUR_S, count=3), CRY)]
    run = Run(
        phase("first", duration_s=1.5 * HOUR_S), phase("second", duration_s=DAY_S), rules=rules
    )
    run.to(DAY_S)
    assert alerts(run) == [HOUR_S, 2 * HOUR_S, 3 * HOUR_S]


def test_from_until_and_count_hold_for_rules_too() -> None:
    run = hold(rule("often", EveryStart(every_s=100.0, from_s=0.0, until_s=300.0), CRY))
    run.to(1000.0)
    assert alerts(run) == [0.0, 100.0, 200.0]


def test_cron_starts_a_rule_and_nothing_before_the_run_exists() -> None:
    run = hold(rule("daily", CronStart(cron="0 9 * * *", timezone="UTC"), CRY))
    run.to(2 * DAY_S)
    assert alerts(run) == [HOUR_S, HOUR_S + DAY_S]
    assert run.of(Kind.ALERT)[0].key == "x1.1:control:*:daily@2025-01-06T09:00:00Z:0"


def test_cron_waits_for_a_clock_that_is_trusted() -> None:
    run = hold(rule("daily", CronStart(cron="0 9 * * *", timezone="UTC"), CRY), trusted=False)
    run.to(2 * DAY_S)
    assert alerts(run) == []


def test_two_starts_that_fall_on_one_moment_are_one_firing() -> None:
    also = [EveryStart(every_s=2 * HOUR_S)]
    run = hold(rule("often", EveryStart(every_s=HOUR_S, count=2), CRY, also=also, mode="parallel"))
    run.to(4.5 * HOUR_S)
    assert alerts(run) == [HOUR_S, 2 * HOUR_S, 4 * HOUR_S]


def test_a_moment_that_was_missed_is_skipped_and_only_the_newest_may_run_late() -> None:
    run = hold(
        rule("never", EveryStart(every_s=HOUR_S), CRY),
        rule("late", EveryStart(every_s=HOUR_S), CRY, late=Late(within_s=HOUR_S, then="skip")),
    )
    run.crash(3.5 * HOUR_S)
    assert alerts(run) == [3.5 * HOUR_S]
    assert skipped(run) == [
        *["a later one fell due"] * 2,
        "late by 30 min",
        *["a later one fell due"] * 2,
    ]
    ended = [e.data["outcome"] for e in run.of(Kind.ITEM_ENDED) if "late@" in (e.key or "")]
    assert ended[-1] == "late"


def test_what_only_says_what_is_wanted_is_applied_late() -> None:
    run = hold(rule("faster", AtStart(at_s=HOUR_S), put(stirring__target=800)))
    run.crash(5 * HOUR_S)
    assert run.target() == 800


def test_a_person_is_asked_about_a_late_start_if_the_rule_says_so() -> None:
    run = hold(rule("late", AtStart(at_s=HOUR_S), CRY, late=Late(within_s=60.0, then="ask")))
    run.crash(5 * HOUR_S)
    assert alerts(run) == []
    run.answer("run")
    assert len(alerts(run)) == 1


def test_a_pause_holds_the_experiments_clock_and_skips_cron() -> None:
    run = hold(
        rule("once", AtStart(at_s=HOUR_S), CRY),
        rule("daily", CronStart(cron="0 9 * * *", timezone="UTC"), say("alert", "cron")),
    )
    run.to(600.0)
    run.control("paused")
    run.to(2 * HOUR_S)
    run.control("running")
    run.to(3 * HOUR_S)
    assert alerts(run) == [2 * HOUR_S + HOUR_S - 600.0]
    assert skipped(run) == ["paused"]


# ---- level


def test_a_condition_fires_again_while_it_stays_true_if_it_is_to() -> None:
    start = WhenStart(when=when(above("od600", 1.0)), again_s=100.0)
    run = hold(rule("dense", start, CRY))
    run.keep_seeing(250.0, od600=1.5)
    run.keep_seeing(400.0, od600=0.5)
    assert alerts(run) == [0.0, 100.0, 200.0]


def test_again_counts_from_the_last_firing_over_restarts() -> None:
    start = WhenStart(when=when(above("od600", 1.0)), again_s=100.0)
    run = hold(rule("dense", start, CRY))
    run.keep_seeing(50.0, od600=1.5)
    run.crash(60.0)
    run.keep_seeing(150.0, od600=1.5)
    assert alerts(run) == [0.0, 100.0]


def test_two_conditions_of_a_rule_have_their_own_edges() -> None:
    also = [WhenStart(when=when(above("volume", 16.0)))]
    run = hold(rule("odd", when(above("od600", 1.0)), CRY, also=also))
    run.see(od600=1.5, volume=15.0)
    run.see(od600=1.5, volume=17.0)
    run.see(od600=1.5, volume=15.0)
    assert len(alerts(run)) == 2


# ---- events


def test_phases_that_are_entered_and_left_start_rules() -> None:
    run = Run(
        phase("first", duration_s=100.0),
        phase("second", duration_s=100.0),
        rules=[
            rule("in", EventStart(event="phase_entered", name="second"), TELL),
            rule("out", EventStart(event="phase_left", name="first"), TELL),
        ],
    )
    run.to(150.0)
    assert alerts(run) == [100.0, 100.0]
    assert sorted(told(run)) == ["phase_entered second second", "phase_left first first"]


def test_a_job_that_fails_starts_a_rule_and_the_same_state_again_is_nothing_new() -> None:
    run = hold(rule("broken", EventStart(event="job", name="dosing", state="failed"), TELL))
    run.note(Kind.JOB, job="dosing", state="ready", reason="")
    run.note(Kind.JOB, job="dosing", state="lost", reason="stuck")
    run.note(Kind.JOB, job="dosing", state="lost", reason="stuck")
    run.note(Kind.JOB, job="stirring", state="lost", reason="other")
    assert told(run) == ["job dosing stuck"]


def test_each_state_that_a_ledger_knows_has_a_word_in_profiles() -> None:
    assert set(JOB_STATES.values()) == {"running", "paused", "stopped", "failed"}


def test_a_device_that_fails_and_works_again() -> None:
    run = hold(
        rule("bad", EventStart(event="device", name="thermometer", state="fault"), TELL),
        rule("good", EventStart(event="device", name="thermometer", state="ok"), CRY),
    )
    run.note(Kind.DEVICE, device="thermometer", state="ok", reason="")
    run.note(Kind.DEVICE, device="thermometer", state="fault", reason="silent")
    run.note(Kind.DEVICE, device="thermometer", state="ok", reason="")
    assert told(run) == ["device thermometer silent", "x"]


def test_power_that_returns_starts_a_rule_with_how_long_it_was_away() -> None:
    run = hold(rule("back", EventStart(event="power_returned"), CRY, if_=is_over(60.0)))
    run.to(100.0)
    run.tick()
    run.crash(120.0)
    run.crash(1000.0)
    assert alerts(run) == [1000.0]


@pytest.mark.parametrize(
    ("start", "heard"),
    [
        (EventStart(event="dose", state="done"), ["feed"]),
        (EventStart(event="dose", state="done", name="feed"), ["feed"]),
        (EventStart(event="dose", state="done", name="waste"), ["waste"]),
        (EventStart(event="dose", state="failed"), ["inhibitor"]),
        (EventStart(event="dose"), ["feed", "inhibitor"]),
    ],
)
def test_a_dose_starts_a_rule_by_how_it_ended(start: EventStart, heard: list[str]) -> None:
    run = hold(rule("dosed", start, TELL))
    for medium, outcome in (("feed", "done"), ("waste", "done"), ("inhibitor", "failed")):
        run.note(
            Kind.DOSE_ENDED,
            f"x1.1:control:*:dosing@{medium}/in",
            medium=medium,
            outcome=outcome,
            volume_ml=1.5,
        )
    assert told(run) == [f"dose {medium} 1.5" for medium in heard]


def test_an_answer_starts_a_rule_by_the_name_of_its_question() -> None:
    run = Run(
        phase("hold", duration_s=DAY_S, do=(say("ask", "Clear?", name="clear"), say("ask", "Ok?"))),
        rules=[rule("said", EventStart(event="answer", name="clear"), TELL)],
    )
    run.answer("yes")
    run.answer("yes")
    assert told(run) == ["answer clear yes"]


def test_a_button_starts_a_rule_each_time_and_each_press_once() -> None:
    run = hold(rule("pressed", BUTTON, TELL))
    assert run.happen("button", "go")
    assert not run.happen("button", "go"), "the same press"
    assert run.happen("button", "go", id_="e2")
    assert run.happen("button", "stop", id_="e3")
    assert told(run) == ["button go ada"] * 2
    assert run.of(Kind.ALERT)[1].key == "x1.1:control:*:pressed@2:0"


def test_a_message_is_read_as_the_start_says() -> None:
    number = Payload(type="number", path="probe.ph")
    run = hold(
        rule("ph", EventStart(event="topic", name="lab/ph", payload=number), CRY, if_=is_over(7.0)),
        rule(
            "open", EventStart(event="webhook", name="door", payload=Payload(equals="open")), TELL
        ),
    )
    run.happen("topic", "lab/ph", '{"probe": {"ph": 7.4}}', "a")
    run.happen("topic", "lab/ph", '{"probe": {"ph": 6.4}}', "b")
    run.happen("topic", "lab/ph", "rubbish", "c")
    run.happen("webhook", "door", "shut", "d")
    run.happen("webhook", "door", "open", "e")
    assert told(run) == ["x", "webhook door open"]
    assert skipped(run) == ["its condition is false"]


def test_modes_hold_for_every_start() -> None:
    single = hold(rule("pressed", BUTTON, wait(100.0), CRY))
    queued = hold(rule("pressed", BUTTON, wait(100.0), CRY, mode="queued"))
    for run in (single, queued):
        for number in range(3):
            run.happen("button", "go", id_=f"e{number}")
        run.to(1000.0)
    assert alerts(single) == [100.0]
    assert skipped(single) == ["the one before still runs"] * 2
    assert alerts(queued) == [100.0, 200.0, 300.0]


def test_what_happens_during_a_pause_starts_only_what_goes_on_then() -> None:
    run = hold(
        rule("rests", BUTTON, say("alert", "rests")),
        rule("acts", BUTTON, say("alert", "acts"), while_paused=True),
    )
    run.control("paused")
    run.happen("button", "go")
    run.control("running")
    run.to(100.0)
    assert told(run) == ["acts"]
    assert skipped(run) == ["paused"]


def test_what_started_a_rule_is_put_into_its_steps_and_stays() -> None:
    run = hold(rule("pressed", BUTTON, wait(100.0), TELL, mode="parallel"))
    run.happen("button", "go", id_="e1")
    run.crash(50.0)
    run.to(200.0)
    assert told(run) == ["button go ada"]


def test_two_starts_that_hear_of_one_event_fire_once() -> None:
    run = hold(rule("any", BUTTON, CRY, also=[EventStart(event="button", name="go")]))
    run.happen("button", "go")
    assert len(alerts(run)) == 1


# ---- what lasts


def test_for_needs_a_phase_to_last() -> None:
    start = EventStart(event="phase_entered", name="second", for_s=60.0)
    long = [phase("first", duration_s=100.0), phase("second", duration_s=100.0)]
    short = [phase("first", duration_s=100.0), phase("second", duration_s=50.0), phase("third")]
    for phases, heard in ((long, [160.0]), (short, [])):
        run = Run(*phases, phase("end", duration_s=DAY_S), rules=[rule("in", start, CRY)])
        run.to(1000.0)
        assert alerts(run) == heard


def test_for_needs_a_job_to_stay_as_it_is() -> None:
    start = EventStart(event="job", name="dosing", state="failed", for_s=60.0)
    run = hold(rule("broken", start, CRY))
    run.note(Kind.JOB, job="dosing", state="lost", reason="")
    run.to(30.0)
    run.note(Kind.JOB, job="dosing", state="ready", reason="")
    run.to(200.0)
    run.note(Kind.JOB, job="dosing", state="lost", reason="")
    run.to(220.0)
    run.crash(230.0)
    run.to(1000.0)
    assert alerts(run) == [260.0]


def test_for_starts_again_after_a_pause() -> None:
    start = EventStart(event="device", name="thermometer", state="fault", for_s=60.0)
    run = hold(rule("bad", start, CRY))
    run.note(Kind.DEVICE, device="thermometer", state="fault", reason="")
    run.to(30.0)
    run.control("paused")
    run.to(500.0)
    run.control("running")
    run.to(1000.0)
    assert alerts(run) == [560.0]


# ---- exactly once


def test_an_event_is_taken_up_once_wherever_the_worker_stops() -> None:
    """Cut the ledger after each of its entries, and go on from there."""
    rules = [
        rule("pressed", BUTTON, wait(10.0), CRY, mode="queued"),
        rule("timed", AtStart(at_s=50.0), CRY),
        rule("in", EventStart(event="phase_entered", name="hold"), CRY),
    ]
    whole = hold(*rules)
    for number in range(3):
        whole.to(20.0 * number + 5.0)
        whole.happen("button", "go", id_=f"e{number}")
    whole.to(200.0)
    for length in range(1, len(whole.ledger)):
        begun = _go_on(whole, whole.ledger[:length])
        events = [entry.data["event"] for entry in begun if "event" in entry.data]
        told_of = {entry.data["id"] for entry in whole.ledger[:length] if entry.kind is Kind.EVENT}
        assert sorted(events) == sorted({"phase_entered:hold#1", *told_of}), length
        assert sum(":*:timed@" in (entry.key or "") for entry in begun) == 1, length


def _go_on(run: Run, ledger: list[Entry]) -> list[Entry]:
    """What was begun in a ledger that is continued for a while, on time."""
    view, begun = RunView.fold(run.program, ledger), [*ledger]
    moments = [ledger[-1].process_s, 25.0, 50.0, 75.0, 100.0, 150.0]
    for at_s in sorted(each for each in moments if each >= ledger[-1].process_s):
        run.now_s = at_s
        begun += decide(run.program, view, {}, run.moment).entries
    return [entry for entry in begun if entry.kind is Kind.ITEM_BEGAN]
