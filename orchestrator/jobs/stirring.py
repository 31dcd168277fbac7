"""Keeps the stirrer at its speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from orchestrator.control.stirrer import FULL_SPEED_RPM, START, Spin, spin
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
SILENT_MAX = 3
"""Readings in a row that may be missing before somebody is told."""
OFF = 0.2
"""Share of the target by which the speed is wrong and not only on its way,"""
OFF_S = 60.0
"""once it has been for so long."""
SETTLED_LOOKS = 6
"""After so many looks at a settled speed it is known what duty it usually takes,"""
ODD_DUTY = 0.3
"""and another by this share means that the stirrer, or what is told of it, has changed."""
DUTY_STEP = 0.002
"""Smaller changes are not worth a command."""


class StirringState(Struct, frozen=True):
    """What the job remembers."""

    spin: Spin = START
    target_rpm: float = 0.0
    driven: float | None = None
    """Duty that was last commanded."""
    look_s: float = 0.0
    told: str = ""
    """The trouble that somebody was told of last: stuck, silent or off."""
    scheduled: bool = False
    """The tachometer will have been read when `look_s` comes."""
    silent: int = 0
    """Times in a row that the tachometer did not answer."""
    off_since_s: float | None = None
    """Since when the speed is wrong."""
    usual: float = 0.0
    """Duty for each rpm at this target once settled; 0: not known yet."""
    settled: int = 0
    """Looks at a settled speed, in a row."""


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
                return self._regulate(state, event, view, now_s)
        target_rpm = _target(view)
        due, changed = now_s >= state.look_s, target_rpm != state.target_rpm
        look_s = next_on_grid(now_s, UNSETTLED_INTERVAL_S) if due or changed else state.look_s
        ask = ASK if changed or (due and not state.scheduled) else ()
        after = replace(state, target_rpm=target_rpm, look_s=look_s, scheduled=True)
        if changed and STIRRER not in view.held and now_s >= state.spin.kick_until_s:
            duty = _at_once(state, view, target_rpm)
            if duty != state.driven:
                spun = state.spin._replace(duty=duty)
                return Step(
                    replace(after, spin=spun, driven=duty),
                    (Drive(STIRRER, duty), *ask),
                    NOTHING,
                    look_s,
                    SENSORS,
                )
        return Step(after, ask, NOTHING, look_s, SENSORS)

    def end(self, _state: StirringState) -> tuple[Command, ...]:
        return (Drive(STIRRER, 0.0),)

    def _regulate(
        self, state: StirringState, seen: Sensed, view: View, now_s: float
    ) -> Step[StirringState]:
        target_rpm = _target(view)
        if STIRRER in view.held:
            return _wait(state, seen, target_rpm, now_s)
        turning = spin(state.spin, target_rpm, seen.value, now_s, _guess(view, target_rpm))
        duty, driven = turning.duty, state.driven
        commands: tuple[Command, ...] = ()
        if driven is None or (duty != driven and (duty == 0.0 or abs(duty - driven) >= DUTY_STEP)):
            driven, commands = duty, (Drive(STIRRER, duty),)
        silent = state.silent + 1 if seen.value is None else 0
        off_since_s = _off_since_s(state, target_rpm, seen.value, now_s)
        usual, settled = _habit(state, target_rpm, seen.value, turning.duty)
        told = _trouble(turning, silent, off_since_s, now_s)
        if not told and settled >= SETTLED_LOOKS and seen.value:
            told = "odd" if abs(turning.duty / seen.value / usual - 1.0) > ODD_DUTY else ""
        if told and told != state.told:
            commands += (_alert(told, target_rpm, seen),)
        look_s = next_on_grid(now_s, _interval_s(target_rpm, seen.value))
        after = StirringState(
            turning, target_rpm, driven, look_s, told, True, silent, off_since_s, usual, settled
        )
        if seen.value is None:
            return Step(after, commands, NOTHING, look_s, SENSORS)
        published = {"stirring.measured": seen.value, "stirring.duty": driven}
        return Step(after, commands, published, look_s, SENSORS)


def _wait(
    state: StirringState, seen: Sensed, target_rpm: float, now_s: float
) -> Step[StirringState]:
    """An interlock holds the stirrer off: nothing is learnt from its speed, and none is wrong."""
    look_s = next_on_grid(now_s, SETTLED_INTERVAL_S)
    after = StirringState(
        target_rpm=target_rpm, driven=state.driven, look_s=look_s, scheduled=True, usual=state.usual
    )
    published = NOTHING
    if seen.value is not None:
        published = {"stirring.measured": seen.value, "stirring.duty": 0.0}
    return Step(after, (), published, look_s, SENSORS)


def _at_once(state: StirringState, view: View, target_rpm: float) -> float:
    """The duty to turn at until the tachometer has answered, which may take its time."""
    return spin(state.spin, target_rpm, None, 0.0, _guess(view, target_rpm)).duty


def _target(view: View) -> float:
    return float(view.settings.get("target", 0.0))


def _guess(view: View, target_rpm: float) -> float:
    """The duty that should give a speed, by the stirrer's calibration or by a rule of thumb."""
    curve = view.curves.get(STIRRER)
    duty = target_rpm / FULL_SPEED_RPM if curve is None else curve.inverse(target_rpm)
    return max(0.0, min(1.0, duty))


def _interval_s(target_rpm: float, measured_rpm: float | None) -> float:
    """Look often while the speed is on its way, now and then once it is there."""
    if measured_rpm is None or abs(target_rpm - measured_rpm) <= SETTLED * max(target_rpm, 100.0):
        return SETTLED_INTERVAL_S
    return UNSETTLED_INTERVAL_S


def _off_since_s(
    state: StirringState, target_rpm: float, measured_rpm: float | None, now_s: float
) -> float | None:
    if measured_rpm is None or abs(target_rpm - measured_rpm) <= OFF * max(target_rpm, 100.0):
        return None
    return now_s if state.off_since_s is None else state.off_since_s


def _habit(
    state: StirringState, target_rpm: float, measured_rpm: float | None, duty: float
) -> tuple[float, int]:
    """Return the usual duty for each rpm, and for how many looks the speed has been settled."""
    usual = state.usual if target_rpm == state.target_rpm else 0.0
    if not measured_rpm or abs(target_rpm - measured_rpm) > SETTLED * max(target_rpm, 100.0):
        return usual, 0
    settled = state.settled + 1 if target_rpm == state.target_rpm else 1
    if usual == 0.0 and settled >= SETTLED_LOOKS:
        usual = duty / measured_rpm
    return usual, settled


def _trouble(turning: Spin, silent: int, off_since_s: float | None, now_s: float) -> str:
    if turning.kicks > KICKS_MAX:
        return "stuck"
    if silent >= SILENT_MAX:
        return "silent"
    return "off" if off_since_s is not None and now_s - off_since_s >= OFF_S else ""


def _alert(trouble: str, target_rpm: float, seen: Sensed) -> Alert:
    if trouble == "stuck":
        return Alert(text="the stirrer does not turn", severity="critical")
    if trouble == "silent":
        fault = seen.fault or "no value"
        return Alert(text=f"the tachometer is silent and the stirrer's speed a guess: {fault}")
    if trouble == "odd":
        return Alert(
            text=f"the stirrer takes another duty than before to turn at {target_rpm:.0f} rpm: the "
            "tachometer shows something wrong, or the stirrer goes harder or easier"
        )
    return Alert(
        text=f"the stirrer turns at {seen.value:.0f} rpm by the tachometer, "
        f"{target_rpm:.0f} are wanted"
    )
