"""Measures the temperature and, with the thermostat, heats toward the target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from orchestrator.control.pi import Loop
from orchestrator.control.thermostat import START, heat
from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import Alert, Command, Drive, Sense, Sensed, Signal, Step, View

THERMOMETER, HEATER = "thermometer", "heater"
INTERVAL_S = 5.0
DUTY_STEP = 0.005
"""Smaller changes are lost in the heat of the block and not worth a command."""
SILENT_MAX = 3
ASK: tuple[Command, ...] = (Sense(THERMOMETER),)
SENSORS = (THERMOMETER,)
NOTHING: Mapping[str, float] = {}


class TemperatureState(NamedTuple):
    """What the job remembers."""

    loop: Loop = START
    driven: float | None = None
    look_s: float = 0.0
    silent: int = 0
    """Times in a row that the thermometer did not answer."""
    scheduled: bool = False
    """The thermometer will have been read when `look_s` comes."""


class Temperature:
    """Setting `target` (°C) of the thermostat.

    Signals `temperature.measured` and `temperature.duty`, and with a calibration
    `temperature.raw`.

    What is too hot for the profile is the guard's affair. A silent thermometer turns the heater off
    at once.
    """

    name: ClassVar[str] = "temperature"
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {
        "temperature.measured": Signal(max_age_s=30.0, device=THERMOMETER),
        "temperature.duty": Signal(max_age_s=30.0),
        "temperature.raw": Signal(device=THERMOMETER),
    }

    def begin(self, _memory: Mapping[str, Any], now_s: float) -> TemperatureState:
        return TemperatureState(look_s=now_s)

    def step(self, state: TemperatureState, view: View, now_s: float) -> Step[TemperatureState]:
        due = now_s >= state.look_s
        look_s = next_on_grid(now_s, INTERVAL_S) if due else state.look_s
        for event in view.events:
            if isinstance(event, Sensed) and event.sensor == THERMOMETER:
                return self._look(state, view, event, now_s, look_s)
        after = TemperatureState(state.loop, state.driven, look_s, state.silent, True)
        return Step(after, ASK if due and not state.scheduled else (), NOTHING, look_s, SENSORS)

    def end(self, _state: TemperatureState) -> tuple[Command, ...]:
        return (Drive(HEATER, 0.0),)

    def _look(
        self, state: TemperatureState, view: View, seen: Sensed, now_s: float, look_s: float
    ) -> Step[TemperatureState]:
        """What the thermometer shows is kept beside what its calibration makes of it."""
        curve = view.curves.get(THERMOMETER)
        if curve is None or seen.value is None:
            return self._regulate(state, view, seen, now_s, look_s)
        true = Sensed(seen.sensor, curve.value(seen.value), seen.at_s)
        step = self._regulate(state, view, true, now_s, look_s)
        published = {"temperature.raw": seen.value, **step.publish}
        return Step(step.state, step.commands, published, step.look_again_s, step.sense)

    def _regulate(
        self, state: TemperatureState, view: View, seen: Sensed, now_s: float, look_s: float
    ) -> Step[TemperatureState]:
        loop, duty = state.loop, 0.0
        target_c = view.settings.get("target") if view.automation == "thermostat" else None
        if target_c is not None:
            loop, duty = heat(loop, float(target_c), seen.value, now_s)
        driven, commands = state.driven, _worth_driving(state.driven, duty)
        if commands:
            driven = duty
        if seen.value is None:
            silent = state.silent + 1
            if silent == SILENT_MAX:
                text = f"the thermometer is silent and the heater off: {seen.fault or 'no value'}"
                commands += (Alert(text=text, severity="critical"),)
            after = TemperatureState(loop, driven, look_s, silent, True)
            return Step(after, commands, NOTHING, look_s, SENSORS)
        published = {"temperature.measured": seen.value, "temperature.duty": duty}
        after = TemperatureState(loop, driven, look_s, 0, True)
        return Step(after, commands, published, look_s, SENSORS)


def _worth_driving(driven: float | None, duty: float) -> tuple[Command, ...]:
    least = DUTY_STEP if 0.0 < duty < 1.0 else 0.0
    if driven is not None and (duty == driven or abs(duty - driven) < least):
        return ()
    return (Drive(HEATER, duty),)
