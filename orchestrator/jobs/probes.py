"""Reads probes that give a voltage, and tells what it means: pH, dissolved oxygen, level, weight.

A probe is calibrated by a curve, or at two points, `low_v` shown at `low` and `high_v` at `high`;
between them and beyond it is a straight line. Temperature is not compensated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from orchestrator.control.median import median_of_three
from orchestrator.jobs.grid import next_on_grid
from orchestrator.jobs.job import Alert, Command, Sense, Sensed, Signal, Step, View

INTERVAL_S = 10.0
MAX_AGE_S = 180.0
"""Three of the longest intervals."""
SILENT_MAX = 3
"""Readings in a row that may be missing before somebody is told."""
NOTHING: Mapping[str, float] = {}


class Line(NamedTuple):
    """A calibration at two points."""

    low: float
    low_v: float
    high: float
    high_v: float

    def value(self, volts: float) -> float:
        """What a voltage means."""
        return self.low + (self.high - self.low) * (volts - self.low_v) / (self.high_v - self.low_v)


class ProbeState(NamedTuple):
    """What the job remembers."""

    look_s: float
    last: tuple[float, ...] = ()
    """Up to three readings (V), oldest first."""
    silent: int = 0
    """Times in a row that the probe did not answer."""
    alerted: bool = False
    """Somebody was told that there is no calibration."""
    scheduled: bool = False
    """The probe will have been read when `look_s` comes."""


class Probe:
    """Setting `interval` (s); signals `raw` (V) and `measured`, the median of three readings."""

    name: ClassVar[str]
    device: ClassVar[str]
    watches: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[Mapping[str, Signal]]

    def begin(self, _memory: Mapping[str, Any], now_s: float) -> ProbeState:
        return ProbeState(now_s)

    def step(self, state: ProbeState, view: View, now_s: float) -> Step[ProbeState]:
        commands: tuple[Command, ...] = ()
        published = NOTHING
        for event in view.events:
            if isinstance(event, Sensed):
                state, more, published = self._take(state, view, event)
                commands += more
        if now_s >= state.look_s:
            if not state.scheduled:
                commands += (Sense(self.device),)
            interval_s = float(view.settings.get("interval", INTERVAL_S))
            state = state._replace(look_s=next_on_grid(now_s, interval_s), scheduled=True)
        return Step(state, commands, published, state.look_s, (self.device,))

    def end(self, _state: ProbeState) -> tuple[Command, ...]:
        return ()

    def _take(
        self, state: ProbeState, view: View, seen: Sensed
    ) -> tuple[ProbeState, tuple[Command, ...], Mapping[str, float]]:
        if seen.value is None:
            return self._miss(state, seen.fault)
        published = {f"{self.name}.raw": seen.value}
        line = view.curves.get(self.device) or line_of(self.device, view.calibration)
        if line is None:
            said = () if state.alerted else (self._uncalibrated(),)
            return state._replace(silent=0, alerted=True), said, published
        last = (*state.last[-2:], seen.value)
        if len(last) == 3:
            published[f"{self.name}.measured"] = line.value(median_of_three(*last))
        return state._replace(last=last, silent=0), (), published

    def _miss(
        self, state: ProbeState, fault: str
    ) -> tuple[ProbeState, tuple[Command, ...], Mapping[str, float]]:
        """What was read before the silence is no witness of what comes after it."""
        silent = state.silent + 1
        alert = Alert(text=f"the {self.device} is silent: {fault or 'no value'}")
        said = (alert,) if silent == SILENT_MAX else ()
        return state._replace(last=(), silent=silent), said, NOTHING

    def _uncalibrated(self) -> Alert:
        return Alert(
            text=f"{self.name}.measured is not known: the {self.device} has no calibration at two "
            "points (low, low_v, high, high_v)"
        )


def line_of(device: str, calibration: Mapping[str, float]) -> Line | None:
    """Return a device's calibration; None where points are missing or are the same."""
    found = [calibration.get(f"{device}.{name}") for name in Line._fields]
    numbers = [number for number in found if number is not None]
    if len(numbers) < len(found):
        return None
    line = Line(*numbers)
    return line if line.low != line.high and line.low_v != line.high_v else None


class Ph(Probe):
    """Signals `ph.raw` and `ph.measured`, from the sensor `ph_probe`."""

    name: ClassVar[str] = "ph"
    device: ClassVar[str] = "ph_probe"
    signals: ClassVar[Mapping[str, Signal]] = {
        "ph.raw": Signal(max_age_s=MAX_AGE_S, device="ph_probe"),
        "ph.measured": Signal(max_age_s=MAX_AGE_S, device="ph_probe"),
    }


class DissolvedOxygen(Probe):
    """Signals `dissolved_oxygen.raw` and `dissolved_oxygen.measured`, of saturation with air."""

    name: ClassVar[str] = "dissolved_oxygen"
    device: ClassVar[str] = "oxygen_probe"
    signals: ClassVar[Mapping[str, Signal]] = {
        "dissolved_oxygen.raw": Signal(max_age_s=MAX_AGE_S, device="oxygen_probe"),
        "dissolved_oxygen.measured": Signal(max_age_s=MAX_AGE_S, device="oxygen_probe"),
    }


class Level(Probe):
    """Signals `level.raw` and `level.measured` (mL); the worker holds the account against it."""

    name: ClassVar[str] = "level"
    device: ClassVar[str] = "level_probe"
    signals: ClassVar[Mapping[str, Signal]] = {
        "level.raw": Signal(max_age_s=MAX_AGE_S, device="level_probe"),
        "level.measured": Signal(max_age_s=MAX_AGE_S, device="level_probe"),
    }


class Scale(Probe):
    """Signals `scale.raw` and `scale.measured` (g), of a bottle or a vessel on a load cell."""

    name: ClassVar[str] = "scale"
    device: ClassVar[str] = "load_cell"
    signals: ClassVar[Mapping[str, Signal]] = {
        "scale.raw": Signal(max_age_s=MAX_AGE_S, device="load_cell"),
        "scale.measured": Signal(max_age_s=MAX_AGE_S, device="load_cell"),
    }
