"""SEMANTICS rules 1, 5 and 7: what falls due, and what becomes of it when it could not begin."""

from __future__ import annotations

from orchestrator.model.ledger import Kind
from orchestrator.model.plan import Late
from tests.support.plans import (
    DAY_S,
    HOUR_S,
    START_WALL_S,
    Run,
    at,
    blank,
    cron,
    dose,
    every,
    phase,
    put,
    ramp,
    sample,
    skip_after,
    step,
    wait,
)


def hold(*items: object, **fields: object) -> Run:
    return Run(phase("hold", *items, duration_s=30 * DAY_S), **fields)  # type: ignore[arg-type]


def keys(run: Run, action: str) -> list[str]:
    return [e.key or "" for e in run.of(Kind.ACTION_ENDED) if e.data["action"] == action]


def test_every_first_fires_after_one_interval() -> None:
    run = hold(every("again", 4 * HOUR_S, put(stirring__target=800)))
    run.to(13 * HOUR_S)
    assert [time / HOUR_S for time, _, _ in run.outcomes("set")] == [4.0, 8.0, 12.0]
    assert keys(run, "set")[0] == "x1.1:control:hold#1:again@14400:0"


def test_every_from_zero_fires_at_once_and_until_is_not_part_of_it() -> None:
    run = hold(every("again", 60.0, put(a__b=1), from_s=0.0, until_s=180.0))
    run.to(1000.0)
    assert [time for time, _, _ in run.outcomes("set")] == [0.0, 60.0, 120.0]


def test_every_stops_after_its_count() -> None:
    run = hold(every("again", 60.0, put(a__b=1), count=2))
    run.to(1000.0)
    assert [time for time, _, _ in run.outcomes("set")] == [60.0, 120.0]


def test_an_occurrence_is_not_lost_to_rounding() -> None:
    run = hold(every("again", 0.1, put(a__b=1), count=1000))
    run.to(200.0)
    assert len(run.outcomes("set")) == 1000


def test_rule_7_cron_falls_due_on_the_wall_while_its_phase_is_active() -> None:
    run = hold(cron("daily", "0 9 * * *", put(a__b=1)))
    run.to(2 * DAY_S)
    assert [time / HOUR_S for time, _, _ in run.outcomes("set")] == [1.0, 25.0]
    assert keys(run, "set")[0] == "x1.1:control:hold#1:daily@2025-01-06T09:00:00Z:0"


def test_rule_7_occurrences_before_the_phase_was_entered_do_not_exist() -> None:
    run = Run(
        phase("first", duration_s=2 * HOUR_S),
        phase("hold", cron("daily", "0 9 * * *", put(a__b=1)), duration_s=DAY_S),
    )
    run.to(3 * HOUR_S)
    assert run.outcomes("set") == []
    run.to(26 * HOUR_S)
    assert len(run.outcomes("set")) == 1


def test_an_occurrence_at_the_moment_of_entering_does_exist() -> None:
    run = Run(
        phase("first", duration_s=HOUR_S),
        phase("hold", cron("daily", "0 9 * * *", put(a__b=1)), duration_s=DAY_S),
    )
    run.to(2 * HOUR_S)
    assert [time for time, _, _ in run.outcomes("set")] == [HOUR_S]


def test_nothing_on_the_wall_clock_fires_while_it_is_not_trusted() -> None:
    run = hold(cron("daily", "0 9 * * *", sample(), late=skip_after(2 * HOUR_S)), trusted=False)
    run.to(2 * HOUR_S)
    assert run.of(Kind.ITEM_BEGAN) == []
    run.wall_s = START_WALL_S
    run.look()
    assert [e.data["late_s"] for e in run.of(Kind.ITEM_BEGAN)] == [HOUR_S]
    assert run.of(Kind.ACTION_BEGAN)[0].data["nominal_s"] == HOUR_S, "when it was due, not begun"


def test_a_wall_clock_that_is_put_back_repeats_nothing() -> None:
    run = hold(cron("daily", "0 9 * * *", put(a__b=1)))
    run.to(1.5 * HOUR_S)
    run.wall_s = START_WALL_S - HOUR_S
    run.look()
    run.to(4 * HOUR_S)
    assert len(run.outcomes("set")) == 1


def test_rule_1_after_an_outage_only_the_newest_value_of_a_setting_is_applied() -> None:
    run = hold(
        at("one", 1 * HOUR_S, put(stirring__target=600)),
        at("two", 2 * HOUR_S, put(stirring__target=700)),
        at("other", 1.5 * HOUR_S, put(temperature__target=37.0)),
    )
    run.crash(5 * HOUR_S)
    assert [(o, r) for _, o, r in run.outcomes("set")] == [
        ("skipped", "superseded"),
        ("late", "late by 3 h 30 min"),
        ("late", "late by 3 h"),
    ]
    assert run.target() == 700.0


def test_rule_1_a_state_entry_is_superseded_only_where_all_it_says_is() -> None:
    run = hold(
        at("both", HOUR_S, put(stirring__target=600, temperature__target=37.0)),
        at("one", 2 * HOUR_S, put(stirring__target=700)),
    )
    run.crash(5 * HOUR_S)
    assert [outcome for _, outcome, _ in run.outcomes("set")] == ["late", "late"]
    assert run.target() == 700.0


def test_rule_1_an_older_ramp_is_superseded_by_a_newer_set() -> None:
    run = hold(
        ramp("stirring.target", 900, HOUR_S, 500, at_s=HOUR_S),
        at("later", 3 * HOUR_S, put(stirring__target=600)),
    )
    run.crash(5 * HOUR_S)
    assert run.outcomes("ramp") == [(5 * HOUR_S, "skipped", "superseded")]
    assert run.target() == 600.0


def test_rule_1_a_procedure_not_begun_within_its_grace_is_skipped_whole() -> None:
    run = hold(at("feed", HOUR_S, put(stirring__target=800), dose(1.0), blank()))
    run.crash(HOUR_S + 31.0)
    for action in ("set", "dose", "blank"):
        assert [(o, r) for _, o, r in run.outcomes(action)] == [("skipped", "late by 31 s")]
    assert run.performs == []


def test_rule_1_a_procedure_within_its_grace_is_done() -> None:
    run = hold(at("feed", HOUR_S, dose(1.0)))
    run.crash(HOUR_S + 29.0)
    assert [str(each.key) for each in run.performs] == ["x1.1:control:hold#1:feed@3600:0"]
    run.to(HOUR_S + 60.0)
    assert [(outcome, reason) for _, outcome, reason in run.outcomes("dose")] == [("done", "")]


def test_rule_1_at_most_the_latest_missed_occurrence_runs_late() -> None:
    run = hold(every("feed", HOUR_S, dose(1.0), late=Late(within_s=2 * HOUR_S, then="skip")))
    run.crash(4.5 * HOUR_S)
    run.to(4.9 * HOUR_S)
    assert [(outcome, reason) for _, outcome, reason in run.outcomes("dose")] == [
        ("skipped", "a later one fell due"),
        ("skipped", "a later one fell due"),
        ("skipped", "a later one fell due"),
        ("late", "late by 30 min"),
    ]


def test_late_then_run_runs_however_late() -> None:
    run = hold(at("feed", HOUR_S, dose(1.0), late=Late(within_s=60.0, then="run")))
    run.crash(DAY_S)
    assert len(run.performs) == 1


def test_late_then_skip_skips_beyond_its_window() -> None:
    run = hold(at("feed", HOUR_S, dose(1.0), late=skip_after(600.0)))
    run.crash(HOUR_S + 601.0)
    assert [(o, r) for _, o, r in run.outcomes("dose")] == [("skipped", "late by 10 min")]


def test_late_then_ask_waits_for_a_person_for_days_and_over_restarts() -> None:
    asking = Late(within_s=600.0, then="ask")
    for answer, expected in (("run", "late"), ("skip", "skipped")):
        run = hold(at("feed", HOUR_S, dose(1.0), late=asking))
        run.crash(6 * HOUR_S)
        assert [question.kind for question in run.view.questions.values()] == ["late"]
        run.crash(3 * DAY_S)
        assert run.performs == []
        assert run.answer(answer)
        run.to(3 * DAY_S + 60.0)
        assert [outcome for _, outcome, _ in run.outcomes("dose")] == [expected]
        assert len(run.of(Kind.QUESTION)) == 1


def test_a_single_step_may_ask_for_leave_too() -> None:
    boost = dose(1.0, late=Late(within_s=60.0, then="ask"))
    for answer, expected in (("run", "late"), ("skip", "skipped")):
        run = hold(at("feed", HOUR_S, wait(60.0), boost, blank()))
        run.to(HOUR_S + 10.0)
        run.crash(2 * HOUR_S)
        assert [key.rpartition(":")[2] for key in run.view.questions] == ["1"]
        run.answer(answer)
        run.to(2 * HOUR_S + 60.0)
        assert [outcome for _, outcome, _ in run.outcomes("dose")] == [expected]
        assert [outcome for _, outcome, _ in run.outcomes("blank")] != []


def test_a_missed_do_of_a_phase_is_skipped_unless_it_only_sets() -> None:
    def plan(*steps: object) -> Run:
        return Run(
            phase("first", duration_s=HOUR_S),
            phase("second", do=steps, duration_s=DAY_S),  # type: ignore[arg-type]
        )

    run = plan(put(stirring__target=800), blank())
    run.crash(3 * HOUR_S)
    assert [(o, r) for _, o, r in run.outcomes("blank")] == [("skipped", "late by 2 h")]
    run = plan(put(stirring__target=800))
    run.crash(3 * HOUR_S)
    assert [outcome for _, outcome, _ in run.outcomes("set")] == ["late"]
    assert run.target() == 800.0


def test_phases_that_ended_by_the_clock_during_an_outage_are_passed_through() -> None:
    run = Run(*(phase(name, duration_s=HOUR_S) for name in ("a", "b", "c", "d")))
    run.crash(2.5 * HOUR_S)
    assert run.view.phase == "c"
    assert run.view.phase_s(run.now_s) == 0.5 * HOUR_S


def test_an_item_does_not_begin_while_it_still_runs() -> None:
    run = hold(every("slow", 60.0, wait(100.0), put(a__b=1)))
    run.to(300.0)
    began = [e.process_s for e in run.of(Kind.ITEM_BEGAN)]
    skipped = [
        (e.process_s, e.data["reason"])
        for e in run.of(Kind.ITEM_ENDED)
        if e.data["outcome"] == "skipped"
    ]
    assert began == [60.0, 180.0, 300.0]
    assert skipped == [(120.0, "the one before still runs"), (240.0, "the one before still runs")]


def test_a_long_outage_of_a_frequent_item_is_told_in_portions() -> None:
    run = hold(every("often", 10.0, put(a__b=1)))
    run.crash(2 * HOUR_S)
    assert run.look_again_s == run.now_s
    while run.look_again_s <= run.now_s:
        run.look()
    outcomes = [outcome for _, outcome, _ in run.outcomes("set")]
    assert len(outcomes) == 720
    assert outcomes == ["skipped"] * 716 + ["done"] * 4
    assert len(set(keys(run, "set"))) == 720


def test_two_items_due_at_one_moment_are_both_done_in_their_order() -> None:
    run = hold(
        at("one", 60.0, put(stirring__target=600)), at("two", 60.0, put(stirring__target=700))
    )
    run.to(60.0)
    assert [outcome for _, outcome, _ in run.outcomes("set")] == ["done", "done"]
    assert run.target() == 700.0


def test_each_occurrence_is_taken_up_once_whatever_the_look() -> None:
    run = hold(every("again", 100.0, put(a__b=1)))
    for second in range(1000):
        run.now_s = float(second)
        run.look()
        run.look()
    assert len(set(keys(run, "set"))) == len(keys(run, "set")) == 9


def test_start_and_stop_are_state_entries_too() -> None:
    run = hold(at("off", HOUR_S, step("stop", job="stirring")))
    run.crash(3 * HOUR_S)
    assert run.wanted == {}
    assert [outcome for _, outcome, _ in run.outcomes("stop")] == ["late"]
