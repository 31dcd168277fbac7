"""Heating a vessel to its target and holding it there; cooling is left to the room.

The tuning follows S. Skogestad, Simple analytic rules for model reduction and PID controller
tuning, J. Process Control 13 (2003) 291-309, for a small vial on an aluminium block: full duty ends
some 35 °C above the room with a time constant of ten minutes and half a minute of delay, closed
loop one minute. gain = τ / (K·(τc+θ)), integral time = min(τ, 4·(τc+θ)).
"""

from __future__ import annotations

from orchestrator.control.pi import Loop, Tuning, regulate

GAIN_C = 35.0
TIME_CONSTANT_S = 600.0
DELAY_S = 30.0
CLOSED_LOOP_S = 60.0

TUNING = Tuning(
    gain=TIME_CONSTANT_S / (GAIN_C * (CLOSED_LOOP_S + DELAY_S)),
    integral_time_s=min(TIME_CONSTANT_S, 4.0 * (CLOSED_LOOP_S + DELAY_S)),
    longest_step_s=30.0,
)

START = Loop()


def heat(loop: Loop, target_c: float, measured_c: float | None, now_s: float) -> tuple[Loop, float]:
    """Return the loop and the heater's duty; without a measurement nobody heats blindly, so 0."""
    if measured_c is None:
        return Loop(loop.integral, None), 0.0
    return regulate(loop, TUNING, target_c - measured_c, now_s)
