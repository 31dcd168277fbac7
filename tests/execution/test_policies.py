"""What jobs do in a pause, when power returns, and when a peer fails (SEMANTICS rules 8 and 10)."""

from __future__ import annotations

from orchestrator.model.ledger import Kind
from tests.support.plans import HOUR_S, Run, at, job, phase, say, step

JOBS = {"stirring": job(target=500), "dosing": job("chemostat", dilution_rate=0.3)}


def test_rule_8_on_pause_says_otherwise_for_a_job() -> None:
    policies = {"stirring": "stop", "dosing": "keep"}
    run = Run(phase("hold", duration_s=HOUR_S), jobs=JOBS, on_pause=policies)
    run.control("paused")
    assert list(run.wanted) == ["dosing"]
    assert not run.wanted["dosing"].paused
    run.control("running")
    assert sorted(run.wanted) == ["dosing", "stirring"]


def test_rule_8_without_on_pause_jobs_are_told_that_the_vessel_is_paused() -> None:
    run = Run(phase("hold", duration_s=HOUR_S), jobs=JOBS)
    run.control("paused")
    assert {name: each.paused for name, each in run.wanted.items()} == {
        "dosing": True,
        "stirring": True,
    }


def test_power_on_off_keeps_a_job_off_until_a_person_lets_it_run() -> None:
    run = Run(phase("hold", duration_s=HOUR_S), jobs=JOBS, power_on={"dosing": "off"})
    run.to(10.0)
    run.crash(20.0)
    assert "dosing" in run.wanted, "only the process had died"
    run.crash(30.0, power=True)
    assert list(run.wanted) == ["stirring"]
    run.crash(40.0)
    assert list(run.wanted) == ["stirring"], "it stands in the ledger"
    run.override("dosing", "run", until_s=60.0)
    run.to(100.0)
    assert sorted(run.wanted) == ["dosing", "stirring"]


def test_power_on_off_lasts_over_phases_until_a_step_starts_the_job() -> None:
    run = Run(
        phase("first", duration_s=100.0, jobs={"dosing": job("silent")}),
        phase("second", at("go", 50.0, step("start", job="dosing")), duration_s=100.0),
        jobs=JOBS,
        power_on={"dosing": "off"},
    )
    run.crash(10.0, power=True)
    run.to(120.0)
    assert "dosing" not in run.wanted
    run.to(160.0)
    assert run.wanted["dosing"].automation == "chemostat"


def test_rule_10_stop_all_ends_a_vessel_when_a_peer_fails() -> None:
    run = Run(phase("hold", duration_s=HOUR_S), on_vessel_failure="stop_all")
    run.to(10.0)
    run.latch("b.ended", True)
    assert run.view.state.value == "running", "a peer that completed changes nothing"
    run.latch("b.failed", True)
    [ended] = run.of(Kind.RUN_ENDED)
    assert ended.data == {"state": "cancelled", "reason": "b failed, and all stop with it"}


def test_rule_10_without_stop_all_the_others_go_on() -> None:
    run = Run(phase("hold", do=(say("log", "x"),), duration_s=HOUR_S))
    run.latch("b.failed", True)
    run.to(100.0)
    assert run.view.state.value == "running"
