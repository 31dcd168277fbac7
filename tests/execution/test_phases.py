"""SEMANTICS rules 9 and 10: phases, and the end."""

from __future__ import annotations

from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind
from orchestrator.model.plan import Timeout
from tests.support.plans import (
    DAY_S,
    HOUR_S,
    Run,
    above,
    at,
    blank,
    cron,
    every,
    job,
    phase,
    put,
    rule,
    say,
    step,
    wait,
    when,
)


def left(run: Run) -> list[tuple[float, str, str]]:
    return [(e.process_s, e.data["phase"], e.data["reason"]) for e in run.of(Kind.PHASE_LEFT)]


def ended(run: Run) -> list[tuple[float, str, str]]:
    return [(e.process_s, e.data["state"], e.data["reason"]) for e in run.of(Kind.RUN_ENDED)]


def test_a_phase_without_until_and_duration_ends_with_its_work() -> None:
    run = Run(phase("first", do=(wait(60.0),)), phase("second", at("late", 300.0, put(a__b=1))))
    run.to(1000.0)
    assert left(run) == [(60.0, "first", "through"), (360.0, "second", "through")]
    assert ended(run) == [(360.0, "completed", "")]


def test_an_empty_phase_passes_at_once() -> None:
    run = Run(phase("first"), phase("second", duration_s=10.0))
    assert run.phases() == [(0.0, "first"), (0.0, "second")]


def test_a_phase_waits_for_the_procedures_of_its_schedule() -> None:
    run = Run(phase("first", at("slow", 10.0, wait(100.0))))
    run.to(1000.0)
    assert left(run) == [(110.0, "first", "through")]


def test_an_endless_schedule_keeps_its_phase() -> None:
    run = Run(phase("first", every("again", 60.0, put(a__b=1))))
    run.to(10 * HOUR_S)
    assert run.view.phase == "first"


def test_rule_9_duration_with_until_is_whichever_comes_first() -> None:
    phases = (
        phase("first", until=when(above("od600", 1.0)), duration_s=600.0),
        phase("second", duration_s=1.0),
    )
    by_duration = Run(*phases)
    by_duration.to(700.0)
    assert left(by_duration)[0] == (600.0, "first", "duration")
    by_until = Run(*phases)
    by_until.to(100.0)
    by_until.see(od600=1.1)
    assert left(by_until)[0] == (100.0, "first", "until")


def test_what_falls_on_the_end_of_a_phase_does_not_happen() -> None:
    run = Run(phase("first", every("again", 100.0, put(a__b=1)), duration_s=300.0))
    run.to(400.0)
    assert [time for time, _, _ in run.outcomes("set")] == [100.0, 200.0]


def test_rule_9_a_timeout_runs_on_the_phase_clock_per_visit() -> None:
    run = Run(
        phase("first", do=(wait(50.0),)),
        phase(
            "second", until=when(above("od600", 1.0)), timeout=Timeout(after_s=100.0, then="fail")
        ),
    )
    run.to(149.0)
    assert run.view.state is State.RUNNING
    run.to(151.0)
    assert ended(run) == [(150.0, "failed", "phase second took longer than 100 s")]


def test_a_timeout_may_go_on_with_the_next_phase_or_another() -> None:
    for then, expected in (("next", "second"), ("third", "third")):
        run = Run(
            phase(
                "first", until=when(above("od600", 1.0)), timeout=Timeout(after_s=60.0, then=then)
            ),
            phase("second", duration_s=DAY_S),
            phase("third", duration_s=DAY_S),
        )
        run.to(100.0)
        assert run.phases()[-1] == (60.0, expected)


def test_a_timeout_pauses_once_and_the_phase_goes_on_after_resume() -> None:
    run = Run(
        phase("first", until=when(above("od600", 1.0)), timeout=Timeout(after_s=60.0, then="pause"))
    )
    run.to(100.0)
    assert run.view.state is State.PAUSED
    run.control("running")
    run.to(500.0)
    assert run.view.state is State.RUNNING
    assert len(run.of(Kind.PAUSED)) == 1


def test_go_to_leaves_the_phase_and_enters_another_as_a_new_visit() -> None:
    run = Run(
        phase("first", do=(wait(10.0), step("go_to", phase="third"), blank())),
        phase("second", duration_s=50.0),
        phase("third", do=(wait(10.0), step("go_to", phase="second"))),
    )
    run.to(25.0)
    assert run.phases() == [(0.0, "first"), (10.0, "third"), (20.0, "second")]
    assert run.outcomes("blank") == [(10.0, "skipped", "phase first ended")]
    run.to(200.0)
    visits = [e.data["visit"] for e in run.of(Kind.PHASE_ENTERED) if e.data["phase"] == "third"]
    assert visits[:2] == [1, 2]


def test_a_plan_that_goes_in_circles_without_time_passing_fails() -> None:
    run = Run(
        phase("first", do=(step("go_to", phase="second"),)),
        phase("second", do=(step("go_to", phase="first"),)),
    )
    assert run.view.state is State.FAILED
    assert "circles" in run.view.reason


def test_rule_10_fail_and_finish_end_the_vessel_with_their_reason() -> None:
    for op, state in (("fail", State.FAILED), ("finish", State.COMPLETED)):
        run = Run(phase("first", do=(wait(10.0), say(op, "enough"), blank())))
        run.to(20.0)
        assert run.view.state is state
        assert ended(run) == [(10.0, state.value, "enough")]
        assert run.outcomes("blank") == [(10.0, "skipped", "enough")]


def test_rule_10_after_completion_jobs_stop_unless_they_are_to_be_kept() -> None:
    jobs = {"stirring": job(target=500), "temperature": job("thermostat", target=30.0)}
    warmer = at("warmer", 5.0, put(temperature__target=37.0))
    run = Run(phase("first", warmer, duration_s=10.0), jobs=jobs, at_end={"temperature": "keep"})
    run.to(20.0)
    assert set(run.wanted) == {"temperature"}
    assert run.wanted["temperature"].paused
    assert run.target("temperature.target") == 37.0


def test_rule_10_after_failure_jobs_keep_what_they_had_and_doses_stop() -> None:
    run = Run(
        phase(
            "first",
            at("fast", 10.0, put(stirring__target=800)),
            do=(wait(60.0), say("fail", "no")),
            jobs={"dosing": job("turbidostat", exchange=1.0)},
        ),
        at_end={"dosing": "stop"},
    )
    run.to(100.0)
    assert set(run.wanted) == {"stirring"}
    assert run.target() == 800.0
    assert run.wanted["stirring"].paused


def test_the_end_of_a_run_closes_what_is_open() -> None:
    run = Run(
        phase("first", duration_s=100.0),
        rules=[rule("slow", when(above("od600", 1.0)), wait(1000.0), blank())],
    )
    run.see(od600=2.0)
    run.to(200.0)
    assert run.outcomes("wait") == [(100.0, "skipped", "the run ended")]
    assert run.outcomes("blank") == [(100.0, "skipped", "the run ended")]
    assert not run.view.procedures


def test_a_phase_begins_by_right_where_the_one_before_ended_by_duration() -> None:
    run = Run(phase("first", duration_s=100.0), phase("second", duration_s=100.0))
    run.now_s = 103.0
    run.look()
    run.to(300.0)
    assert left(run) == [(103.0, "first", "duration"), (200.0, "second", "duration")]


def test_leaving_a_phase_is_announced_to_the_other_vessels() -> None:
    run = Run(phase("first", duration_s=100.0), phase("second", duration_s=100.0))
    run.to(300.0)
    assert [(each.what, dict(each.data)) for each in run.announces] == [
        ("left", {"phase": "first", "visit": 1}),
        ("left", {"phase": "second", "visit": 1}),
        ("ended", {"state": "completed", "reason": ""}),
    ]


def test_a_cron_entry_keeps_its_phase_open() -> None:
    run = Run(phase("first", cron("daily", "0 9 * * *", put(a__b=1))))
    run.to(3 * DAY_S)
    assert run.view.phase == "first" and not run.view.ended
