"""SEMANTICS rule 15: the leader's wishes; and what else reaches a run from outside."""

from __future__ import annotations

import pytest

from orchestrator.execution import steer
from orchestrator.model.experiment import State
from orchestrator.model.ledger import Kind
from tests.support.plans import DAY_S, Run, blank, dose, phase, wait


def test_a_run_begins_with_what_it_is() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    began = run.ledger[0]
    assert began.kind is Kind.RUN_BEGAN
    assert began.data == {
        "experiment": "x1",
        "attempt": "x1.1",
        "vessel": "control",
        "revision": 1,
        "plan_hash": "",
        "timezone": "UTC",
    }
    assert run.view.began_wall_s == began.wall_s


def test_each_control_seq_is_applied_once() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    assert run.take(steer.control(run.view, "paused", 5, "ada", run.moment))
    assert not run.take(steer.control(run.view, "paused", 5, "ada", run.moment))
    assert not run.take(steer.control(run.view, "running", 4, "ada", run.moment))
    assert run.view.state is State.PAUSED
    assert run.take(steer.control(run.view, "running", 6, "ada", run.moment))
    assert run.view.state is State.RUNNING
    assert run.view.control_seq == 6


def test_a_pause_of_its_own_stands_until_a_higher_wish() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    run.take(steer.control(run.view, "running", 1, "leader", run.moment))
    run.take(steer.pause(run.view, "warmed", "overgrown", run.moment))
    assert not run.take(steer.control(run.view, "running", 1, "leader", run.moment))
    assert run.view.state is State.PAUSED
    run.take(steer.control(run.view, "running", 2, "leader", run.moment))
    assert run.view.state is State.RUNNING


@pytest.mark.parametrize(
    ("wanted", "state"), [("finished", State.COMPLETED), ("cancelled", State.CANCELLED)]
)
def test_a_run_is_ended_by_wish_and_tells_who_wanted_it(wanted: str, state: State) -> None:
    run = Run(phase("hold", do=(wait(100.0), blank()), duration_s=DAY_S))
    run.control(wanted)
    assert run.view.state is state
    assert run.view.reason == f"{wanted} by ada"
    assert [e.kind for e in run.ledger[-5:]] == [
        Kind.ACTION_ENDED,
        Kind.ACTION_ENDED,
        Kind.ITEM_ENDED,
        Kind.PHASE_LEFT,
        Kind.RUN_ENDED,
    ]
    assert not run.control("running")
    assert run.view.ended


def test_an_action_that_outlasts_its_run_still_gets_its_outcome() -> None:
    run = Run(phase("hold", do=(dose(1.0),), duration_s=DAY_S))
    run.control("cancelled")
    assert [str(key) for key in run.cancels] == [str(run.performs[0].key)]
    assert run.finish(run.performs[0].key)
    assert [outcome for _, outcome, _ in run.outcomes("dose")] == ["done"]
    run.look()
    assert len(run.cancels) == 1


def test_a_wish_survives_a_crash_before_it_was_carried_out() -> None:
    run = Run(phase("hold", do=(wait(100.0),), duration_s=DAY_S))
    run.ledger += steer.control(run.view, "cancelled", 1, "ada", run.moment)
    run.crash(10.0)
    assert run.view.state is State.CANCELLED


def test_peers_pause_and_resume() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    assert run.take(steer.pause(run.view, "warmed", "overgrown", run.moment))
    assert run.view.reason == "overgrown"
    assert not run.take(steer.pause(run.view, "warmed", "overgrown", run.moment))
    assert run.take(steer.resume(run.view, "warmed", run.moment))
    assert not run.take(steer.resume(run.view, "warmed", run.moment))


def test_what_a_peer_announced_is_latched_once() -> None:
    run = Run(phase("hold", duration_s=DAY_S))
    assert run.take(steer.latch(run.view, "warmed.left.batch", 1, run.moment))
    assert not run.take(steer.latch(run.view, "warmed.left.batch", 1, run.moment))
    run.crash(10.0)
    assert run.view.latched == {"warmed.left.batch": 1}


def test_what_a_job_remembers_survives_a_restart() -> None:
    from orchestrator.model.ledger import Entry

    run = Run(phase("hold", duration_s=DAY_S))
    memory = {"job": "od_reading", "memory": {"blank_v": 0.1}}
    entry = Entry(kind=Kind.JOB_MEMORY, process_s=1.0, wall_s=None, data=memory)
    run.view.apply(entry)
    run.ledger.append(entry)
    run.crash(10.0)
    assert run.view.memories == {"od_reading": {"blank_v": 0.1}}


def test_recovery_with_another_program_is_refused() -> None:
    run, other = Run(phase("a", duration_s=1.0)), Run(phase("b", duration_s=1.0))
    with pytest.raises(ValueError, match="another program"):
        steer.recover(other.program, run.view, run.moment)
