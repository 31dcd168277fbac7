"""SEMANTICS rule 9: `together`; no vessel enters before every peer is there."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.execution.program import Program
from orchestrator.model.ledger import Kind
from orchestrator.model.plan import Barrier, PhasePlan
from tests.support.plans import (
    HOUR_S,
    Run,
    above,
    job,
    loop,
    phase,
    rule,
    slice_of,
    step,
    wait,
    when,
)

STIR = {"stirring": job(target=700)}


def joint(name: str = "joint", then: str = "fail", **fields: Any) -> PhasePlan:
    barrier = Barrier(peers=("b",), after_s=HOUR_S, then=then)
    return phase(name, together=barrier, **{"duration_s": 100.0, **fields})


def run_of(*phases: PhasePlan, **fields: Any) -> Run:
    return Run(program=Program(slice_of(*phases, vessel="a", **fields), "x1.1", "x1"))


GROW = phase("grow", do=(wait(50.0),), jobs=STIR)


def test_rule_9_nobody_enters_before_its_peers_are_there() -> None:
    run = run_of(GROW, joint())
    run.to(70.0)
    assert run.phases() == [(0.0, "grow")]
    [told] = [each.data for each in run.announces if each.what == "arrived"]
    assert told == {"phases": {"joint": 1}}
    run.latch("b.arrived.joint", 1)
    assert run.phases() == [(0.0, "grow"), (70.0, "joint")]
    assert run.view.phase_s(run.now_s) == 0.0


def test_a_vessel_whose_peers_are_there_already_does_not_wait() -> None:
    run = run_of(GROW, joint())
    run.latch("b.arrived.joint", 1)
    run.to(60.0)
    assert run.phases()[-1] == (50.0, "joint")


def test_while_it_waits_the_jobs_of_the_phase_before_go_on_and_its_clock_stands() -> None:
    run = run_of(GROW, joint())
    run.to(70.0)
    assert run.target() == 700
    assert run.view.phase_s(70.0) == 50.0
    run.latch("b.arrived.joint", 1)
    assert run.target() == 500


def test_before_the_first_phase_the_profiles_jobs_run() -> None:
    run = run_of(joint())
    run.to(10.0)
    assert run.phases() == []
    assert run.target() == 500
    run.latch("b.arrived.joint", 1)
    run.to(200.0)
    assert run.phases() == [(10.0, "joint")]
    assert run.view.state.value == "completed"


@pytest.mark.parametrize("latched", ["b.ended", "b.arrived.joint"])
def test_rule_9_a_vessel_that_failed_or_ended_counts_as_arrived(latched: str) -> None:
    run = run_of(GROW, joint())
    run.to(60.0)
    run.latch(latched, 1)
    assert run.phases()[-1] == (60.0, "joint")


@pytest.mark.parametrize(
    ("then", "state", "phases"),
    [
        ("fail", "failed", ["grow"]),
        ("pause", "paused", ["grow"]),
        ("next", "running", ["grow", "after"]),
        ("enter", "running", ["grow", "joint"]),
        ("rescue", "running", ["grow", "rescue"]),
    ],
)
def test_rule_9_waiting_has_an_end(then: str, state: str, phases: list[str]) -> None:
    others = phase("after", duration_s=HOUR_S), phase("rescue", duration_s=HOUR_S)
    run = run_of(GROW, joint(then=then), *others)
    run.to(50.0 + HOUR_S + 10.0)
    assert (run.view.state.value, [name for _, name in run.phases()]) == (state, phases)
    reasons = [e.data["reason"] for e in run.of(Kind.ITEM_ENDED) if "then" in e.data]
    assert reasons == ["b did not come to phase joint within 1 h"]
    if then == "enter":
        assert run.of(Kind.PHASE_ENTERED)[-1].data["without"] == ["b"]


def test_after_a_pause_by_the_timeout_it_waits_on_without_end() -> None:
    run = run_of(GROW, joint(then="pause"))
    run.to(HOUR_S + 60.0)
    run.control("running")
    run.to(20 * HOUR_S)
    assert run.view.state.value == "running"
    run.latch("b.arrived.joint", 1)
    assert run.view.phase == "joint"


def test_a_paused_vessel_does_not_enter_and_its_patience_stands() -> None:
    run = run_of(GROW, joint())
    run.to(60.0)
    run.control("paused")
    run.latch("b.arrived.joint", 1)
    run.to(5 * HOUR_S)
    assert run.view.phase == "grow"
    run.control("running")
    assert run.view.phase == "joint"


def test_an_arrival_and_what_was_latched_outlive_a_restart() -> None:
    run = run_of(GROW, joint())
    run.to(60.0)
    run.crash(70.0)
    assert len(run.of(Kind.ARRIVED)) == 1
    run.latch("b.arrived.joint", 1)
    run.crash(80.0)
    assert run.phases()[-1] == (70.0, "joint")
    late = run_of(GROW, joint())
    late.to(60.0)
    late.crash(2 * HOUR_S)
    assert late.view.state.value == "failed", "the time for waiting runs on through an outage"


def test_a_phase_that_is_jumped_over_counts_as_come_to() -> None:
    jump = phase("grow", do=(step("go_to", phase="after"),))
    run = run_of(jump, joint(), phase("after", duration_s=10.0))
    [told] = [each.data for each in run.announces if each.what == "arrived"]
    assert told == {"phases": {"joint": 1}}
    assert run.view.arrivals == {"joint": 1}
    run.crash(5.0)
    assert run.view.arrivals == {"joint": 1}


def test_each_round_of_a_loop_is_an_arrival_of_its_own() -> None:
    run = run_of(phase("grow", do=(wait(50.0),)), joint(), loops=(loop("grow", "joint", 2),))
    run.latch("b.arrived.joint", 1)
    run.to(1000.0)
    assert [name for _, name in run.phases()] == ["grow", "joint", "grow"]
    assert run.view.arrivals == {"joint": 2}
    run.latch("b.arrived.joint", 2)
    assert run.view.phase == "joint"


def test_the_profiles_rules_live_while_a_vessel_waits_and_may_take_it_elsewhere() -> None:
    away = rule("away", when(above("od600", 1.0)), step("go_to", phase="grow"))
    run = run_of(GROW, joint(), rules=(away,))
    run.to(60.0)
    run.see(od600=2.0)
    assert run.phases() == [(0.0, "grow"), (60.0, "grow")]
    assert run.view.barrier is None
