"""Takes in what other machines say over MQTT: a number of each message, within its range.

A message that cannot be taken is counted, and a person is told of the first one in a row; nothing
else comes of it. What a broker had kept is passed over, since nobody knows how old it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any, ClassVar, Final, NamedTuple

import msgspec

from orchestrator.jobs.job import Alert, Command, Heard, Signal, Step, View

CHANNELS: Final = ("a", "b", "c", "d")
MAX_AGE_S: Final = 300.0
NAME: Final = "external"


class Wrong(ValueError):
    """The message says nothing that can be taken."""


class ExternalState(NamedTuple):
    """What the job remembers."""

    rejected: int = 0
    told: frozenset[str] = frozenset()
    """Channels of whose trouble somebody was told, until they bring a value again."""


class External:
    """Settings `<channel>_topic`, `_value`, `_minimum`, `_maximum`; a signal for each channel."""

    name: ClassVar[str] = NAME
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {
        **{f"{NAME}.{channel}": Signal(max_age_s=MAX_AGE_S) for channel in CHANNELS},
        f"{NAME}.rejected": Signal(),
    }

    def begin(self, _memory: Mapping[str, Any], _now_s: float) -> ExternalState:
        return ExternalState()

    def step(self, state: ExternalState, view: View, _now_s: float) -> Step[ExternalState]:
        commands: list[Command] = []
        published: dict[str, float] = {}
        for event in view.events:
            if isinstance(event, Heard):
                for channel in _channels_of(event.topic, view):
                    state = _take(channel, event, view, state, commands, published)
        return Step(state, tuple(commands), published)

    def end(self, _state: ExternalState) -> tuple[Command, ...]:
        return ()


def topics_wanted(settings: Mapping[str, float | bool | str]) -> frozenset[str]:
    """The topics that these settings name."""
    named = (str(settings.get(f"{channel}_topic", "")) for channel in CHANNELS)
    return frozenset(topic for topic in named if topic)


def _channels_of(topic: str, view: View) -> list[str]:
    return [each for each in CHANNELS if view.settings.get(f"{each}_topic") == topic]


def _take(
    channel: str,
    heard: Heard,
    view: View,
    state: ExternalState,
    commands: list[Command],
    published: dict[str, float],
) -> ExternalState:
    try:
        if heard.fault:
            raise Wrong(heard.fault)
        value = number_in(heard.text, str(view.settings.get(f"{channel}_value", "")))
        _refuse_beyond(value, channel, view)
    except Wrong as wrong:
        published[f"{NAME}.rejected"] = float(state.rejected + 1)
        if channel not in state.told:
            text = f"{heard.topic}, as {NAME}.{channel}, brought nothing to be taken: {wrong}"
            commands.append(Alert(text=text))
        return ExternalState(state.rejected + 1, state.told | {channel})
    published[f"{NAME}.{channel}"] = value
    return state._replace(told=state.told - {channel})


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
