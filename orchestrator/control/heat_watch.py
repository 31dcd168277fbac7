"""Does the thermometer show what the heater gives? A thermostat believes a thermometer that lies.

A model follows the duty that was commanded, with a vial's usual gain and lag; what it makes of the
room is learnt from the thermometer, quickly at first and then over a day. So another gain or a
warmer room becomes habit, and what changes within hours does not: a probe that slips out, drifts
or sticks, a heater that stays on, or off.
"""

from __future__ import annotations

from typing import NamedTuple

from orchestrator.control.thermostat import GAIN_C, TIME_CONSTANT_S

LEARNING_S = 2.0 * 3600.0
CHANGE_S = 3600.0
"""Of which so long is left after another target was set."""
QUICKLY_S, SLOWLY_S = 2400.0, 24.0 * 3600.0
"""How long it takes to get used to something, at first and later."""
ODD_C = 4.0
ODD_AT_FIRST_C = 6.0
"""So much more, until it has learnt."""
ODD_SHARE = 0.35
"""So much more for each degree of heat that it is not used to: gains differ."""
LONGEST_STEP_S = 60.0
WARM_ROOM_C = 25.0


class HeatWatch(NamedTuple):
    """What the model remembers."""

    at_s: float
    block_c: float
    """What the thermometer should show."""
    room_c: float
    """Where it would end without heat."""
    usual_c: float = 0.0
    """Heat above the room that it is used to."""
    learnt_s: float = 0.0
    odd_c: float = 0.0
    """What the thermometer shows beyond the model, while that is more than can be; else 0."""


def begin(measured_c: float, now_s: float) -> HeatWatch:
    """Start with a vessel that is as warm as the room, or warmer since it has been heated."""
    return HeatWatch(now_s, measured_c, min(measured_c, WARM_ROOM_C))


def expect_change(watch: HeatWatch) -> HeatWatch:
    """Another target was set: for a while a heater may be faster or slower than the model."""
    return watch._replace(learnt_s=min(watch.learnt_s, LEARNING_S - CHANGE_S))


def go_on(watch: HeatWatch, duty: float, now_s: float) -> HeatWatch:
    """Return the model after a time of which the thermometer says nothing: the vessel goes on."""
    step_s = min(now_s - watch.at_s, LONGEST_STEP_S)
    toward_c = watch.room_c + GAIN_C * duty
    block_c = watch.block_c + (toward_c - watch.block_c) * (step_s / TIME_CONSTANT_S)
    return watch._replace(at_s=now_s, block_c=block_c)


def look(watch: HeatWatch, duty: float, measured_c: float, now_s: float) -> HeatWatch:
    """Return the model after a time in which the heater had this duty, and what it thinks of it."""
    step_s = min(now_s - watch.at_s, LONGEST_STEP_S)
    _, block_c, room_c, usual_c, learnt_s, odd_c = go_on(watch, duty, now_s)
    beyond_c, heat_c = measured_c - block_c, block_c - room_c
    at_first = learnt_s < LEARNING_S
    allowed_c = ODD_C + ODD_SHARE * abs(heat_c - usual_c) + (ODD_AT_FIRST_C if at_first else 0.0)
    if odd_c != 0.0:
        allowed_c *= 0.5
    if abs(beyond_c) > allowed_c:
        return HeatWatch(now_s, block_c, room_c, usual_c, learnt_s, beyond_c)
    share = step_s / (QUICKLY_S if at_first else SLOWLY_S)
    room_c += share * beyond_c
    usual_c += share * (heat_c - usual_c)
    return HeatWatch(now_s, block_c, room_c, usual_c, learnt_s + step_s, 0.0)
