"""What becomes of something that could not begin in time (SEMANTICS rules 1 and 5)."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from orchestrator.model.plan import Late

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
    """Say how late something is, in words: `late by 31 s`, `late by 3 h 30 min`."""
    if late_s < 120.0:
        return f"late by {late_s:.0f} s"
    hours, minutes = divmod(round(late_s / 60.0), 60)
    days, hours = divmod(hours, 24)
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if n]
    return f"late by {' '.join(parts)}"
