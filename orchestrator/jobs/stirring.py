"""Keeps the stirrer at its speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from orchestrator.control.stirrer import START, Spin, spin
from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import Alert, Command, Drive, Sense, Sensed, Signal, Step, View

TACHOMETER, STIRRER = "tachometer", "stirrer"
SETTLED_INTERVAL_S = 10.0
UNSETTLED_INTERVAL_S = 1.0
ASK: tuple[Command, ...] = (Sense(TACHOMETER),)
SENSORS = (TACHOMETER,)
NOTHING: Mapping[str, float] = {}
SETTLED = 0.05
"""Share of the target within which the speed counts as settled."""
KICKS_MAX = 5
DUTY_STEP = 0.002
"""Smaller changes are not worth a command."""


class StirringState(NamedTuple):
    """What the job remembers."""

    spin: Spin = START
    target_rpm: float = 0.0
    driven: float | None = None
    """Duty that was last commanded."""
    look_s: float = 0.0
    alerted: bool = False
    scheduled: bool = False
    """The tachometer will have been read when `look_s` comes."""


class Stirring:
    """Setting `target` (rpm); signals `stirring.measured` (rpm) and `stirring.duty`."""

    name: ClassVar[str] = "stirring"
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]] = {
        "stirring.measured": Signal(max_age_s=30.0, device=TACHOMETER),
        "stirring.duty": Signal(max_age_s=30.0),
    }

    def begin(self, _memory: Mapping[str, Any], now_s: float) -> StirringState:
        return StirringState(look_s=now_s)

    def step(self, state: StirringState, view: View, now_s: float) -> Step[StirringState]:
        for event in view.events:
            if isinstance(event, Sensed) and event.sensor == TACHOMETER:
                return self._regulate(state, event, _target(view), now_s)
        target_rpm = _target(view)
        due, changed = now_s >= state.look_s, target_rpm != state.target_rpm
        look_s = next_on_grid(now_s, UNSETTLED_INTERVAL_S) if due or changed else state.look_s
        ask = ASK if changed or (due and not state.scheduled) else ()
        after = StirringState(state.spin, target_rpm, state.driven, look_s, state.alerted, True)
        return Step(after, ask, NOTHING, look_s, SENSORS)

    def end(self, _state: StirringState) -> tuple[Command, ...]:
        return (Drive(STIRRER, 0.0),)

    def _regulate(
        self, state: StirringState, seen: Sensed, target_rpm: float, now_s: float
    ) -> Step[StirringState]:
        turning = spin(state.spin, target_rpm, seen.value, now_s)
        duty, driven = turning.duty, state.driven
        commands: tuple[Command, ...] = ()
        if driven is None or (duty != driven and (duty == 0.0 or abs(duty - driven) >= DUTY_STEP)):
            driven, commands = duty, (Drive(STIRRER, duty),)
        stuck = turning.kicks > KICKS_MAX
        if stuck and not state.alerted:
            commands += (Alert(text="the stirrer does not turn", severity="critical"),)
        look_s = next_on_grid(now_s, _interval_s(target_rpm, seen.value))
        after = StirringState(turning, target_rpm, driven, look_s, stuck, True)
        if seen.value is None:
            return Step(after, commands, NOTHING, look_s, SENSORS)
        published = {"stirring.measured": seen.value, "stirring.duty": driven}
        return Step(after, commands, published, look_s, SENSORS)


def _target(view: View) -> float:
    return float(view.settings.get("target", 0.0))


def _interval_s(target_rpm: float, measured_rpm: float | None) -> float:
    """Look often while the speed is on its way, now and then once it is there."""
    if measured_rpm is None or abs(target_rpm - measured_rpm) <= SETTLED * max(target_rpm, 100.0):
        return SETTLED_INTERVAL_S
    return UNSETTLED_INTERVAL_S
