"""Reads the photodiode and tells the optical density: blanked, calibrated, the median of three."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any, ClassVar, NamedTuple

from orchestrator.control.median import median_of_three
from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import (
    Alert,
    Command,
    Finish,
    Remember,
    Requested,
    Sense,
    Sensed,
    Signal,
    Step,
    View,
    Withdrawn,
)
from orchestrator.model.outcome import Ending, Outcome

PHOTODIODE = "photodiode"
BLANK_V = "photodiode.blank_v"
INTERVAL_S = 5.0
BLANK_READINGS = 5
BLANK_INTERVAL_S = 1.0
BLANK_TRIES = 15
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
ASK: tuple[Command, ...] = (Sense(PHOTODIODE),)
SENSORS = (PHOTODIODE,)
NO_COMMANDS: tuple[Command, ...] = ()


class Blanking(NamedTuple):
    """A blank under way."""

    key: str
    sum_v: float = 0.0
    readings: int = 0
    tries: int = 0


class Jump(NamedTuple):
    """A reading far from the one before it, which may be a bubble."""

    before: float
    """Density until then."""
    allowed: float
    """How far it may be from there, in its logarithm."""
    stayed: int = 1
    """Readings since, this one included."""


class OdReadingState(NamedTuple):
    """What the job remembers."""

    began_s: float
    look_s: float
    blank_v: float | None = None
    last: tuple[float, ...] = ()
    """Up to three readings (V), oldest first. What is the middle one before the calibration is so
    after it, since calibrations neither turn nor are mixed in this way."""
    blanking: Blanking | None = None
    alerted: bool = False
    scheduled: bool = False
    """The photodiode will have been read when `look_s` comes."""
    jump: Jump | None = None
    silent: int = 0
    """Times in a row that the photodiode did not answer."""


class OdReading:
    """Settings `interval` (s), `uncalibrated`; signals raw and blank_raw (V), blank and `od600`;
    action `blank`.

    The photodiode's calibration is a curve, or a gain (OD600 per volt above the blank). A curve is
    shifted by as much as the blank of this vessel differs from that of the calibration. Without
    either `uncalibrated` takes volts above the blank as they are (SEMANTICS rule 13).
    """

    name: ClassVar[str] = "od_reading"
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {
        "od600": Signal(max_age_s=30.0, device=PHOTODIODE),
        "od_reading.raw": Signal(max_age_s=30.0, device=PHOTODIODE),
        "od_reading.blank": Signal(device=PHOTODIODE),
        "od_reading.blank_raw": Signal(device=PHOTODIODE),
    }

    def begin(self, memory: Mapping[str, Any], now_s: float) -> OdReadingState:
        kept = memory.get("blank_v")
        return OdReadingState(now_s, now_s, None if kept is None else float(kept))

    def step(self, state: OdReadingState, view: View, now_s: float) -> Step[OdReadingState]:
        commands: tuple[Command, ...] = ()
        published: Mapping[str, float] = {}
        for event in view.events:
            if isinstance(event, Sensed):
                state, more, published = _take(state, view, event)
                commands += more
            elif isinstance(event, Requested):
                state, more = _begin_blank(state, event, now_s)
                commands += more
            elif isinstance(event, Withdrawn):
                state, more = _withdraw(state, event.key)
                commands += more
        if now_s >= state.look_s:
            interval_s = float(view.settings.get("interval", INTERVAL_S))
            if state.blanking is not None:
                interval_s = min(interval_s, BLANK_INTERVAL_S)
            if not state.scheduled:
                commands += ASK
            look_s = next_on_grid(now_s, interval_s)
            state = _with(state, state.last, look_s, state.jump)
        return Step(state, commands, published, state.look_s, SENSORS)

    def end(self, state: OdReadingState) -> tuple[Command, ...]:
        if state.blanking is None:
            return ()
        return (_finish(state.blanking.key, Outcome.SKIPPED, "od_reading was stopped"),)


Taken = tuple[OdReadingState, tuple[Command, ...], Mapping[str, float]]


def _take(state: OdReadingState, view: View, seen: Sensed) -> Taken:
    if state.blanking is not None:
        return _take_blank(state, state.blanking, view, seen)
    raw_v, blank_v, gain = seen.value, state.blank_v, _gain(view)
    if raw_v is None:
        return _miss(state, seen.fault)
    if blank_v is None:
        blank_v = view.calibration.get(BLANK_V)
    if blank_v is None or gain is None:
        return *_complain(state, seen.at_s, gain), {"od_reading.raw": raw_v}
    last, jump = (*state.last[-2:], raw_v), state.jump
    published, commands = {"od_reading.raw": raw_v}, NO_COMMANDS
    if len(last) == 3:
        published["od600"] = _od600(median_of_three(*last) - blank_v, view, gain)
        above_v, before_v = raw_v - blank_v, last[1] - blank_v
        if jump is not None or not LEAST * before_v < above_v < MOST * before_v:
            now, before = _od600(above_v, view, gain), _od600(before_v, view, gain)
            jump, commands = _follow(jump, before, now, view)
    return _with(state, last, state.look_s, jump), commands, published


def _od600(above_v: float, view: View, gain: float) -> float:
    curve = view.curves.get(PHOTODIODE)
    return above_v * gain if curve is None else curve.value(above_v + view.calibration[BLANK_V])


def _with(
    state: OdReadingState, last: tuple[float, ...], look_s: float, jump: Jump | None
) -> OdReadingState:
    """Give the state after an ordinary step, some 200,000 times in a rehearsal: no `_replace`."""
    began_s, _, blank_v, _, blanking, alerted, _, _, silent = state
    silent = silent if last is state.last else 0
    return OdReadingState(began_s, look_s, blank_v, last, blanking, alerted, True, jump, silent)


def _miss(state: OdReadingState, fault: str) -> Taken:
    """What was read before the silence is no witness of what comes after it."""
    silent = state.silent + 1
    alert = Alert(text=f"the photodiode is silent and od600 not known: {fault or 'no value'}")
    said = (alert,) if silent == SILENT_MAX else ()
    return state._replace(last=(), silent=silent, jump=None), said, {}


def _follow(
    jump: Jump | None, before: float, od600: float, view: View
) -> tuple[Jump | None, tuple[Command, ...]]:
    """Tell a culture that grows or is diluted from a photodiode that sees something else."""
    if jump is None:
        interval_s = float(view.settings.get("interval", INTERVAL_S))
        first = Jump(before, JUMP + JUMP_PER_S * interval_s)
        return (first if before >= JUMP_OD600 and _is_far(first, od600) else None), ()
    if not _is_far(jump, od600):
        return None, ()  # it came back: a bubble
    if jump.stayed + 1 < JUMPED_READINGS:
        return jump._replace(stayed=jump.stayed + 1), ()
    text = (
        f"od600 jumped from {jump.before:.2f} to {od600:.2f}, which neither growth nor a pump can "
        "do: look at the photodiode, its light and the vial"
    )
    return None, (Alert(text=text),)


def _is_far(jump: Jump, od600: float) -> bool:
    return od600 <= 0.0 or abs(log(od600 / jump.before)) > jump.allowed


def _take_blank(state: OdReadingState, under_way: Blanking, view: View, seen: Sensed) -> Taken:
    tries = under_way.tries + 1
    if seen.value is None:
        if tries < BLANK_TRIES:
            return state._replace(blanking=under_way._replace(tries=tries)), (), {}
        reason = f"the photodiode is silent: {seen.fault or 'no value'}"
        failed = _finish(under_way.key, Outcome.FAILED, reason)
        return state._replace(blanking=None), (failed,), {}
    sum_v, readings = under_way.sum_v + seen.value, under_way.readings + 1
    published = {"od_reading.raw": seen.value}
    if readings < BLANK_READINGS:
        blanking = Blanking(under_way.key, sum_v, readings, tries)
        return state._replace(blanking=blanking), (), published
    blank_v = sum_v / readings
    done = Finish(
        key=under_way.key, ending=Ending(outcome=Outcome.DONE), result={"blank_v": blank_v}
    )
    published["od_reading.blank_raw"] = blank_v
    curve = view.curves.get(PHOTODIODE)
    if curve is not None:
        published["od_reading.blank"] = curve.value(blank_v)
    elif (gain := _gain(view)) is not None:
        published["od_reading.blank"] = blank_v * gain
    state = state._replace(blank_v=blank_v, blanking=None, last=(), jump=None)
    return state, (Remember(memory={"blank_v": blank_v}), done), published


def _begin_blank(
    state: OdReadingState, asked: Requested, now_s: float
) -> tuple[OdReadingState, tuple[Command, ...]]:
    if asked.action != "blank":
        reason = f"od_reading cannot {asked.action}"
        return state, (_finish(asked.key, Outcome.REFUSED, reason),)
    if state.blanking is not None:
        return state, (_finish(asked.key, Outcome.REFUSED, "a blank is under way"),)
    blanking = Blanking(asked.key)
    return state._replace(blanking=blanking, look_s=now_s, scheduled=False), ()


def _withdraw(state: OdReadingState, key: str) -> tuple[OdReadingState, tuple[Command, ...]]:
    if state.blanking is None or state.blanking.key != key:
        return state, ()
    return state._replace(blanking=None), (_finish(key, Outcome.SKIPPED, "cancelled"),)


def _complain(
    state: OdReadingState, now_s: float, gain: float | None
) -> tuple[OdReadingState, tuple[Command, ...]]:
    """Say once why there is no od600: not calibrated at once, never blanked after a while."""
    if state.alerted or (gain is not None and now_s - state.began_s < NEVER_BLANKED_S):
        return state, ()
    missing = "the photodiode is not calibrated" if gain is None else "it was never blanked"
    return state._replace(alerted=True), (Alert(text=f"od600 is not known: {missing}"),)


def _gain(view: View) -> float | None:
    """OD600 per volt above the blank; of a curve, where it begins."""
    curve = view.curves.get(PHOTODIODE)
    if curve is not None:
        return curve.slope(view.calibration[BLANK_V])
    gain = view.calibration.get("photodiode.od600_per_v")
    if gain is None and view.settings.get("uncalibrated"):
        return 1.0
    return gain


def _finish(key: str, outcome: Outcome, reason: str) -> Finish:
    return Finish(key=key, ending=Ending(outcome=outcome, reason=reason))
