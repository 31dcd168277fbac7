"""Proportional-integral-derivative control: `pi` with a look at where the measurement is heading.

K. J. Åström, T. Hägglund: Advanced PID Control (ISA, 2006), section 3.3: the derivative is taken
of the measurement, not of the error, so that a new target is no blow, and it is filtered, so that
noise is none either.
"""

from __future__ import annotations

from typing import NamedTuple

from orchestrator.control import pi

FILTER_SHARE = 0.1
"""The derivative forgets within this share of its time, as is usual."""


class Tuning(NamedTuple):
    """How a loop reacts."""

    loop: pi.Tuning
    derivative_time_s: float = 0.0
    """So far ahead the measurement is continued as it moves now."""


class Pid(NamedTuple):
    """What a loop remembers."""

    loop: pi.Loop = pi.Loop()
    measured: float | None = None
    """The last value; None before the first and after a silence."""
    slope_per_s: float = 0.0
    """How fast the measurement moves, filtered."""


START = Pid()


def regulate(
    pid: Pid, tuning: Tuning, measured: float, target: float, now_s: float, *, falling: bool = False
) -> tuple[Pid, float]:
    """Return the loop after one measurement, and its output.

    `falling`: more output makes the measurement fall, so that there is to be more of it above the
    target.
    """
    sign = -1.0 if falling else 1.0
    slope_per_s = _slope(pid, tuning.derivative_time_s, measured, now_s)
    brake = -sign * tuning.loop.gain * tuning.derivative_time_s * slope_per_s
    error = sign * (target - measured)
    loop, output = pi.regulate(pid.loop, tuning.loop, error, now_s, brake)
    return Pid(loop, measured, slope_per_s), output


def _slope(pid: Pid, derivative_time_s: float, measured: float, now_s: float) -> float:
    at_s = pid.loop.at_s
    if derivative_time_s <= 0.0 or pid.measured is None or at_s is None or now_s <= at_s:
        return 0.0
    passed_s = now_s - at_s
    share = passed_s / (passed_s + FILTER_SHARE * derivative_time_s)
    return pid.slope_per_s + share * ((measured - pid.measured) / passed_s - pid.slope_per_s)
