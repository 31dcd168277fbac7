"""Another revision of a plan that runs (SEMANTICS rule 18)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.execution.program import Program
from orchestrator.execution.revise import RevisionRefused, revise, try_out
from orchestrator.execution.view import RunView
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import PhasePlan
from tests.support.plans import (
    HOUR_S,
    Run,
    above,
    ask_for,
    at,
    dose,
    every,
    job,
    phase,
    put,
    ramp,
    rule,
    say,
    slice_of,
    wait,
    when,
)

REVISED = "revision 2"


def second(*phases: PhasePlan, revision: int = 2, **fields: Any) -> Program:
    slice_ = slice_of(*phases, **fields)
    return Program(slice_, "x1.1", "x1", revision, plan_hash=f"hash{revision}")


def change(
    run: Run, *phases: PhasePlan, move_to: str = "", jumps: bool = True, **fields: Any
) -> None:
    """Let it go on by another revision, and look."""
    program = second(*phases, revision=run.program.revision + 1, **fields)
    entries = revise(
        run.view, program, run.signals, run.moment, move_to=move_to, accept_jumps=jumps
    )
    run.program = program
    run.take(entries)


def logged(run: Run) -> list[tuple[float, str]]:
    return [(e.process_s, e.data["text"]) for e in run.of(Kind.NOTE)]


def test_an_unchanged_item_keeps_its_rhythm_and_its_counter() -> None:
    beat = every("beat", 100.0, say("log", "beat"))
    run = Run(phase("hold", beat, duration_s=HOUR_S))
    run.to(250.0)
    change(run, phase("hold", beat, at("new", 300.0, say("log", "new")), duration_s=HOUR_S))
    run.to(450.0)
    assert logged(run) == [
        (100.0, "beat"),
        (200.0, "beat"),
        (300.0, "beat"),
        (300.0, "new"),
        (400.0, "beat"),
    ]


def test_a_changed_item_goes_on_by_its_new_moments_and_makes_up_for_none() -> None:
    run = Run(phase("hold", every("beat", 100.0, say("log", "old")), duration_s=HOUR_S))
    run.to(250.0)
    change(run, phase("hold", every("beat", 30.0, say("log", "new")), duration_s=HOUR_S))
    run.to(301.0)
    assert logged(run) == [(100.0, "old"), (200.0, "old"), (270.0, "new"), (300.0, "new")]
    assert not [e for e in run.of(Kind.ITEM_ENDED) if e.data["outcome"] == "skipped"]


def test_a_running_procedure_of_an_unchanged_item_finishes() -> None:
    steps = (put(stirring__target=800), wait(100.0), put(stirring__target=600))
    run = Run(phase("hold", at("spin", 10.0, *steps), duration_s=HOUR_S))
    run.to(50.0)
    other = at("other", 500.0, say("log", "x"))
    change(run, phase("hold", at("spin", 10.0, *steps), other, duration_s=HOUR_S))
    assert run.target() == 800
    run.to(120.0)
    assert run.target() == 600
    assert {outcome for _, outcome, _ in run.outcomes("set")} == {"done"}


def test_a_procedure_whose_item_changed_ends_and_its_sets_are_withdrawn() -> None:
    steps = (put(stirring__target=800), wait(100.0), put(stirring__target=600))
    run = Run(phase("hold", at("spin", 10.0, *steps), duration_s=HOUR_S), jobs=STIRRING)
    run.to(50.0)
    changed = at("spin", 10.0, *steps, say("log", "spun"))
    change(run, phase("hold", changed, duration_s=HOUR_S), jobs=STIRRING)
    assert run.target() == 500
    assert run.outcomes("wait") == [(50.0, "skipped", REVISED)]
    assert run.outcomes("set")[1:] == [(50.0, "skipped", REVISED)]
    run.to(500.0)
    assert logged(run) == []


def test_a_dose_under_way_is_finished_and_the_rest_is_skipped() -> None:
    run = Run(phase("hold", at("feed", 10.0, dose(1.0), dose(2.0)), duration_s=HOUR_S))
    run.to(12.0)
    change(run, phase("hold", duration_s=HOUR_S))
    assert run.cancels == []
    run.to(60.0)
    assert run.outcomes("dose") == [(15.0, "done", ""), (15.0, "skipped", REVISED)]
    assert len(run.performs) == 1


def test_a_question_of_an_item_that_went_is_not_asked_any_more() -> None:
    run = Run(phase("hold", at("q", 10.0, ask_for("Ready?")), duration_s=HOUR_S))
    run.to(12.0)
    assert run.view.questions
    change(run, phase("hold", duration_s=HOUR_S))
    assert not run.view.questions
    assert run.outcomes("ask") == [(12.0, "skipped", REVISED)]


STIRRING = {"stirring": job(target=500.0)}
FASTER = {"stirring": job(target=600.0)}


def test_a_changed_ramp_is_recomputed_from_its_original_start() -> None:
    run = Run(
        phase(
            "hold", ramp("stirring.target", 1000.0, 1000.0, 100.0, item="warm"), duration_s=HOUR_S
        )
    )
    run.to(500.0)
    assert run.target() == pytest.approx(550.0, abs=2)
    steeper = ramp("stirring.target", 1000.0, 600.0, 100.0, item="warm")
    change(run, phase("hold", steeper, duration_s=HOUR_S))
    assert run.target() == pytest.approx(100 + 900 * 500 / 600, abs=2)
    run.to(700.0)
    assert run.target() == 1000
    assert run.outcomes("ramp") == [(600.0, "done", "")]


def test_a_ramp_that_went_gives_its_setting_back() -> None:
    warm = ramp("stirring.target", 1000.0, 1000.0, 100.0, item="warm")
    run = Run(phase("hold", warm, duration_s=HOUR_S), jobs=STIRRING)
    run.to(500.0)
    change(run, phase("hold", duration_s=HOUR_S), jobs=STIRRING)
    assert run.target() == 500
    assert run.outcomes("ramp") == [(500.0, "skipped", REVISED)]


@pytest.mark.parametrize(
    ("old", "new", "target"),
    [
        (at("a", 100.0, put(stirring__target=800)), at("a", 100.0, put(stirring__target=700)), 700),
        (at("a", 100.0, put(stirring__target=800)), at("a", 900.0, put(stirring__target=800)), 500),
        (at("a", 900.0, put(stirring__target=800)), at("a", 50.0, put(stirring__target=800)), 800),
        (every("a", 200.0, put(stirring__target=8)), every("a", 300.0, put(stirring__target=9)), 9),
        (at("a", 100.0, put(stirring__target=800)), at("b", 900.0, put(stirring__target=800)), 500),
    ],
)
def test_a_state_entry_says_from_now_on_what_the_new_revision_says(
    old: Any, new: Any, target: float
) -> None:
    """SEMANTICS rule 1: it is recomputed, whenever its moment was."""
    run = Run(phase("hold", old, duration_s=HOUR_S), jobs=STIRRING)
    run.to(500.0)
    change(run, phase("hold", new, duration_s=HOUR_S), jobs=STIRRING)
    assert run.target() == target


def test_a_jump_needs_to_be_accepted() -> None:
    run = Run(phase("hold", duration_s=HOUR_S), jobs=STIRRING)
    run.to(10.0)
    with pytest.raises(RevisionRefused, match=r"stirring.target from 500 to 600.*--accept-jumps"):
        change(run, phase("hold", duration_s=HOUR_S), jobs=FASTER, jumps=False)
    assert run.target() == 500
    assert run.of(Kind.REVISED) == []
    change(run, phase("hold", duration_s=HOUR_S), jobs=FASTER)
    assert run.target() == 600


def test_a_hand_that_holds_a_setting_keeps_it_from_jumping() -> None:
    """SEMANTICS rule 11: an override lasts until something starts on the setting."""
    run = Run(phase("hold", duration_s=HOUR_S), jobs=STIRRING)
    run.override("stirring.target", 300.0)
    change(run, phase("hold", duration_s=HOUR_S), jobs=FASTER, jumps=False)
    assert run.target() == 300


def test_removing_the_current_phase_needs_to_be_told_where_to_go() -> None:
    run = Run(phase("grow", do=(wait(HOUR_S),)), phase("rest", duration_s=HOUR_S))
    run.to(100.0)
    rest = phase("rest", duration_s=HOUR_S)
    with pytest.raises(RevisionRefused, match="is in grow, which revision 2 does not have"):
        change(run, rest)
    with pytest.raises(RevisionRefused, match="--move-to with one of rest"):
        change(run, rest, move_to="nowhere")
    change(run, rest, move_to="rest")
    assert run.phases() == [(0.0, "grow"), (100.0, "rest")]
    assert run.of(Kind.PHASE_LEFT)[0].data["reason"] == REVISED
    assert [(outcome, why) for _, outcome, why in run.outcomes("wait")] == [
        ("skipped", "phase grow ended")
    ]


def test_a_rule_keeps_its_for_and_its_counter_while_its_steps_change() -> None:
    dense = when(above("od600", 1.0), for_s=60.0)
    run = Run(phase("hold", duration_s=HOUR_S), rules=(rule("dense", dense, say("log", "old")),))
    run.keep_seeing(40.0, od600=2.0)
    change(run, phase("hold", duration_s=HOUR_S), rules=(rule("dense", dense, say("log", "new")),))
    run.keep_seeing(65.0, od600=2.0)
    assert logged(run) == [(60.0, "new")]
    change(run, phase("hold", duration_s=HOUR_S), rules=())
    change(run, phase("hold", duration_s=HOUR_S), rules=(rule("dense", dense, say("log", "old")),))
    run.keep_seeing(200.0, od600=2.0)
    keys = [e.key for e in run.of(Kind.ITEM_BEGAN)]
    assert len(keys) == len(set(keys)) == 2, "a counter is never used again"


def test_a_rule_with_another_condition_starts_unknown() -> None:
    run = Run(
        phase("hold", duration_s=HOUR_S),
        rules=(rule("dense", when(above("od600", 1.0), for_s=60.0), say("log", "old")),),
    )
    run.keep_seeing(40.0, od600=2.0)
    other = when(above("od600", 1.5), for_s=60.0)
    change(run, phase("hold", duration_s=HOUR_S), rules=(rule("dense", other, say("log", "new")),))
    run.keep_seeing(120.0, od600=2.0)
    assert logged(run) == [(100.0, "new")]


def test_a_new_duration_counts_from_where_the_phase_began() -> None:
    run = Run(phase("grow", duration_s=1000.0), phase("rest", duration_s=HOUR_S))
    run.to(500.0)
    change(run, phase("grow", duration_s=700.0), phase("rest", duration_s=HOUR_S))
    run.to(800.0)
    assert run.phases() == [(0.0, "grow"), (700.0, "rest")]


def test_volume_and_bottles_stay_as_they_are_counted() -> None:
    run = Run(phase("hold", duration_s=HOUR_S))
    larger = replace(slice_of(phase("hold", duration_s=HOUR_S)), volume_ml=30.0)
    with pytest.raises(RevisionRefused, match="the volume of control cannot be another"):
        try_out(run.view, Program(larger, "x1.1", "x1", 2), {}, run.moment)


def test_an_older_revision_is_not_taken() -> None:
    run = Run(phase("hold", duration_s=HOUR_S))
    change(run, phase("hold", duration_s=HOUR_S))
    with pytest.raises(RevisionRefused, match="runs revision 2 already"):
        try_out(run.view, second(phase("hold")), {}, run.moment)


def test_trying_out_changes_nothing() -> None:
    run = Run(phase("hold", at("q", 10.0, ask_for("Ready?")), duration_s=HOUR_S))
    run.to(12.0)
    try_out(run.view, second(phase("hold", duration_s=HOUR_S)), {}, run.moment)
    assert list(run.view.questions) and run.view.program is run.program
    assert run.answer()


def long_story(cut: int | None = None) -> Run:
    """Procedures, a ramp, a rule and a dose, changed in the middle; cut off after an entry."""
    warm = ramp("stirring.target", 1000.0, 400.0, 100.0, item="warm")
    first = phase(
        "hold",
        warm,
        every("beat", 60.0, say("log", "beat")),
        at("feed", 100.0, dose(1.0), wait(500.0), dose(2.0)),
        at("quiet", 90.0, wait(200.0), say("log", "quiet")),
        duration_s=600.0,
    )
    run = Run(first)
    run.performing_s = 50.0
    run.to(120.0)
    later = phase(
        "hold",
        ramp("stirring.target", 1000.0, 300.0, 100.0, item="warm"),
        every("beat", 50.0, say("log", "new beat")),
        at("quiet", 90.0, wait(200.0), say("log", "quiet")),
        duration_s=500.0,
    )
    change(run, later)
    if cut is not None:
        run.ledger = run.ledger[:cut]
        taken = any(entry.kind is Kind.REVISED for entry in run.ledger)
        original = Program(slice_of(first), "x1.1", "x1")
        newer = run.program
        run.view = RunView.fold(original, run.ledger, [newer])
        assert (run.view.program is newer) is taken
        run.program = run.view.program
        run.look()
        if not taken:
            change(run, later)
    run.to(1000.0)
    return run


def story_of(run: Run) -> list[tuple[Any, ...]]:
    return sorted(
        (e.key or "", e.data.get("action", ""), e.data["outcome"], e.data["reason"])
        for e in run.of(Kind.ACTION_ENDED, Kind.ITEM_ENDED)
    )


def test_a_ledger_that_is_cut_around_a_revision_leads_to_the_same_end() -> None:
    whole = long_story()
    count = next(n for n, e in enumerate(whole.ledger) if e.kind is Kind.REVISED)
    assert {e.data["text"] for e in whole.of(Kind.NOTE)} == {"beat", "new beat", "quiet"}
    until = next(n for n, e in enumerate(whole.ledger) if e.process_s > 120.0)
    for cut in range(count, until + 1):
        again = long_story(cut)
        assert story_of(again) == story_of(whole), f"cut after {cut} of {len(whole.ledger)}"
    assert whole.outcomes("dose")[0][1] == Outcome.DONE.value
