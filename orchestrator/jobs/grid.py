"""Moments on a common grid, so that jobs with the same interval are looked at in one turn."""

from __future__ import annotations

from math import floor

SLACK = 1e-3
"""Share of an interval by which a clock may be early without the moment coming up twice."""


def next_on_grid(now_s: float, interval_s: float) -> float:
    """Return the first multiple of the interval that lies after now."""
    return (floor(now_s / interval_s + SLACK) + 1) * interval_s
