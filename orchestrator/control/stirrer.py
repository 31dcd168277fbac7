"""Holding a stirrer's speed: a guess at the duty, corrected by what the tachometer shows.

Sticky bearings and the magnetic bar need more to start than to keep turning, so a stirrer that
stands still is kicked first.
"""

from __future__ import annotations

from typing import NamedTuple

from orchestrator.control.pi import Loop, Tuning, regulate

FULL_SPEED_RPM = 1500.0
"""A guess; the integral makes up for other motors."""
TUNING = Tuning(gain=0.3 / FULL_SPEED_RPM, integral_time_s=1.5, longest_step_s=1.5)
STANDING_RPM = 30.0
KICK_DUTY = 0.8
KICK_S = 1.0
DEADBAND = 0.01
"""Share of the target within which the duty is left alone; jitter is no reason to act."""


class Spin(NamedTuple):
    """What the speed loop remembers."""

    loop: Loop = Loop()
    duty: float = 0.0
    kick_until_s: float = 0.0
    kicks: int = 0
    """Kicks since the stirrer last turned; several in a row mean that it is stuck."""


START = Spin()


def spin(
    state: Spin,
    target_rpm: float,
    measured_rpm: float | None,
    now_s: float,
    guess: float | None = None,
) -> Spin:
    """Return the loop, and in it the duty, after a look at the tachometer (None: it is silent).

    `guess` is the duty that should give the speed, where somebody has compared.
    """
    if target_rpm <= 0.0:
        return START
    if guess is None:
        guess = min(1.0, target_rpm / FULL_SPEED_RPM)
    if measured_rpm is None:
        loop = Loop(state.loop.integral, None)
        return Spin(loop, max(0.0, min(1.0, guess + loop.integral)), 0.0, 0)
    if measured_rpm < STANDING_RPM:
        if now_s < state.kick_until_s:
            return state
        return Spin(Loop(), max(KICK_DUTY, guess), now_s + KICK_S, state.kicks + 1)
    error_rpm = target_rpm - measured_rpm
    if state.kicks == 0 and abs(error_rpm) <= DEADBAND * target_rpm:
        return Spin(Loop(state.loop.integral, now_s), state.duty, 0.0, 0)
    loop, duty = regulate(state.loop, TUNING, error_rpm, now_s, guess)
    return Spin(loop, duty, 0.0, 0)
