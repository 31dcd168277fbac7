"""Ramps: one action each, from its start until it has arrived or its phase ends."""

from __future__ import annotations

from typing import Any

from orchestrator.execution.arguments import ValueUnknown, known, planned_move
from orchestrator.execution.describe import detail
from orchestrator.execution.layers import Ramp
from orchestrator.execution.turn import Turn
from orchestrator.execution.wanted import setting_now
from orchestrator.model.expression import Unknown
from orchestrator.model.key import ActionKey
from orchestrator.model.ledger import Kind
from orchestrator.model.outcome import Outcome
from orchestrator.model.plan import Moving, RampPlan, ShapePlan


def take_up(turn: Turn, ramp: Moving, key: ActionKey, nominal_s: float, reason: str) -> None:
    """Begin a ramp or a shape at its moment, or skip it for a reason."""
    args: dict[str, Any] = {"setting": ramp.setting, "at_s": ramp.at_s}
    planned = planned_move(ramp)
    if isinstance(ramp, ShapePlan):
        args |= planned
    else:
        args["over_s"] = ramp.over_s
    if not reason and isinstance(ramp, RampPlan):
        try:
            args["from"], args["to"] = _ends(turn, ramp)
        except ValueUnknown as unknown:
            reason = str(unknown)
    if reason:
        turn.write(
            Kind.ACTION_ENDED,
            key,
            action=ramp.kind,
            detail=detail(ramp.kind, planned, turn.program.slice.units),
            outcome=Outcome.SKIPPED.value,
            reason=reason,
            nominal_s=nominal_s,
        )
        return
    if ramp.setting in turn.view.layers.overrides:
        turn.write(
            Kind.RELEASED, setting=ramp.setting, by=ramp.item, reason="an item started on it"
        )
    turn.write(
        Kind.ACTION_BEGAN,
        key,
        action=ramp.kind,
        detail=detail(ramp.kind, args, turn.program.slice.units),
        args=args,
        nominal_s=nominal_s,
    )


def advance(turn: Turn) -> None:
    """End the ramps that have arrived; look again when the next does."""
    entered_s = turn.view.clocks.entered_s or 0.0
    for ramp in list(turn.view.ramps.values()):
        if ramp.stopped:
            _end(turn, ramp, ramp.stopped, Outcome.SKIPPED)
        elif turn.is_past(entered_s + ramp.at_s + ramp.shape.over_s):
            _end(turn, ramp, "")


def end_all(turn: Turn, reason: str) -> None:
    """Their phase is over."""
    for ramp in list(turn.view.ramps.values()):
        _end(turn, ramp, reason)


def _end(turn: Turn, ramp: Ramp, reason: str, outcome: Outcome = Outcome.DONE) -> None:
    turn.write(
        Kind.ACTION_ENDED,
        ramp.key,
        action=ramp.action,
        detail=ramp.detail,
        outcome=outcome.value,
        reason=reason,
        nominal_s=ramp.nominal_s,
    )


def _ends(turn: Turn, ramp: RampPlan) -> tuple[float, float]:
    to = known(ramp.to, turn.look)
    if ramp.from_ is not None:
        start = known(ramp.from_, turn.look)
    else:
        start = setting_now(turn.view, ramp.setting, turn.now_s)
    for value in (start, to):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueUnknown(Unknown.signal(ramp.setting, "no value to start from"))
    return float(start), float(to)  # type: ignore[arg-type]
