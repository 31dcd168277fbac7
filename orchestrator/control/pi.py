"""Proportional-integral control with a bounded output.

K. J. Åström, T. Hägglund: Advanced PID Control (ISA, 2006). Windup is kept out by conditional
integration (section 3.5): while the output stands at a bound, an error that pushes further does not
add up.
"""

from __future__ import annotations

from typing import NamedTuple


class Tuning(NamedTuple):
    """How a loop reacts."""

    gain: float
    """Output per unit of error."""
    integral_time_s: float
    """A lasting error moves the output by its proportional part once in this time."""
    longest_step_s: float
    """After a gap in the measurements no more time than this is integrated."""
    low: float = 0.0
    high: float = 1.0


class Loop(NamedTuple):
    """What a loop remembers."""

    integral: float = 0.0
    """Part of the output that past errors have built up."""
    at_s: float | None = None
    """Moment of the last measurement; None before the first and after a silence."""


def regulate(
    loop: Loop, tuning: Tuning, error: float, now_s: float, feedforward: float = 0.0
) -> tuple[Loop, float]:
    """Return the loop after one measurement, and its output."""
    passed_s = 0.0 if loop.at_s is None else max(now_s - loop.at_s, 0.0)
    step_s = min(passed_s, tuning.longest_step_s)
    proportional = tuning.gain * error
    integral = loop.integral + proportional * step_s / tuning.integral_time_s
    wanted = feedforward + proportional + integral
    if wanted > tuning.high:
        output, pushes = tuning.high, error > 0.0
    elif wanted < tuning.low:
        output, pushes = tuning.low, error < 0.0
    else:
        return Loop(integral, now_s), wanted
    return Loop(loop.integral if pushes else integral, now_s), output
