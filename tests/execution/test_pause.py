"""SEMANTICS rule 8: pause holds the vessel."""

from __future__ import annotations

from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind
from tests.support.plans import (
    DAY_S,
    HOUR_S,
    Run,
    above,
    at,
    cron,
    every,
    phase,
    put,
    ramp,
    rule,
    sample,
    say,
    skip_after,
    step,
    wait,
    when,
)


def test_while_paused_elapsed_and_phase_clocks_stand() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    run.to(100.0)
    run.control("paused")
    run.to(500.0)
    assert run.view.elapsed_s(500.0) == 100.0
    assert run.view.phase_s(500.0) == 100.0
    run.control("running")
    run.to(600.0)
    assert run.view.elapsed_s(600.0) == 200.0


def test_waits_and_schedules_move_by_the_length_of_the_pause() -> None:
    run = Run(
        phase("hold", every("again", 100.0, put(a__b=1)), do=(wait(150.0),), duration_s=400.0)
    )
    run.to(120.0)
    run.control("paused")
    run.to(1120.0)
    run.control("running")
    run.to(3000.0)
    assert [time for time, _, _ in run.outcomes("wait")] == [1150.0]
    assert [time for time, _, _ in run.outcomes("set")] == [100.0, 1200.0, 1300.0]
    assert run.of(Kind.RUN_ENDED)[0].process_s == 1400.0


def test_nothing_is_asked_to_look_again_while_all_stands() -> None:
    run = Run(phase("hold", every("again", 100.0, put(a__b=1)), duration_s=DAY_S))
    run.control("paused")
    assert run.look_again_s == float("inf")


def test_a_ramp_stands_and_goes_on_where_it_stood() -> None:
    run = Run(phase("hold", ramp("stirring.target", 600, 1000.0, 500), duration_s=DAY_S))
    run.to(500.0)
    run.control("paused")
    run.to(5000.0)
    assert run.target() == 550.0
    run.control("running")
    run.to(5250.0)
    assert run.target() == 575.0


def test_jobs_are_told_that_the_vessel_is_paused() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    assert not run.wanted["stirring"].paused
    run.control("paused")
    assert run.wanted["stirring"].paused
    assert run.wanted["stirring"].settings == {"target": 500.0}
    run.control("running")
    assert not run.wanted["stirring"].paused


def test_for_timers_reset() -> None:
    run = Run(
        phase("hold", duration_s=DAY_S),
        rules=[rule("dense", when(above("od600", 1.0), 100.0), say("alert", "dense"))],
    )
    run.keep_seeing(80.0, od600=2.0)
    run.control("paused")
    run.keep_seeing(200.0, od600=2.0)
    run.control("running")
    run.keep_seeing(290.0, od600=2.0)
    assert run.of(Kind.ALERT) == []
    run.keep_seeing(310.0, od600=2.0)
    assert [e.process_s for e in run.of(Kind.ALERT)] == [300.0]


def test_a_rule_that_paused_does_not_fire_again_at_resume() -> None:
    run = Run(
        phase("hold", duration_s=DAY_S),
        rules=[rule("dense", when(above("od600", 1.0)), say("alert", "dense"), step("pause"))],
    )
    run.see(od600=2.0)
    assert run.view.state is State.PAUSED
    assert run.view.reason == "paused by dense"
    run.control("running")
    run.keep_seeing(60.0, od600=2.0)
    assert run.view.state is State.RUNNING
    run.keep_seeing(70.0, od600=0.5)
    run.keep_seeing(80.0, od600=2.0)
    assert run.view.state is State.PAUSED


def test_rules_with_while_paused_go_on_and_others_stand() -> None:
    hot = when(above("temperature.measured", 40.0))
    run = Run(
        phase("hold", duration_s=DAY_S),
        rules=[
            rule("hot", hot, say("alert", "hot"), step("resume"), while_paused=True),
            rule("also", hot, say("alert", "also")),
        ],
    )
    run.control("paused")
    run.to(100.0)
    run.see(temperature__measured=41.0)
    assert [e.data["text"] for e in run.of(Kind.ALERT)] == ["hot", "also"]
    assert [e.kind for e in run.of(Kind.RESUMED, Kind.ALERT)] == [
        Kind.ALERT,
        Kind.RESUMED,
        Kind.ALERT,
    ]


def test_a_procedure_stands_after_its_own_pause_and_goes_on_after_resume() -> None:
    run = Run(
        phase("hold", at("stop", 10.0, step("pause"), put(stirring__target=800)), duration_s=DAY_S)
    )
    run.to(100.0)
    assert run.outcomes("set") == []
    run.control("running")
    assert [time for time, _, _ in run.outcomes("set")] == [100.0]


def test_pausing_all_vessels_is_announced() -> None:
    run = Run(phase("hold", at("stop", 10.0, step("pause", all_vessels=True)), duration_s=DAY_S))
    run.to(20.0)
    assert [each.what for each in run.announces] == ["pause"]
    assert run.view.state is State.PAUSED


def test_cron_occurrences_are_skipped_as_paused() -> None:
    run = Run(phase("hold", cron("daily", "0 9 * * *", sample()), duration_s=30 * DAY_S))
    run.control("paused")
    run.to(2 * HOUR_S)
    assert run.outcomes("sample") == []
    run.control("running")
    assert run.outcomes("sample") == [(2 * HOUR_S, "skipped", "paused")]


def test_a_cron_occurrence_runs_at_resume_while_its_late_window_is_open() -> None:
    daily = cron("daily", "0 9 * * *", sample(), late=skip_after(2 * HOUR_S))
    run = Run(phase("hold", daily, duration_s=30 * DAY_S))
    run.control("paused")
    run.to(2.5 * HOUR_S)
    run.control("running")
    assert len(run.view.questions) == 1
    run.answer("tube 7")
    assert run.outcomes("sample") == [(2.5 * HOUR_S, "late", "late by 1 h 30 min")]


def test_a_pause_survives_a_restart() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    run.to(100.0)
    run.control("paused")
    run.crash(1000.0)
    assert run.view.state is State.PAUSED
    assert run.view.elapsed_s(1000.0) == 100.0


def test_pausing_a_paused_vessel_changes_nothing() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    run.control("paused")
    run.control("paused")
    assert len(run.of(Kind.PAUSED)) == 1


def test_a_paused_run_can_be_cancelled() -> None:
    run = Run(phase("hold", do=(wait(100.0),), duration_s=DAY_S))
    run.control("paused")
    run.to(10.0)
    run.control("cancelled")
    assert run.view.state is State.CANCELLED
    assert run.outcomes("wait") == [(10.0, "skipped", "cancelled by ada")]
