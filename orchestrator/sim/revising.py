"""Another profile in the middle of a rehearsal: the worker is asked as a leader would ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.messages.orders import PlanMessage, RunOrder
from orchestrator.model.canonical import plain
from orchestrator.model.plan import Plan
from orchestrator.worker.service import Worker

ATTEMPT = "rehearsal"
Stage = Literal["prepare", "run"]


class Refused(RuntimeError):
    """The worker will not run this plan; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What is to go on from a moment, and what a person agrees to."""

    at_s: float
    plan: Plan
    plan_hash: str
    accept_jumps: bool = False
    move_to: str = ""


async def begin(worker: Worker, plan: Plan, plan_hash: str) -> None:
    """Let all vessels begin.

    Raises:
        Refused: the worker does not take the plan.
    """
    first = Revision(at_s=0.0, plan=plan, plan_hash=plan_hash)
    answered = await worker.take(PlanMessage(epoch=1, runs=_orders(first, 1, "run")))
    if not answered.accepted:
        raise Refused(answered.reason)


async def revise(worker: Worker, wanted: Revision, number: int) -> None:
    """Ask each vessel whether it could go on by it, and only if all can, let them.

    Raises:
        Refused: one of them cannot, so that all would go on as they are.
    """
    stages: tuple[Stage, ...] = ("prepare", "run")
    for stage in stages:
        message = PlanMessage(epoch=number, runs=_orders(wanted, number, stage))
        answered = await worker.take(message)
        if not answered.accepted:
            reasons = "; ".join(run.reason for run in answered.runs if not run.accepted)
            raise Refused(f"revision {number}: {reasons or answered.reason}")


def _orders(wanted: Revision, number: int, stage: Stage) -> list[RunOrder]:
    return [
        RunOrder(
            experiment=ATTEMPT,
            attempt=ATTEMPT,
            vessel=slice_.vessel,
            reactor=slice_.vessel,
            revision=number,
            plan_hash=wanted.plan_hash,
            timezone=wanted.plan.timezone,
            wanted="running",
            control_seq=0,
            by="rehearsal",
            slice=plain(slice_),
            stage=stage,
            accept_jumps=wanted.accept_jumps,
            move_to=wanted.move_to,
        )
        for slice_ in wanted.plan.vessels
    ]
