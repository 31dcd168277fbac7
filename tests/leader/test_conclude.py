"""What an experiment is doing follows from what its vessels do."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.leader.conclude import conclude
from orchestrator.model.experiment import NEXT, State
from orchestrator.ports.records import Experiment, Run

R, P, C, F, X, Q = (
    State.RUNNING,
    State.PAUSED,
    State.COMPLETED,
    State.FAILED,
    State.CANCELLED,
    State.QUEUED,
)


def experiment(state: State, wanted: Any = "running") -> Experiment:
    return Experiment(
        id="e",
        name="Hold",
        state=state,
        reason="",
        actor="ada",
        vessels=["a", "b"],
        bindings={},
        inputs={},
        file_name="p.yaml",
        profile_hash="",
        plan_hash="",
        git_commit=None,
        revision=1,
        attempt="e.2",
        wanted=wanted,
        control_seq=0,
        wanted_by="",
        created_wall_s=0.0,
    )


def runs(*states: State, attempt: str = "e.2", answer: Any = "accepted") -> list[Run]:
    return [
        Run(
            run=f"{attempt}:{n}",
            experiment="e",
            attempt=attempt,
            vessel=str(n),
            binding=None,
            revision=1,
            answer=answer,
            state=state,
            reason=f"why {n}",
        )
        for n, state in enumerate(states)
    ]


@pytest.mark.parametrize(
    ("state", "vessels", "verbs"),
    [
        (R, (R, R), ()),
        (R, (Q, R), ()),
        (R, (P, R), ()),
        (R, (P, P), ("pause",)),
        (R, (P, C), ("pause",)),
        (P, (P, P), ()),
        (P, (P, R), ("resume",)),
        (P, (P, Q), ()),
        (R, (C, R), ()),
        (R, (C, C), ("complete",)),
        (P, (C, C), ("resume", "complete")),
        (R, (C, F), ("fail",)),
        (P, (X, F), ("fail",)),
        (R, (F, X), ("fail",)),
        (R, (X, F, X), ("fail",)),
        (R, (C, X), ("cancel",)),
        (P, (X, X), ("cancel",)),
        (F, (R, R), ()),
        (X, (C, C), ()),
    ],
)
def test_an_experiment_follows_its_vessels(
    state: State, vessels: tuple[State, ...], verbs: tuple[str, ...]
) -> None:
    concluded = conclude(experiment(state), runs(*vessels)).verbs
    assert concluded == verbs
    for verb in concluded:
        state = NEXT[state, verb]


def test_earlier_attempts_do_not_count() -> None:
    assert conclude(experiment(R), runs(F, F, attempt="e.1")).verbs == ()
    assert conclude(experiment(R), [*runs(F, attempt="e.1"), *runs(C)]).verbs == ("complete",)


def test_the_reason_names_the_vessels_that_failed() -> None:
    assert conclude(experiment(R), runs(C, F, F)).reason == "1: why 1; 2: why 2"


def test_rule_10_with_stop_all_the_reason_is_the_failure_and_not_that_the_others_stopped() -> None:
    assert conclude(experiment(R), runs(X, F, X)).reason == "1: why 1"


def test_a_refused_vessel_calls_the_others_off_once() -> None:
    mixed = [*runs(R), *runs(Q, F, answer="refused")[1:]]
    assert conclude(experiment(R), mixed).call_off
    assert not conclude(experiment(R, wanted="cancelled"), mixed).call_off
