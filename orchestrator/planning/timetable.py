"""What a plan does when, as far as that can be known beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.model.plan import Plan, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One action at one moment."""

    time_s: float | None
    """Since the start; None after an open-ended phase whose length was not assumed."""
    wall: str | None
    """UTC, `2025-01-06T08:00:00Z`."""
    phase: str
    phase_time_s: float | None
    vessel: str
    action_id: str
    action: str
    detail: str
    source: Source
    estimated: bool = False
    """It rests on an assumed length."""


def timetable(
    plan: Plan,
    start_wall_s: float,
    for_s: float,
    assume: Mapping[str, float] | None = None,
    *,
    attempt: str = "plan",
) -> list[Row]:
    """List what falls due within `for_s` of a start at `start_wall_s`, vessel by vessel, by time.

    `assume` gives lengths in seconds to phases that end by a condition or a person.
    """
    raise NotImplementedError
