"""The plan message of a worker, from what is wanted of its runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from orchestrator.messages.orders import PlanMessage, RunOrder
from orchestrator.ports.records import Documents, Experiment, Run


def plan_message(
    epoch: int,
    runs: Sequence[Run],
    experiments: Mapping[str, Experiment],
    documents: Mapping[str, Documents],
) -> PlanMessage:
    """All that a worker is to run."""
    return PlanMessage(
        epoch=epoch,
        runs=[_order(run, experiments[run.experiment], documents[run.experiment]) for run in runs],
    )


def _order(run: Run, experiment: Experiment, documents: Documents) -> RunOrder:
    plan = plan_of(documents.plan_json)
    assert run.binding is not None
    return RunOrder(
        experiment=experiment.id,
        attempt=run.attempt,
        vessel=run.vessel,
        reactor=run.binding.reactor,
        revision=documents.revision,
        plan_hash=documents.plan_hash,
        timezone=plan["timezone"],
        wanted=experiment.wanted,
        control_seq=experiment.control_seq,
        by=experiment.wanted_by or experiment.actor,
        slice=next(one for one in plan["vessels"] if one["vessel"] == run.vessel),
    )


@lru_cache(maxsize=16)
def plan_of(plan_json: str) -> dict[str, Any]:
    """A plan as plain values; not to be changed."""
    plan: dict[str, Any] = json.loads(plan_json)
    return plan
