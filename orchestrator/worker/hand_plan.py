"""A run without a plan, for what people do by hand on a reactor on which no experiment runs.

It has one phase that never ends, no jobs of its own, and an account of the liquid. It is over when
hands have left nothing going. For the leader it is a run like another that it did not start
(SEMANTICS rule 15): recorded, shown, and in the way of experiments until it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orchestrator.execution.program import Program
from orchestrator.messages.orders import RunOrder
from orchestrator.model.canonical import plain
from orchestrator.model.expression import Const
from orchestrator.model.plan import Condition, PhasePlan, Slice, Source
from orchestrator.ports.reactor import ReactorSpec
from orchestrator.worker.account import Fluids

PREFIX: Final = "hand-"
"""Begins the name of the experiment, which there is none."""
PHASE: Final = "by hand"
HEAT_C_MAX: Final = 45.0
"""Above, the heater is off: there is no profile that could say."""
NEVER: Final = Condition(when=Const(False))
NOWHERE: Final = Source(file="by hand", line=1)


def is_by_hand(program: Program) -> bool:
    """Whether there is no plan behind a run."""
    return program.experiment.startswith(PREFIX)


def hand_order(
    spec: ReactorSpec, before: Fluids | None, holds_ml: float | None, *, id_: str, by: str
) -> RunOrder:
    """The order for such a run. The vessel holds what was said, or else what hands left `before`;
    where nobody knows it counts as full, so that nothing is dosed that could overflow."""
    volume_ml = holds_ml
    if volume_ml is None:
        volume_ml = spec.capacity_ml if before is None else before.volume_ml_max
    name = f"{PREFIX}{id_}"
    slice_ = Slice(
        vessel=spec.name,
        volume_ml=min(volume_ml, spec.capacity_ml),
        media=(),
        jobs={},
        phases=(PhasePlan(name=PHASE, source=NOWHERE, until=NEVER),),
        rules=(),
        limits={"temperature.maximum": HEAT_C_MAX},
    )
    kept: Mapping[str, Any] = plain(slice_)
    return RunOrder(
        experiment=name,
        attempt=f"{name}.1",
        vessel=spec.name,
        reactor=spec.name,
        revision=1,
        plan_hash="",
        timezone="UTC",
        wanted="running",
        control_seq=0,
        by=by,
        slice={**kept},
    )
