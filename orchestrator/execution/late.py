"""What becomes of something that could not begin in time (SEMANTICS rules 1 and 5)."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from orchestrator.model.plan import Late
from orchestrator.model.units import format_quantity

GRACE_S: Final = 30.0
"""Begun within this, nothing is late."""

Verdict: TypeAlias = Literal["on time", "late", "skip", "ask"]


def judge(late_s: float, policy: Late | None, *, recomputed: bool) -> Verdict:
    """Say whether to begin something that is `late_s` behind its moment.

    Without a policy, what can be recomputed or repeated begins late; anything else is skipped.
    """
    if late_s <= GRACE_S:
        return "on time"
    if policy is None:
        return "late" if recomputed else "skip"
    if late_s <= policy.within_s or policy.then == "run":
        return "late"
    return policy.then


def late_by(late_s: float) -> str:
    """Say how late something is, in words."""
    rounded = round(late_s) if late_s < 600.0 else round(late_s / 60.0) * 60
    return f"late by {format_quantity(float(rounded), 'time')}"
