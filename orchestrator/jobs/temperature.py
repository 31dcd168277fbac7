"""Measures the temperature and, with the thermostat, heats toward the target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from orchestrator.control import heat_watch
from orchestrator.control.heat_watch import HeatWatch
from orchestrator.control.pi import Loop
from orchestrator.control.thermostat import START, heat
from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import (
    Advised,
    Alert,
    Command,
    Drive,
    Sense,
    Sensed,
    Signal,
    Step,
    View,
)

THERMOMETER, HEATER = "thermometer", "heater"
INTERVAL_S = 5.0
DUTY_STEP = 0.005
"""Smaller changes are lost in the heat of the block and not worth a command."""
SILENT_MAX = 3
CHANGE_C = 0.5
"""A target that moves by less at once is none to get used to."""
WATCH_S = 30.0
"""How often it is asked whether the thermometer can be right."""
ASK: tuple[Command, ...] = (Sense(THERMOMETER),)
SENSORS = (THERMOMETER,)
NOTHING: Mapping[str, float] = {}
ADVICE_S = 60.0
"""A duty that the law of a plugin wanted holds for so long, unless it wants it again."""


class Advice(Struct, frozen=True):
    """What the law of a plugin wants."""

    law: str
    duty: float
    until_s: float


class TemperatureState(Struct, frozen=True):
    """What the job remembers."""

    loop: Loop = START
    driven: float | None = None
    look_s: float = 0.0
    silent: int = 0
    """Times in a row that the thermometer did not answer."""
    scheduled: bool = False
    """The thermometer will have been read when `look_s` comes."""
    watch: HeatWatch | None = None
    target_c: float | None = None
    """For which the watch began: whoever sets another one has looked after it."""
    advice: Advice | None = None


class Temperature:
    """Setting `target` (°C) of the thermostat; or a duty, by the law of a plugin.

    Signals `temperature.measured` and `temperature.duty`, and with a calibration
    `temperature.raw`.

    What is too hot for the profile is the guard's affair. A silent thermometer turns the heater off
    at once, and so does one that shows what the heater cannot have done.
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
        seen: Sensed | None = None
        for event in view.events:
            if isinstance(event, Sensed):
                seen = event if event.sensor == THERMOMETER else seen
            elif isinstance(event, Advised):
                state = replace(state, advice=_advice(event, now_s))
        if seen is not None:
            look = self._look if view.curves else self._regulate
            return look(state, view, seen, now_s, look_s)
        after = replace(state, look_s=look_s, scheduled=True)
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
        wanted = view.settings.get("target") if view.automation == "thermostat" else None
        target_c = None if wanted is None else float(wanted)
        advice = state.advice
        if advice is not None and (advice.law != view.automation or now_s > advice.until_s):
            advice = None
        if advice is not None:  # the watch minds its heater too
            target_c = float(view.settings.get("target") or 0.0)
        held = HEATER in view.held
        before = 0.0 if held else state.driven or 0.0
        watch = state.watch
        if watch is None or now_s >= watch.at_s + WATCH_S or target_c != state.target_c:
            watch = _watch(state, target_c, seen.value, now_s, before)
        is_odd = watch is not None and watch.odd_c != 0.0
        if advice is not None and not is_odd:
            duty = advice.duty if seen.value is not None else 0.0
        elif target_c is not None and not is_odd:
            loop, duty = heat(loop, target_c, seen.value, now_s)
            if held:
                loop = Loop(state.loop.integral)  # what is not heated tells nothing of the loop
        driven, commands = state.driven, _worth_driving(state.driven, duty)
        if commands:
            driven = duty
        if is_odd and not (state.watch is not None and state.watch.odd_c != 0.0):
            commands += (_doubt(watch, seen.value),)
        after = TemperatureState(loop, driven, look_s, 0, True, watch, target_c, advice)
        if seen.value is None:
            silent = state.silent + 1
            if silent == SILENT_MAX:
                text = f"the thermometer is silent and the heater off: {seen.fault or 'no value'}"
                commands += (Alert(text=text, severity="critical"),)
            return Step(replace(after, silent=silent), commands, NOTHING, look_s, SENSORS)
        published = {"temperature.measured": seen.value, "temperature.duty": 0.0 if held else duty}
        return Step(after, commands, published, look_s, SENSORS)


def _advice(advised: Advised, now_s: float) -> Advice | None:
    """What a law wants last is what it wants."""
    duties = [each.duty for each in advised.wants if isinstance(each, Drive)]
    return Advice(advised.law, duties[-1], now_s + ADVICE_S) if duties else None


def _worth_driving(driven: float | None, duty: float) -> tuple[Command, ...]:
    least = DUTY_STEP if 0.0 < duty < 1.0 else 0.0
    if driven is not None and (duty == driven or abs(duty - driven) < least):
        return ()
    return (Drive(HEATER, duty),)


def _watch(
    state: TemperatureState,
    target_c: float | None,
    measured_c: float | None,
    now_s: float,
    given: float,
) -> HeatWatch | None:
    """Compare, while the thermostat is on, what the heater was given with what is shown."""
    watch = state.watch
    if target_c is None:
        return None
    if measured_c is None:
        due = watch is not None and now_s >= watch.at_s + WATCH_S
        return heat_watch.go_on(watch, given, now_s) if watch is not None and due else watch
    if watch is None or (watch.odd_c != 0.0 and target_c != state.target_c):
        return heat_watch.begin(measured_c, now_s)
    if abs(target_c - (state.target_c or 0.0)) > CHANGE_C:
        watch = heat_watch.expect_change(watch)
    if now_s < watch.at_s + WATCH_S:
        return watch
    return heat_watch.look(watch, given, measured_c, now_s)


def _doubt(watch: HeatWatch | None, measured_c: float | None) -> Alert:
    assert watch is not None
    assert measured_c is not None
    hot = watch.odd_c > 0.0
    text = (
        f"the thermometer shows {measured_c:.1f} °C, and by what the heater was given it should be "
        f"some {watch.block_c:.0f} °C: the thermometer shows too {'much' if hot else 'little'}, or "
        f"the heater {'stays on by itself' if hot else 'does not heat'}. The heater is kept off "
        "until they agree, or another target is set"
    )
    return Alert(text=text, severity="critical")
