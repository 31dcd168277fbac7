"""Reads the photodiodes and tells the optical density: blanked, calibrated, the median of three."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import (
    Command,
    MadeOf,
    Requested,
    Sense,
    Sensed,
    Signal,
    Step,
    View,
    Withdrawn,
)
from orchestrator.jobs.od_blank import (
    BLANK_INTERVAL_S,
    Blanking,
    blanks_of,
    conclude,
    count,
    finish,
    is_over,
    remembered,
    why_failed,
)
from orchestrator.jobs.od_channel import (
    INTERVAL_S,
    NO_COMMANDS,
    Channel,
    density_of_medium,
    gain_of,
    mean_of,
    see,
)
from orchestrator.model.outcome import Outcome
from orchestrator.model.photodiode import (
    AT_ANGLE,
    PHOTODIODE,
    PHOTODIODES,
    blank_of,
    density_of,
    raw_of,
)

MEAN = "mean"
OD600, OD_MAIN = "od600", "od_reading.od_main"
JUST_ONE = (PHOTODIODE,)
NEW = Channel()
NO_ROUND: Mapping[str, float | None] = {}


class OdReadingState(Struct, frozen=True):
    """What the job remembers."""

    began_s: float
    look_s: float
    channels: Mapping[str, Channel]
    """By photodiode."""
    blanking: Blanking | None = None
    scheduled: bool = False
    """The photodiodes will have been read when `look_s` comes."""
    round: Mapping[str, float | None] = NO_ROUND
    """For a mean: densities since the last one, None where there is none."""
    makers: tuple[str, ...] = JUST_ONE
    """Photodiodes that od600 was last made of."""


class OdReading:
    """Settings `interval` (s), `uncalibrated`, `od600_from`; action `blank`.

    Signals are `od600`, raw and blank_raw (V) and blank; of each further photodiode its own, such
    as od_45, raw_45 and blank_raw_45; and od_main where od600 is not that of the first one.

    A photodiode's calibration is a curve, or a gain (OD600 per volt above the blank). A curve is
    shifted by as much as the blank of this vessel differs from that of the calibration. Without
    either `uncalibrated` takes volts above the blank as they are (SEMANTICS rule 13).
    """

    name: ClassVar[str] = "od_reading"
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {
        OD600: Signal(max_age_s=30.0, device=PHOTODIODE),
        OD_MAIN: Signal(max_age_s=30.0, device=PHOTODIODE),
        "od_reading.blank": Signal(device=PHOTODIODE),
        **{density_of(each): Signal(max_age_s=30.0, device=each) for each in AT_ANGLE},
        **{raw_of(each): Signal(max_age_s=30.0, device=each) for each in PHOTODIODES},
        **{blank_of(each): Signal(device=each) for each in PHOTODIODES},
    }

    def begin(self, memory: Mapping[str, Any], now_s: float) -> OdReadingState:
        blanks = remembered(memory, PHOTODIODES)
        return OdReadingState(now_s, now_s, {each: Channel(v) for each, v in blanks.items()})

    def step(self, state: OdReadingState, view: View, now_s: float) -> Step[OdReadingState]:
        commands: tuple[Command, ...] = ()
        published: dict[str, float] = {}
        sensors = _photodiodes(view.sensors)
        for event in view.events:
            if isinstance(event, Sensed):
                state, more = _take(state, view, event, published)
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
                commands += tuple(Sense(each) for each in sensors)
            state = replace(state, look_s=next_on_grid(now_s, interval_s), scheduled=True)
        return Step(state, commands, published, state.look_s, sensors)

    def end(self, state: OdReadingState) -> tuple[Command, ...]:
        if state.blanking is None:
            return ()
        return (finish(state.blanking.key, Outcome.SKIPPED, "od_reading was stopped"),)


@lru_cache(maxsize=64)
def _photodiodes(sensors: tuple[str, ...]) -> tuple[str, ...]:
    """Those that this reactor has; the first one is asked for even where it has none."""
    return (PHOTODIODE, *(each for each in AT_ANGLE if each in sensors))


def _makers(view: View) -> tuple[str, ...]:
    """The photodiodes whose densities make od600; of a mean all that are calibrated, and the
    first one in any case."""
    chosen = view.settings.get("od600_from", PHOTODIODE)
    if chosen != MEAN:
        return (str(chosen),)
    further = _photodiodes(view.sensors)[1:]
    return (PHOTODIODE, *(each for each in further if gain_of(each, view) is not None))


def _take(
    state: OdReadingState, view: View, seen: Sensed, published: dict[str, float]
) -> tuple[OdReadingState, tuple[Command, ...]]:
    if state.blanking is not None:
        return _take_blank(state, state.blanking, view, seen, published)
    sensor, makers = seen.sensor, _makers(view) if "od600_from" in view.settings else JUST_ONE
    tells, round_ = density_of(sensor), state.round
    if sensor == PHOTODIODE and makers != JUST_ONE:
        tells = OD_MAIN
    channel, waited_s = state.channels.get(sensor, NEW), seen.at_s - state.began_s
    channel, commands, od = see(channel, seen, view, tells, waited_s, sensor in makers)
    if seen.value is not None:
        published[raw_of(sensor)] = seen.value
    if od is not None:
        published[tells] = od
    if makers != JUST_ONE:
        round_ = _combine({**round_, sensor: od}, makers, published)
    if makers != state.makers:
        commands += (MadeOf(signal=OD600, devices=makers),)
    channels = {**state.channels, sensor: channel}
    return replace(state, channels=channels, round=round_, makers=makers), commands


def _combine(
    round_: Mapping[str, float | None], makers: tuple[str, ...], published: dict[str, float]
) -> Mapping[str, float | None]:
    """Tell od600 once all have answered: of one round, so that no bubble counts twice."""
    if any(sensor not in round_ for sensor in makers):
        return round_
    od600 = mean_of(round_, makers)
    if od600 is not None:
        published[OD600] = od600
    return NO_ROUND


def _take_blank(
    state: OdReadingState,
    under_way: Blanking,
    view: View,
    seen: Sensed,
    published: dict[str, float],
) -> tuple[OdReadingState, tuple[Command, ...]]:
    if seen.value is not None:
        published[raw_of(seen.sensor)] = seen.value
    under_way = count(under_way, seen)
    if not is_over(under_way, _photodiodes(view.sensors)):
        return replace(state, blanking=under_way), NO_COMMANDS
    state = replace(state, blanking=None, round=NO_ROUND)
    if reason := why_failed(under_way, _makers(view)):
        return state, (finish(under_way.key, Outcome.FAILED, reason),)
    before = {each: of.blank_v for each, of in state.channels.items() if of.blank_v is not None}
    channels = dict(state.channels)
    for sensor, blank_v in blanks_of(under_way).items():
        channels[sensor] = replace(channels.get(sensor, NEW), blank_v=blank_v, last=(), jump=None)
        published[blank_of(sensor)] = blank_v
        medium = density_of_medium(blank_v, sensor, view)
        if sensor == PHOTODIODE and medium is not None:
            published["od_reading.blank"] = medium
    return replace(state, channels=channels), conclude(under_way, before)


def _begin_blank(
    state: OdReadingState, asked: Requested, now_s: float
) -> tuple[OdReadingState, tuple[Command, ...]]:
    if asked.action != "blank":
        reason = f"od_reading cannot {asked.action}"
        return state, (finish(asked.key, Outcome.REFUSED, reason),)
    if state.blanking is not None:
        return state, (finish(asked.key, Outcome.REFUSED, "a blank is under way"),)
    return replace(state, blanking=Blanking(asked.key), look_s=now_s, scheduled=False), ()


def _withdraw(state: OdReadingState, key: str) -> tuple[OdReadingState, tuple[Command, ...]]:
    if state.blanking is None or state.blanking.key != key:
        return state, ()
    return replace(state, blanking=None), (finish(key, Outcome.SKIPPED, "cancelled"),)
