"""One line of a timetable."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.model.plan import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One action at one moment."""

    time_s: float | None
    """Since the start; None after an open-ended phase whose length was not assumed."""
    wall: str | None
    """UTC, `2025-01-06T08:00:00Z`."""
    phase: str
    """Empty for what a rule does, which belongs to none."""
    phase_time_s: float | None
    vessel: str
    action_id: str
    action: str
    detail: str
    source: Source
    estimated: bool = False
    """It rests on an assumed length."""
