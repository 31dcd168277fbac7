"""SEMANTICS rules 1 to 3: a run that is cut off anywhere goes on and repeats no dose."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.execution import steer
from orchestrator.execution.view import RunView
from orchestrator.model.ledger import Entry, Kind
from orchestrator.model.plan import Late
from tests.support.plans import (
    HOUR_S,
    Run,
    above,
    at,
    blank,
    choice,
    dilute,
    dose,
    every,
    phase,
    program_of,
    put,
    ramp,
    repeat,
    rule,
    sample,
    say,
    step,
    wait,
    wait_until,
    when,
)

IRREVERSIBLE = {"dose", "dilute", "circulate", "sample"}


def test_a_dose_that_was_cut_off_is_unknown_and_not_repeated() -> None:
    run = Run(phase("hold", do=(dose(1.0), put(a__b=1)), duration_s=HOUR_S))
    run.to(2.0)
    run.crash(60.0)
    assert run.outcomes("dose") == [(60.0, "unknown", steer.CUT_SHORT)]
    assert len(run.performs) == 1
    assert len(run.outcomes("set")) == 1


def test_a_blank_that_was_cut_off_is_begun_again() -> None:
    run = Run(phase("hold", do=(blank(), put(a__b=1)), duration_s=HOUR_S))
    run.to(2.0)
    run.crash(60.0)
    assert [str(p.key) for p in run.performs] == [str(run.performs[0].key)] * 2
    assert [e.data.get("again", False) for e in run.of(Kind.ACTION_BEGAN)] == [False, True]
    run.to(100.0)
    assert run.outcomes("blank") == [(65.0, "late", "late by 60 s")]


def test_a_repeatable_action_is_begun_again_after_each_crash() -> None:
    run = Run(phase("hold", do=(blank(),), duration_s=HOUR_S))
    run.crash(10.0)
    run.crash(20.0)
    assert len(run.performs) == 3


def test_a_repeatable_action_of_a_cancelled_procedure_is_not_begun_again() -> None:
    run = Run(phase("hold", do=(blank(),), duration_s=10.0), phase("next", duration_s=HOUR_S))
    run._ends.clear()
    run.performing_s = None
    run.to(20.0)
    run.crash(30.0)
    assert [outcome for _, outcome, _ in run.outcomes("blank")] == ["skipped"]
    assert len(run.performs) == 1


def test_the_interruption_is_on_record() -> None:
    run = Run(phase("hold", duration_s=HOUR_S))
    run.to(90.0)
    run.tick()
    run.crash(600.0)
    assert [(e.process_s, e.data) for e in run.of(Kind.RECOVERED)] == [(600.0, {"since_s": 90.0})]


def test_a_wait_goes_on_and_is_over_by_the_clock() -> None:
    run = Run(phase("hold", do=(wait(100.0), put(a__b=1)), duration_s=HOUR_S))
    run.to(50.0)
    run.crash(80.0)
    run.to(200.0)
    assert [time for time, _, _ in run.outcomes("wait")] == [100.0]


def test_a_recorded_branch_is_taken_again_whatever_the_signals_say() -> None:
    run = Run(
        phase(
            "hold",
            do=(
                wait(10.0),
                choice(
                    "if",
                    (above("od600", 1.0), [wait(100.0), say("log", "dense")]),
                    otherwise=(say("log", "thin"),),
                ),
            ),
            duration_s=HOUR_S,
        )
    )
    run.see(od600=2.0, max_age_s=1e9)
    run.to(50.0)
    run.crash(60.0)
    run.see(od600=0.1, max_age_s=1e9)
    run.to(200.0)
    assert [e.data["text"] for e in run.of(Kind.NOTE)] == ["dense"]


def test_a_repeat_goes_on_in_its_iteration() -> None:
    run = Run(phase("hold", do=(repeat(5, put(a__b=1), wait(100.0)),), duration_s=HOUR_S))
    run.to(250.0)
    run.crash(270.0)
    run.to(600.0)
    assert [time for time, _, _ in run.outcomes("set")] == [0.0, 100.0, 200.0, 300.0, 400.0]
    assert [time for time, _, _ in run.outcomes("repeat")] == [500.0]


def test_hands_of_the_shell_in_the_ledger_are_left_alone() -> None:
    run = Run(phase("hold", duration_s=HOUR_S))
    key = "x1.1:control:*:hand@c-17:0"
    by_hand = {"action": "dose", "detail": "", "args": {}, "nominal_s": 0.0}
    for kind, extra in ((Kind.ACTION_BEGAN, {}), (Kind.ACTION_ENDED, {"outcome": "done"})):
        entry = Entry(kind=kind, process_s=1.0, wall_s=None, key=key, data=by_hand | extra)
        run.view.apply(entry)
        run.ledger.append(entry)
    run.crash(10.0)
    assert not run.view.actions


def everything() -> Run:
    """A plan that uses every kind of step, item and rule."""
    asking = Late(within_s=60.0, then="ask")
    return Run(
        phase("first", do=(blank(), say("ask", "Ready?", timeout_s=300.0), dose(1.0))),
        phase(
            "hold",
            ramp("stirring.target", 600, 500.0, 500),
            every(
                "aerate", 200.0, put(stirring__target=800), wait(20.0), put(stirring__target=500)
            ),
            every("feed", 150.0, dilute(1.0), late=Late(within_s=100.0, then="skip")),
            at("tube", 100.0, sample(timeout_s=200.0), dose(0.5)),
            at("asked", 250.0, dose(2.0), late=asking),
            at(
                "deep",
                300.0,
                repeat(3, dose(0.1), wait(10.0)),
                choice("if", (above("od600", 1.0), [dose(0.2)]), otherwise=(dose(0.3), blank())),
                choice("parallel", (None, [dilute(0.1), wait(5.0)]), (None, [dose(0.4)])),
            ),
            duration_s=700.0,
        ),
        phase("last", do=(wait_until(above("od600", 1.0), timeout_s=50.0), say("finish", "over"))),
        rules=[
            rule("dense", when(above("od600", 1.0), 20.0), dose(0.7), wait(30.0), mode="restart"),
            rule("line", when(above("od600", 1.0)), wait(40.0), dilute(0.3), mode="queued"),
            rule("stop", when(above("od600", 3.0)), step("pause")),
        ],
    )


def live(run: Run, until_s: float) -> None:
    """Let a culture come and go and people answer now and then."""
    while run.now_s < until_s and not run.view.ended:
        number = int(run.now_s / 10.0)
        run.see(od600=4.0 if number % 50 == 49 else 0.5 + (number % 13) * 0.1)
        if number % 7 == 3 and run.view.questions:
            run.answer("run")
        if number % 5 == 0 and run.view.state.value == "paused":
            run.control("running")
        if number % 3 == 0:
            run.tick()
        run.to(run.now_s + 10.0)
    if run.view.ended:
        run.to(run.now_s + 10.0)  # what outlasts the run


def check_ledger(run: Run) -> None:
    """What must hold of every ledger of a run that is over."""
    began = Counter(e.key for e in run.of(Kind.ACTION_BEGAN) if not e.data.get("again"))
    ended = Counter(e.key for e in run.of(Kind.ACTION_ENDED))
    assert not [key for key, number in began.items() if number != 1]
    assert not [key for key, number in ended.items() if number != 1]
    assert not set(began) - set(ended)
    opened = Counter(e.key for e in run.of(Kind.ITEM_BEGAN))
    closed = Counter(e.key for e in run.of(Kind.ITEM_ENDED))
    assert not [key for key, number in (opened + closed).items() if number > 2]
    assert not set(opened) - set(closed)
    handed = Counter(str(p.key) for p in run.performs if not p.repeatable)
    assert not [key for key, number in handed.items() if number != 1]
    questions = Counter(e.key for e in run.of(Kind.QUESTION))
    assert not [key for key, number in questions.items() if number != 1]
    accounts = Counter(e.key for e in run.of(Kind.ACCOUNT))
    assert not [key for key, number in accounts.items() if number != 1]


def test_the_plan_of_everything_runs_to_its_end() -> None:
    run = everything()
    live(run, 5000.0)
    assert run.view.state.value == "completed"
    check_ledger(run)
    actions = {e.data["action"] for e in run.of(Kind.ACTION_ENDED)}
    assert actions >= {
        "dose",
        "dilute",
        "sample",
        "blank",
        "ask",
        "repeat",
        "if",
        "parallel",
        "ramp",
    }


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 900)), min_size=1, max_size=4))
def test_cut_off_anywhere_nothing_irreversible_is_repeated_and_all_has_one_outcome(
    cuts: list[tuple[int, int]],
) -> None:
    """Even between two entries of one decision, which a journal would write together."""
    run = everything()
    for entries, silence_s in cuts:
        length = len(run.ledger) + entries
        while len(run.ledger) < length and run.now_s < 5000.0 and not run.view.ended:
            live(run, run.now_s + 10.0)
        kept = max(1, min(length, len(run.ledger)))
        lost = run.ledger[kept:]
        del run.ledger[kept:]
        forget_performs(run, lost)
        run.crash(run.now_s + silence_s)
    live(run, 12_000.0)
    assert run.view.ended
    check_ledger(run)


def forget_performs(run: Run, lost: list[Entry]) -> None:
    """An intent that never became durable was never carried out."""
    keys = {e.key for e in lost if e.kind is Kind.ACTION_BEGAN}
    run.performs = [p for p in run.performs if str(p.key) not in keys]


def test_the_fold_of_a_ledger_is_the_view_that_wrote_it() -> None:
    run = everything()
    live(run, 450.0)
    again = RunView.fold(run.program, run.ledger)
    for name in ("state", "phase", "visit", "items", "clocks", "questions", "conditions", "rules"):
        assert getattr(again, name) == getattr(run.view, name), name
    assert again.procedures == run.view.procedures
    assert again.actions == run.view.actions
    assert again.layers._stacks == run.view.layers._stacks


def test_a_ledger_read_back_from_json_folds_alike() -> None:
    import json
    from dataclasses import replace

    run = everything()
    live(run, 450.0)
    stored = [
        replace(e, data=json.loads(json.dumps(dict(e.data), allow_nan=False))) for e in run.ledger
    ]
    again = RunView.fold(run.program, stored)
    assert again.procedures == run.view.procedures
    assert again.layers._stacks == run.view.layers._stacks
    assert again.conditions == run.view.conditions


def test_a_plan_without_phases_of_its_own_name_is_left_with_a_reason() -> None:
    run = Run(program=program_of(phase("first", do=(step("go_to", phase="nowhere"),))))
    assert run.view.state.value == "failed"
    assert run.view.reason == "there is no phase nowhere"
