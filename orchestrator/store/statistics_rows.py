"""Attempts, their steps and what became of them: rows to values and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from orchestrator.model.experiment import State
from orchestrator.model.outcome import Outcome
from orchestrator.ports.records import Experiment
from orchestrator.ports.statistics import Attempt, AttemptStep, Expected, Tally
from orchestrator.store.experiment_rows import bindings_of
from orchestrator.store.rows import Row


def attempt_row(started: Experiment, expected: Expected) -> dict[str, Any]:
    """The columns of one that begins."""
    return {
        "attempt": started.attempt,
        "experiment": started.id,
        "profile": expected.profile or started.name,
        "began_wall_s": started.started_wall_s,
        **expected_row(expected),
    }


def expected_row(expected: Expected) -> dict[str, Any]:
    """The columns of an estimate; one that is open at its end is none."""
    known = expected.most_s is not None
    return {
        "expected_least_s": expected.least_s if known else None,
        "expected_most_s": expected.most_s,
        "expected_basis": expected.basis,
    }


def tally_of(row: Row) -> Tally:
    """From `tallies`."""
    return Tally(**{each.name: row[each.name] for each in fields(Tally)})


def attempt_of(row: Row, outcomes: Mapping[str, int]) -> Attempt:
    """From `attempts`, joined with its experiment."""
    return Attempt(
        attempt=row["attempt"],
        experiment=row["experiment"],
        name=row["name"],
        profile=row["profile"],
        actor=row["actor"],
        state=State(row["state"]),
        reason=row["reason"],
        vessels={vessel: str(at) for vessel, at in bindings_of(row["bindings"]).items()},
        began_wall_s=row["began_wall_s"],
        ended_wall_s=row["ended_wall_s"],
        expected_least_s=row["expected_least_s"],
        expected_most_s=row["expected_most_s"],
        expected_basis=row["expected_basis"],
        outcomes=dict(sorted(outcomes.items())),
    )


def step_of(row: Row) -> AttemptStep:
    """From `steps`."""
    return AttemptStep(
        kind=row["kind"],
        vessel=row["vessel"],
        phase=row["phase"],
        name=row["name"],
        detail=row["detail"],
        began_process_s=row["began_process_s"],
        began_wall_s=row["began_wall_s"],
        ended_process_s=row["ended_process_s"],
        ended_wall_s=row["ended_wall_s"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        reason=row["reason"],
        action_id=row["action_id"],
    )
