"""Takes in signals that bear names of one's own: what other machines say over MQTT, a number of
each message, and what sensors show that no job knows. Each within its range.

What cannot be taken is counted, and a person is told of the first one in a row; nothing else comes
of it. What a broker had kept is passed over, since nobody knows how old it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import (
    Alert,
    Command,
    Heard,
    MadeOf,
    Sense,
    Sensed,
    Signal,
    Step,
    View,
)

CHANNELS: Final = ("a", "b", "c", "d")
MAX_AGE_S: Final = 300.0
EVERY_S: Final = 30.0
NAME: Final = "external"
TOPIC, SENSOR = "_topic", "_sensor"
"""What the settings of a channel end with that say where it comes from."""
Settings = Mapping[str, float | bool | str]


class Wrong(ValueError):
    """The message says nothing that can be taken."""


class ExternalState(NamedTuple):
    """What the job remembers."""

    rejected: int = 0
    told: frozenset[str] = frozenset()
    """Channels of whose trouble somebody was told, until they bring a value again."""
    looks: tuple[tuple[str, float], ...] = ()
    """When each channel's sensor is read next."""


class External:
    """Settings `<channel>_topic` and `_value`, or `_sensor` and `_every`; `_minimum`, `_maximum`,
    `_factor`, `_offset`, `_max_age`; a signal for each channel."""

    name: ClassVar[str] = NAME
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {
        **{f"{NAME}.{channel}": Signal(max_age_s=MAX_AGE_S) for channel in CHANNELS},
        f"{NAME}.rejected": Signal(),
    }

    def begin(self, _memory: Mapping[str, Any], _now_s: float) -> ExternalState:
        return ExternalState()

    def step(self, state: ExternalState, view: View, now_s: float) -> Step[ExternalState]:
        commands: list[Command] = []
        published: dict[str, float] = {}
        for event in view.events:
            if isinstance(event, Heard):
                for channel in _named(view.settings, TOPIC, event.topic):
                    state = _take(channel, event, view, state, commands, published)
            elif isinstance(event, Sensed):
                for channel in _named(view.settings, SENSOR, event.sensor):
                    state = _take(channel, event, view, state, commands, published)
        return _look(state, view, now_s, commands, published)

    def end(self, _state: ExternalState) -> tuple[Command, ...]:
        return ()


def topics_wanted(settings: Settings) -> frozenset[str]:
    """The topics that these settings name."""
    return frozenset(topic for _, topic in _sources(settings, TOPIC))


def signals_wanted(settings: Settings) -> Mapping[str, Signal]:
    """The signals that these settings name, besides the job's usual ones."""
    return {
        f"{NAME}.{channel}": Signal(max_age_s=float(settings.get(f"{channel}_max_age", MAX_AGE_S)))
        for suffix in (TOPIC, SENSOR)
        for channel, _ in _sources(settings, suffix)
    }


def _sources(settings: Settings, suffix: str) -> list[tuple[str, str]]:
    """Each channel that has a topic, or a sensor, and which."""
    return [
        (name.removesuffix(suffix), str(value))
        for name, value in settings.items()
        if name.endswith(suffix) and value
    ]


def _named(settings: Settings, suffix: str, source: str) -> list[str]:
    return [channel for channel, named in _sources(settings, suffix) if named == source]


def _look(
    state: ExternalState,
    view: View,
    now_s: float,
    commands: list[Command],
    published: dict[str, float],
) -> Step[ExternalState]:
    """Have each sensor read in its time; one that this reactor does not have is passed over."""
    known, looks = dict(state.looks), dict[str, float]()
    sensors = {
        channel: sensor
        for channel, sensor in _sources(view.settings, SENSOR)
        if sensor in view.sensors
    }
    for channel, sensor in sensors.items():
        due_s = known.get(channel)
        if due_s is None:
            commands += (MadeOf(signal=f"{NAME}.{channel}", devices=(sensor,)), Sense(sensor))
        if due_s is None or now_s >= due_s:
            due_s = next_on_grid(now_s, float(view.settings.get(f"{channel}_every", EVERY_S)))
        looks[channel] = due_s
    look_s = min(looks.values(), default=inf)
    read = tuple(dict.fromkeys(sensors[each] for each, due_s in looks.items() if due_s == look_s))
    return Step(
        state._replace(looks=tuple(looks.items())), tuple(commands), published, look_s, read
    )


def _take(
    channel: str,
    said: Heard | Sensed,
    view: View,
    state: ExternalState,
    commands: list[Command],
    published: dict[str, float],
) -> ExternalState:
    settings = view.settings
    try:
        value = _shown(said, view) if isinstance(said, Sensed) else _heard(said, channel, view)
        value = value * float(settings.get(f"{channel}_factor", 1.0)) + float(
            settings.get(f"{channel}_offset", 0.0)
        )
        _refuse_beyond(value, channel, view)
    except Wrong as wrong:
        published[f"{NAME}.rejected"] = float(state.rejected + 1)
        if channel not in state.told:
            source = said.sensor if isinstance(said, Sensed) else said.topic
            text = f"{source}, as {NAME}.{channel}, brought nothing to be taken: {wrong}"
            commands.append(Alert(text=text))
        return state._replace(rejected=state.rejected + 1, told=state.told | {channel})
    published[f"{NAME}.{channel}"] = value
    return state._replace(told=state.told - {channel})


def _heard(heard: Heard, channel: str, view: View) -> float:
    if heard.fault:
        raise Wrong(heard.fault)
    return number_in(heard.text, str(view.settings.get(f"{channel}_value", "")))


def _shown(seen: Sensed, view: View) -> float:
    """What the sensor showed, by its calibration if it has one."""
    if seen.value is None:
        raise Wrong(seen.fault or "no value")
    curve = view.curves.get(seen.sensor)
    return seen.value if curve is None else curve.value(seen.value)


def number_in(text: str, path: str) -> float:
    """The number of a message: the message itself, or what stands at a place of its JSON.

    Raises:
        Wrong: there is none.
    """
    found: Any = text.strip()
    if path:
        try:
            found = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            raise Wrong(f"'{text:.40}' is no JSON") from None
        for part in path.split("."):
            found = _below(found, part, path)
    try:
        number = float(found) if isinstance(found, int | float | str) else inf
    except (ValueError, OverflowError):
        number = inf
    if isinstance(found, bool) or not isfinite(number):
        raise Wrong(f"'{found!s:.40}' is no number")
    return number


def _below(found: Any, part: str, path: str) -> Any:
    if isinstance(found, Mapping) and part in found:
        return found[part]
    if isinstance(found, list) and part.isdecimal() and int(part) < len(found):
        return found[int(part)]
    raise Wrong(f"there is no {path} in it")


def _refuse_beyond(value: float, channel: str, view: View) -> None:
    low, high = (view.settings.get(f"{channel}_{bound}") for bound in ("minimum", "maximum"))
    if low is not None and value < float(low):
        raise Wrong(f"{value:g} is below {float(low):g}")
    if high is not None and value > float(high):
        raise Wrong(f"{value:g} is above {float(high):g}")
