"""The plan message of a worker, from what is wanted of its runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal

from orchestrator.messages.orders import PlanMessage, RunOrder
from orchestrator.ports.records import Documents, Experiment, Run

NOTHING_ASKED: Final[Mapping[str, Documents]] = MappingProxyType({})


def plan_message(
    epoch: int,
    runs: Sequence[Run],
    experiments: Mapping[str, Experiment],
    documents: Mapping[str, Documents],
    asked: Mapping[str, Documents] = NOTHING_ASKED,
) -> PlanMessage:
    """All that a worker is to run; of experiments that are `asked`, whether it could run that."""
    orders = []
    for run in runs:
        name = run.experiment
        of_run = asked.get(name) or documents[name]
        orders.append(_order(run, experiments[name], of_run, "prepare" if name in asked else "run"))
    return PlanMessage(epoch=epoch, runs=orders)


def _order(
    run: Run, experiment: Experiment, documents: Documents, stage: Literal["run", "prepare"]
) -> RunOrder:
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
        stage=stage,
        accept_jumps=documents.accept_jumps,
        move_to=documents.move_to,
        fence=run.fence,
    )


@lru_cache(maxsize=64)
def plan_of(plan_json: str) -> dict[str, Any]:
    """A plan as plain values; not to be changed."""
    plan: dict[str, Any] = json.loads(plan_json)
    return plan
