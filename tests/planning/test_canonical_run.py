"""The example of DESIGN.md, compiled and carried through fourteen days."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from orchestrator.execution.decide import decide
from orchestrator.execution.program import Program
from orchestrator.model.expression import Compare, Const
from orchestrator.model.expression import Signal as Leaf
from orchestrator.model.ledger import Kind
from orchestrator.model.signal import Sample
from tests.support.plan_files import plan_file
from tests.support.plans import DAY_S, HOUR_S, Run, phase, rule, say, when

TICK_S = 5.0


@pytest.fixture(scope="module")
def warmed(canonical_profile: Path) -> Run:
    """Two weeks of the vessel that is warmed, in ticks of five seconds."""
    plan = plan_file(canonical_profile)
    run = Run(program=Program(plan.vessels[1], "rehearsal", "rehearsal"))
    run.to(600.0)
    run.answer()
    number = 0
    while not run.view.ended and run.now_s < 14 * DAY_S:
        number += 1
        od600 = 0.05 + run.now_s / 43_200.0 if run.view.phase == "batch" else 0.75
        run.signals["od600"] = Sample(od600 + (number % 11) * 0.01, run.now_s, 30.0)
        if run.view.questions and run.now_s % HOUR_S < TICK_S:
            run.answer(f"tube {number}")
        run.to(run.now_s + TICK_S)
    return run


def test_it_goes_through_its_phases(warmed: Run) -> None:
    names = [name for _, name in warmed.phases()]
    assert names == ["inoculate", "batch", "hold"]
    assert warmed.view.state.value == "completed"
    entered = {name: at for at, name in warmed.phases()}
    assert warmed.of(Kind.RUN_ENDED)[0].process_s == entered["hold"] + 10 * DAY_S


def test_the_ramp_arrives(warmed: Run) -> None:
    assert [outcome for _, outcome, _ in warmed.outcomes("ramp")] == ["done"]
    began = next(e for e in warmed.of(Kind.ACTION_BEGAN) if e.data["action"] == "ramp")
    assert (began.data["args"]["from"], began.data["args"]["to"]) == (30.0, 42.0)


def test_it_aerates_every_four_hours_and_samples_every_day(warmed: Run) -> None:
    assert len(warmed.outcomes("set")) == 2 * 59
    assert {outcome for _, outcome, _ in warmed.outcomes("set")} == {"done"}
    assert len(warmed.outcomes("sample")) == 10


def test_every_action_has_one_outcome(warmed: Run) -> None:
    keys = [entry.key for entry in warmed.of(Kind.ACTION_ENDED)]
    assert len(keys) == len(set(keys))
    assert {entry.key for entry in warmed.of(Kind.ACTION_BEGAN)} <= set(keys)


def test_the_turbidostat_runs_during_hold_only(canonical_profile: Path) -> None:
    run = Run(program=Program(plan_file(canonical_profile).vessels[0], "x1.1", "x1"))
    assert "dosing" not in run.wanted
    run.to(600.0)
    run.answer()
    run.keep_seeing(800.0, od600=0.9)
    assert run.view.phase == "hold"
    assert run.wanted["dosing"].automation == "turbidostat"
    assert run.wanted["dosing"].settings == {"exchange": 1.0, "target_od600": 0.8}


def test_a_look_in_which_nothing_happens_costs_microseconds() -> None:
    """Ten rules, a new sample each time. The bound is loose, since the machine is shared."""
    rules = [
        rule(f"rule {n}", when(Compare(Leaf("od600"), ((">", Const(2.0 + n)),))), say("alert", "x"))
        for n in range(10)
    ]
    run = Run(phase("hold", duration_s=30 * DAY_S), rules=rules)
    samples = [Sample(0.5 + n * 1e-6, 0.0, 1e9) for n in range(1000)]
    run.signals["od600"] = samples[0]
    run.look()
    best_s = 1.0
    for _ in range(5):
        began_s = time.perf_counter()
        for sample in samples:
            run.signals["od600"] = sample
            decide(run.program, run.view, run.signals, run.moment)
        best_s = min(best_s, (time.perf_counter() - began_s) / len(samples))
    assert best_s < 50e-6
