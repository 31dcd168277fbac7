"""One photodiode of od_reading: its blank, its last readings, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from orchestrator.control.median import median_of_three
from orchestrator.jobs.job import Alert, Command, Sensed, View
from orchestrator.model.photodiode import PHOTODIODES

INTERVAL_S = 5.0
NEVER_BLANKED_S = 1800.0
"""After so long without a blank somebody should be told why there is no od600."""
SILENT_MAX = 3
"""Readings in a row that may be missing before somebody is told."""
JUMP, JUMP_PER_S = 0.3, 0.01
"""A density changes by no more than this in its logarithm from one reading to the next, and so much
more for each second between them, which is more than any pump can dilute."""
LEAST, MOST = 0.75, 1.33
"""By less than these factors, which are within `JUMP`, nothing has jumped."""
JUMP_OD600 = 0.1
"""Below this a jump is somebody who inoculates."""
JUMPED_READINGS = 3
"""Readings at the new level before somebody is told."""
NO_COMMANDS: tuple[Command, ...] = ()
GAINS: Final = {sensor: f"{sensor}.od600_per_v" for sensor in PHOTODIODES}


class Jump(Struct, frozen=True):
    """A reading far from the one before it, which may be a bubble."""

    before: float
    """Density until then."""
    allowed: float
    """How far it may be from there, in its logarithm."""
    stayed: int = 1
    """Readings since, this one included."""


class Channel(Struct, frozen=True):
    """What is remembered of a photodiode."""

    blank_v: float | None = None
    last: tuple[float, ...] = ()
    """Up to three readings (V), oldest first. What is the middle one before the calibration is so
    after it, since calibrations neither turn nor are mixed in this way."""
    jump: Jump | None = None
    silent: int = 0
    """Times in a row that it did not answer."""
    alerted: bool = False
    """Somebody was told why it tells no density."""


Seen = tuple[Channel, tuple[Command, ...], float | None]
"""Afterwards; what to say; the density, where it is known."""


def see(
    channel: Channel, seen: Sensed, view: View, tells: str, waited_s: float, is_needed: bool
) -> Seen:
    """Take a reading. `tells` is the signal that comes of it; what is not needed may be missing
    without a word."""
    blank_v, last, jump, alerted = channel.blank_v, channel.last, channel.jump, channel.alerted
    sensor, raw_v = seen.sensor, seen.value
    if raw_v is None:
        return _miss(channel, seen, tells)
    gain = gain_of(sensor, view)
    if blank_v is None:
        blank_v = view.calibration.get(f"{sensor}.blank_v")
    if blank_v is None or gain is None:
        why = _why_not(sensor, tells, gain, waited_s) if is_needed and not alerted else NO_COMMANDS
        return replace(channel, silent=0, alerted=alerted or bool(why)), why, None
    last, commands, od600 = (*last[-2:], raw_v), NO_COMMANDS, None
    if len(last) == 3:
        od600 = _density(median_of_three(*last) - blank_v, sensor, view, gain)
        above_v, before_v = raw_v - blank_v, last[1] - blank_v
        if jump is not None or _jumps(above_v, before_v, last[0] - blank_v):
            now = _density(above_v, sensor, view, gain)
            before = _density(before_v, sensor, view, gain)
            jump, commands = _follow(jump, before, now, view, tells, sensor)
    return Channel(channel.blank_v, last, jump, 0, alerted), commands, od600


def density_of_medium(blank_v: float, sensor: str, view: View) -> float | None:
    """What the cell-free medium would be taken for without a blank."""
    curve, gain = view.curves.get(sensor), gain_of(sensor, view)
    if curve is not None:
        return curve.value(blank_v)
    return None if gain is None else blank_v * gain


def gain_of(sensor: str, view: View) -> float | None:
    """OD600 per volt above the blank; of a curve, where it begins. Light that passes straight
    through grows less, and its gain is below nothing."""
    curve = view.curves.get(sensor)
    if curve is not None:
        return curve.slope(view.calibration[f"{sensor}.blank_v"])
    gain = view.calibration.get(GAINS[sensor])
    if gain is None and view.settings.get("uncalibrated"):
        return 1.0
    return gain


def _density(above_v: float, sensor: str, view: View, gain: float) -> float:
    curve = view.curves.get(sensor)
    if curve is None:
        return above_v * gain
    return curve.value(above_v + view.calibration[f"{sensor}.blank_v"])


def _jumps(above_v: float, before_v: float, earlier_v: float) -> bool:
    """Whether it is far from where it was; one reading that was alone there is no place to be."""
    return not _is_near(above_v, before_v) and _is_near(before_v, earlier_v)


def _is_near(above_v: float, before_v: float) -> bool:
    """Whether nothing has jumped, whichever way the light goes."""
    if before_v < 0.0:
        above_v, before_v = -above_v, -before_v
    return LEAST * before_v < above_v < MOST * before_v


def _miss(channel: Channel, seen: Sensed, tells: str) -> Seen:
    """What was read before the silence is no witness of what comes after it."""
    silent = channel.silent + 1
    text = f"the {seen.sensor} is silent and {tells} not known: {seen.fault or 'no value'}"
    said = (Alert(text=text),) if silent == SILENT_MAX else NO_COMMANDS
    return replace(channel, last=(), silent=silent, jump=None), said, None


def _why_not(sensor: str, tells: str, gain: float | None, waited_s: float) -> tuple[Command, ...]:
    """Say why there is no density: not calibrated at once, never blanked after a while."""
    if gain is not None and waited_s < NEVER_BLANKED_S:
        return NO_COMMANDS
    missing = f"the {sensor} is not calibrated" if gain is None else "it was never blanked"
    return (Alert(text=f"{tells} is not known: {missing}"),)


def _follow(
    jump: Jump | None, before: float, now: float, view: View, tells: str, sensor: str
) -> tuple[Jump | None, tuple[Command, ...]]:
    """Tell a culture that grows or is diluted from a photodiode that sees something else."""
    if jump is None:
        interval_s = float(view.settings.get("interval", INTERVAL_S))
        first = Jump(before, JUMP + JUMP_PER_S * interval_s)
        return (first if before >= JUMP_OD600 and _is_far(first, now) else None), NO_COMMANDS
    if not _is_far(jump, now):
        return None, NO_COMMANDS  # it came back: a bubble
    if jump.stayed + 1 < JUMPED_READINGS:
        return replace(jump, stayed=jump.stayed + 1), NO_COMMANDS
    text = (
        f"{tells} jumped from {jump.before:.2f} to {now:.2f}, which neither growth nor a pump can "
        f"do: look at the {sensor}, its light and the vial"
    )
    return None, (Alert(text=text),)


def _is_far(jump: Jump, od600: float) -> bool:
    return od600 <= 0.0 or abs(log(od600 / jump.before)) > jump.allowed


def mean_of(densities: Mapping[str, float | None], makers: tuple[str, ...]) -> float | None:
    """The mean of one round; None while one of them is missing in it."""
    found = [densities.get(sensor) for sensor in makers]
    known = [each for each in found if each is not None]
    return sum(known) / len(known) if known and len(known) == len(found) else None
