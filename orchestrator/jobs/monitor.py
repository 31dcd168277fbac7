"""Watches the machine that a worker runs on: warmth, load, memory, disk, clock, supply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple

from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import Alert, Command, Sense, Sensed, Signal, Step, View

INTERVAL_S = 60.0
MAX_AGE_S = 1800.0
"""Three of the longest intervals."""
PREFIX = "machine_"
NAMES: Final = ("temperature", "cpu", "memory", "disk", "clock", "under_voltage")


class Bound(NamedTuple):
    """From when on somebody should know, and below what it is over."""

    above: float
    over: float
    text: str


BOUNDS: Final[Mapping[str, Bound]] = {
    "temperature": Bound(80.0, 75.0, "the machine is hot ({value:.0f} °C) and will go slower"),
    "memory": Bound(0.95, 0.9, "the machine's memory is {value:.0%} full"),
    "disk": Bound(0.9, 0.88, "the machine's disk is {value:.0%} full"),
    "under_voltage": Bound(0.5, 0.5, "the machine's supply is too weak: use a stronger one"),
}
NOTHING: Mapping[str, float] = {}


class MonitorState(NamedTuple):
    """What the job remembers."""

    look_s: float
    told: frozenset[str] = frozenset()
    """What somebody was told of, and is not over yet."""
    scheduled: bool = False
    """The sensors will have been read when `look_s` comes."""


class Monitor:
    """Setting `interval` (s); a signal for each of the machine's sensors that the reactor has."""

    name: ClassVar[str] = "monitor"
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {
        f"monitor.{name}": Signal(max_age_s=MAX_AGE_S, device=f"{PREFIX}{name}") for name in NAMES
    }

    def begin(self, _memory: Mapping[str, Any], now_s: float) -> MonitorState:
        return MonitorState(now_s)

    def step(self, state: MonitorState, view: View, now_s: float) -> Step[MonitorState]:
        commands: tuple[Command, ...] = ()
        published: dict[str, float] = {}
        for event in view.events:
            if isinstance(event, Sensed) and event.value is not None:
                name = event.sensor.removeprefix(PREFIX)
                published[f"monitor.{name}"] = event.value
                state, more = _judge(state, name, event.value)
                commands += more
        sensors = tuple(each for name in NAMES if (each := f"{PREFIX}{name}") in view.sensors)
        if now_s >= state.look_s:
            if not state.scheduled:
                commands += tuple(Sense(sensor) for sensor in sensors)
            interval_s = float(view.settings.get("interval", INTERVAL_S))
            state = state._replace(look_s=next_on_grid(now_s, interval_s), scheduled=True)
        return Step(state, commands, published or NOTHING, state.look_s, sensors)

    def end(self, _state: MonitorState) -> tuple[Command, ...]:
        return ()


def _judge(
    state: MonitorState, name: str, value: float
) -> tuple[MonitorState, tuple[Command, ...]]:
    """Tell once, and again after it was over."""
    bound = BOUNDS.get(name)
    if bound is None:
        return state, ()
    if name in state.told:
        if value < bound.over:
            state = state._replace(told=state.told - {name})
        return state, ()
    if value < bound.above:
        return state, ()
    told = Alert(text=bound.text.format(value=value))
    return state._replace(told=state.told | {name}), (told,)
