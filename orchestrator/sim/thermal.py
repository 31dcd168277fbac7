"""First-order lag: how a vessel warms and a stirrer spins up."""

from __future__ import annotations

from math import exp


def relax(value: float, toward: float, time_constant_s: float, step_s: float) -> float:
    """Return `value` after `step_s` seconds of closing in on `toward`; exact for any step."""
    return toward + (value - toward) * exp(-step_s / time_constant_s)
