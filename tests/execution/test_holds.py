"""SEMANTICS rules 6 and 8: `hold_while` stops the clocks while it is true, and no longer than
`max`."""

from __future__ import annotations

import pytest

from orchestrator.model.ledger import Kind
from orchestrator.model.plan import Timeout
from tests.support.plans import HOUR_S, Run, above, at, hold, phase, put, ramp, wait, when

COLD = hold(above("od600", 1.0), max_s=HOUR_S)
"""The signal stands for anything that is out of tolerance."""
LONG = {"max_age_s": 1e9}


def held(run: Run) -> list[tuple[float, str]]:
    return [(e.process_s, e.kind.value) for e in run.of(Kind.HELD, Kind.FREED)]


def test_rule_8_the_clocks_stand_while_the_condition_is_true() -> None:
    run = Run(phase("soak", hold=COLD, duration_s=100.0))
    run.to(20.0)
    run.see(od600=2.0, **LONG)
    run.to(60.0)
    assert (run.view.phase_s(60.0), run.view.elapsed_s(60.0)) == (20.0, 20.0)
    run.see(od600=0.5, **LONG)
    run.to(500.0)
    assert held(run) == [(20.0, "held"), (60.0, "freed")]
    assert [e.process_s for e in run.of(Kind.PHASE_LEFT)] == [140.0]


def test_rule_8_waits_schedule_and_timeouts_stand_too() -> None:
    run = Run(
        phase(
            "soak",
            at("late one", 50.0, put(a__b=2)),
            do=(wait(30.0), put(a__b=1)),
            hold=COLD,
            until=when(above("od600", 9.0)),
            timeout=Timeout(after_s=100.0, then="next"),
        )
    )
    run.to(10.0)
    run.see(od600=2.0, **LONG)
    run.to(1010.0)
    run.see(od600=0.5, **LONG)
    run.to(3000.0)
    assert [time for time, _, _ in run.outcomes("set")] == [1030.0, 1050.0]
    assert {outcome for _, outcome, _ in run.outcomes("set")} == {"done"}
    assert [e.process_s for e in run.of(Kind.PHASE_LEFT)] == [1100.0]


def test_rule_8_a_ramp_stands_while_the_clock_does() -> None:
    warm = ramp("stirring.target", 200.0, 100.0, from_=100.0)
    run = Run(phase("soak", warm, hold=COLD, duration_s=HOUR_S))
    run.to(50.0)
    run.see(od600=2.0, **LONG)
    run.to(80.0)
    assert run.target() == pytest.approx(150.0, abs=1.5)
    run.see(od600=0.5, **LONG)
    run.to(131.0)
    assert run.target() == 200.0


def test_rule_8_unknown_does_not_hold() -> None:
    run = Run(phase("soak", hold=COLD, duration_s=HOUR_S))
    run.to(10.0)
    run.see(od600=2.0, max_age_s=30.0)
    run.to(100.0)
    assert held(run) == [(10.0, "held"), (pytest.approx(40.0, abs=0.1), "freed")]


def test_rule_8_max_is_the_most_that_one_visit_is_held() -> None:
    run = Run(phase("soak", hold=hold(above("od600", 1.0), max_s=100.0), duration_s=200.0))
    run.see(od600=2.0, **LONG)
    run.to(60.0)
    run.see(od600=0.5, **LONG)
    run.to(80.0)
    run.see(od600=2.0, **LONG)
    run.to(1000.0)
    assert held(run) == [(0.0, "held"), (60.0, "freed"), (80.0, "held"), (120.0, "freed")]
    assert [e.process_s for e in run.of(Kind.PHASE_LEFT)] == [300.0]
    [told] = run.of(Kind.ALERT)
    assert told.data["text"] == (
        "phase soak was held for 100 s, the most that it may be; its clock goes on"
    )


def test_rule_8_each_visit_may_be_held_anew() -> None:
    run = Run(
        phase("soak", hold=hold(above("od600", 1.0), max_s=50.0), duration_s=10.0),
        phase("again", hold=hold(above("od600", 1.0), max_s=50.0), duration_s=10.0),
    )
    run.see(od600=2.0, **LONG)
    run.to(500.0)
    assert run.phases() == [(0.0, "soak"), (60.0, "again")]
    assert [e.process_s for e in run.of(Kind.PHASE_LEFT)] == [60.0, 120.0]


def test_a_hold_waits_for_its_for() -> None:
    run = Run(phase("soak", hold=hold(above("od600", 1.0), 100.0, for_s=30.0), duration_s=HOUR_S))
    run.to(10.0)
    run.see(od600=2.0, **LONG)
    run.to(100.0)
    assert held(run) == [(40.0, "held")]


def test_a_pause_within_a_hold_counts_once_and_the_hold_goes_on_after_it() -> None:
    run = Run(phase("soak", hold=COLD, duration_s=100.0))
    run.to(10.0)
    run.see(od600=2.0, **LONG)
    run.to(20.0)
    run.control("paused")
    run.to(50.0)
    run.control("running")
    run.to(60.0)
    run.see(od600=0.5, **LONG)
    run.to(70.0)
    assert run.view.elapsed_s(70.0) == 20.0
    assert run.view.held_s == 20.0, "the pause is no part of what max bounds"


def test_rule_6_a_hold_outlasts_an_outage_that_is_shorter_than_its_signals_age() -> None:
    run = Run(phase("soak", hold=COLD, duration_s=HOUR_S))
    run.to(10.0)
    run.see(od600=2.0, max_age_s=30.0)
    run.tick()
    run.crash(25.0)
    run.to(28.0)
    run.see(od600=2.0, max_age_s=30.0)
    run.to(40.0)
    assert run.view.elapsed_s(40.0) == 10.0


def test_rule_6_elapsed_time_runs_on_through_a_longer_outage() -> None:
    run = Run(phase("soak", hold=COLD, duration_s=HOUR_S))
    run.to(10.0)
    run.see(od600=2.0, max_age_s=30.0)
    run.to(20.0)
    run.tick()
    run.crash(200.0)
    assert run.view.elapsed_s(200.0) == 190.0, "held for ten seconds, until the last sign of life"


def test_a_hold_ends_with_its_phase() -> None:
    run = Run(
        phase("soak", hold=COLD, until=when(above("od600", 3.0))), phase("next", duration_s=50.0)
    )
    run.see(od600=2.0, **LONG)
    run.to(30.0)
    run.see(od600=4.0, **LONG)
    run.to(200.0)
    assert run.phases() == [(0.0, "soak"), (30.0, "next")]
    assert [e.process_s for e in run.of(Kind.PHASE_LEFT)] == [30.0, 80.0]
