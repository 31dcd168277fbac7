"""One physical vessel with its devices.

Nothing here blocks: each call is handed on and its answer delivered on the loop's thread, so that a
silent sensor or a slow bus delays nobody. Pins, buses and calibrations stay behind this port.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from orchestrator.control.calibration.apply import pump_s, pumped_ml
from orchestrator.control.calibration.curve import Curve
from orchestrator.model.interlock import Interlock
from orchestrator.model.picture import Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpSpec:
    """A pump as the plan knows it."""

    medium: str
    """What it moves: `feed`, another medium, or `waste`."""
    direction: str
    """`in` or `out`."""
    flow_ml_min: float
    """Calibrated flow at full duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactorSpec:
    """What a reactor has; the worker publishes it among its capabilities."""

    name: str
    sensors: tuple[str, ...]
    """`photodiode`, `thermometer`, `tachometer`, …"""
    outputs: tuple[str, ...]
    """`stirrer`, `heater`, …"""
    pumps: Mapping[str, PumpSpec] = field(default_factory=dict)
    calibrations: Mapping[str, str] = field(default_factory=dict)
    """device → name of the calibration in force."""
    expires: Mapping[str, float] = field(default_factory=dict)
    """device → wall time from which its calibration should be replaced."""
    constants: Mapping[str, float] = field(default_factory=dict)
    """The numbers of those calibrations that jobs need: `photodiode.od600_per_v`,
    `photodiode.blank_v`."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """device → what its raw values mean, where it was calibrated by points; comes before flows and
    constants."""
    capacity_ml: float = 20.0
    """Brim of the vessel."""
    waste_tube_ml: float | None = None
    """Volume at which the waste pump begins to draw air, where somebody has measured it."""
    evaporation_ml_h: float = 0.0
    """Water that leaves the vessel as vapour; counts only where the waste tube's end is known."""
    interlocks: tuple[Interlock, ...] = ()
    """What may be on only while something else is so."""
    lights: Mapping[str, str] = field(default_factory=dict)
    """sensor → the output that is on while it is read."""
    angles: Mapping[str, int] = field(default_factory=dict)
    """photodiode → degrees between the light's way and its own, where that is known."""
    cameras: tuple[str, ...] = ()
    """What can take a picture: `camera`, …"""
    options: Mapping[str, Mapping[str, float | bool | str]] = field(default_factory=dict)
    """job → what is to be known of this reactor by a job that a plugin brings: a port, an
    address."""

    def pump_s(self, pump: str, volume_ml: float) -> float:
        """How long a pump has to be on for a volume."""
        curve = self.curves.get(pump)
        if curve is not None:
            return pump_s(curve, volume_ml)
        return volume_ml / self.pumps[pump].flow_ml_min * 60.0

    def pumped_ml(self, pump: str, on_s: float) -> float:
        """What a pump moves in a time."""
        curve = self.curves.get(pump)
        if curve is not None:
            return pumped_ml(curve, on_s)
        return self.pumps[pump].flow_ml_min / 60.0 * on_s

    def moved_ml(self, pump: str, wanted_ml: float, on_s: float, for_s: float) -> float:
        """What moved of a volume in a part of its time; all of it, to the last digit, in all."""
        if on_s == for_s or pump not in self.curves:
            return wanted_ml * (on_s / for_s)
        return self.pumped_ml(pump, on_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpEnd:
    """How a pump run ended."""

    run: str
    moved_ml: float
    """By calibration and the time the pump was on; if interrupted, what it had moved by then."""
    complete: bool
    reason: str = ""
    uncertain: bool = False
    """Nobody can say how far it got; `moved_ml` is then the most that it can have been."""
    on_s: float = 0.0
    """For how long the pump was on."""
    held: bool = False
    """An interlock did not let it begin, or go on."""


Held = Callable[[str, str], None]
"""Hears of an output that an interlock between outputs keeps off although it is driven, and why;
without a reason it no longer does."""


class Reactor(Protocol):
    """The devices of one vessel, real or simulated."""

    spec: ReactorSpec
    """Replaced when one of its devices gets another calibration."""

    def sense(self, sensor: str, deliver: Callable[[float | None, str], None]) -> None:
        """Ask for a value.

        `deliver(value, fault)` is called exactly once, perhaps before this returns.

        `value` is in physical units (°C, rpm; the photodiode's volts), None with the fault in words
        where the sensor is silent, broken or unknown. Answers within 2 s of the room.
        """
        ...

    def drive(self, output: str, duty: float) -> None:
        """Hold an output at a duty of 0–1 until told otherwise, or until the keeper misses this
        process."""
        ...

    def photograph(
        self, camera: str, shot: Shot, deliver: Callable[[bytes | None, str], None]
    ) -> None:
        """Ask for a picture.

        `deliver(picture, fault)` is called exactly once, perhaps before this returns, with a whole
        JPEG or PNG, or None and the fault in words; a camera that hangs is given up after its time
        limit. By then the light is what it was again, or is wanted to be.
        """
        ...

    def begin_pump(
        self, run: str, pump: str, volume_ml: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        """Turn a pump for a volume; the keeper, not this process, turns it off.

        Returns the seconds it will take.

        `run` is the dose's key; the keeper refuses to begin the same one twice. `deliver` is called
        once.
        """
        ...

    def run_pump(
        self, run: str, pump: str, for_s: float, deliver: Callable[[PumpEnd], None]
    ) -> float:
        """The same for a time instead of a volume, whatever that moves: to calibrate the pump."""
        ...

    def stop_pumps(self) -> None:
        """Stop what turns; each run under way ends incomplete."""
        ...

    def hold(self, reason: str) -> None:
        """Turn everything off and keep it off, whatever is driven or pumped, until `let_go`."""
        ...

    def let_go(self) -> None:
        """Allow again what was held; nothing is turned on by that."""
        ...

    def heed(self, react: Held) -> None:
        """Who hears of interlocks from now on, in place of whoever did before; told at once of what
        is held off already, and else when it has lasted a moment."""
        ...

    def why_off(self, device: str, /) -> str:
        """Why an interlock between outputs would not let this be on now; empty if none would.

        As far as it is known here: the keeper has the last word.
        """
        ...

    async def make_safe(self) -> None:
        """All outputs off; returns once the keeper has confirmed, or raises DeviceFault in 2 s."""
        ...


class DeviceFault(RuntimeError):
    """A device does not do what it should; the vessel goes safe."""
