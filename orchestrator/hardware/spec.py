"""What a worker's hardware is: `hardware/1` as values, in canonical units.

The document is read and checked by `documents`, and handed over by the command line; here it
arrives as plain mappings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf
from typing import Any, Literal

import msgspec

from orchestrator.model.driver import CAMERA_DRIVERS, Driver, output_drivers, sensor_drivers
from orchestrator.model.interlock import Interlock, Range, circles, never_on
from orchestrator.model.photodiode import angle_of, is_photodiode
from orchestrator.ports.reactor import PumpSpec, ReactorSpec

BENCH, MACHINE = "bench", "machine"


class HardwareError(ValueError):
    """The description of the hardware is wrong; whoever wrote it has to mend it."""


class Sensor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a sensor is read."""

    driver: str
    """One of `model.driver.sensor_drivers`, or one that a plugin brings."""
    path: str = ""
    """iio, w1: the file in /sys to read."""
    scale: float = 1.0
    """iio: volts in one count."""
    pin: int | None = None
    """pulses: BCM number."""
    pulses_per_turn: float = 1.0
    bus: int = 1
    """I2C: which one, as in /dev/i2c-1."""
    address: int | None = None
    channel: int | None = None
    range_v: float = 4.096
    """ads1115, ads1114: what they are to measure at most."""
    angle: int | None = None
    """Of a photodiode: degrees between the light's way and its own."""
    light: str = ""
    """Output that is on while it is read."""
    quiet: tuple[str, ...] = ()
    """Outputs that are off while it is read."""
    settle_s: float = 0.1
    """How long both take."""
    reference: str = ""
    """Sensor that sees the same light, and is divided by."""
    reference_v: float = 1.0
    """What is read is what it would be if the reference showed this."""
    calibration: str = ""
    constants: dict[str, float] = {}
    """Of its calibration: `od600_per_v`, `blank_v`."""
    options: dict[str, float | bool | str] = {}
    """What a plugin's driver has to know."""


class Output(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An output that is driven with a duty."""

    driver: str
    """One of `model.driver.output_drivers`."""
    pin: int | None = None
    """BCM number; none on a bench or a bus."""
    bus: int = 1
    """I2C: which one, as in /dev/i2c-1."""
    address: int | None = None
    channel: int | None = None
    frequency_hz: float = 200.0
    active_high: bool = True
    maximum_duty: float = 1.0
    """What the pin does at full duty: the most that the device is ever given."""


class Pump(Output, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An output that moves liquid."""

    medium: str
    direction: Literal["in", "out"]
    flow_ml_min: float
    calibration: str = ""


class Camera(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What takes pictures."""

    driver: str
    """One of `model.driver.CAMERA_DRIVERS`."""
    number: int = 0
    """rpicam: which one, as `rpicam-hello --list-cameras` counts them."""
    path: str = ""
    """v4l2: its device."""
    size: str = "1280x960"
    """Pixels, width by height."""
    rotation: Literal[0, 180] = 0
    limit_s: float = 10.0
    """After which it is given up."""

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height."""
        width, _, height = self.size.partition("x")
        return int(width), int(height)


class Bounds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Between which values a signal has to be."""

    type: str
    """Dimension of the signal."""
    above: float | None = None
    below: float | None = None


class Lock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """While what an output or pump may be on."""

    while_on: tuple[str, ...] = ()
    while_off: tuple[str, ...] = ()
    within: dict[str, Bounds] = {}
    why: str = ""


class ReactorPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One vessel's devices."""

    sensors: dict[str, Sensor]
    outputs: dict[str, Output]
    pumps: dict[str, Pump] = {}
    cameras: dict[str, Camera] = {}
    capacity_ml: float = 20.0
    waste_tube_ml: float | None = None
    evaporation_ml_h: float = 0.0
    interlocks: dict[str, Lock] = {}
    options: dict[str, dict[str, float | bool | str]] = {}
    """job → what a job that a plugin brings has to know of it."""

    @property
    def locked(self) -> tuple[Interlock, ...]:
        """The interlocks, in their order."""
        return tuple(
            Interlock(
                device=device,
                while_on=lock.while_on,
                while_off=lock.while_off,
                within={signal: _range(bounds) for signal, bounds in lock.within.items()},
                why=lock.why,
            )
            for device, lock in self.interlocks.items()
        )


class StopButton(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contact between a pin and ground."""

    pin: int
    """BCM number."""
    contact: Literal["normally_closed", "normally_open"] = "normally_closed"


class Hardware(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a worker owns."""

    reactors: dict[str, ReactorPart]
    bench: str = ""
    """Unix socket of the simulated bench."""
    stop_button: StopButton | None = None
    """An emergency stop for all of them, wired to this machine."""
    watchdog: str = ""
    """Device that resets this machine when the keeper hangs."""

    @property
    def switched(self) -> Mapping[str, Output]:
        """Outputs and pumps of all reactors, as the keeper calls them."""
        return {
            f"{name}/{device}": output
            for name, reactor in self.reactors.items()
            for device, output in (*reactor.outputs.items(), *reactor.pumps.items())
        }

    @property
    def driver(self) -> Literal["bench", "gpio"]:
        """Whose outputs the keeper switches."""
        drivers = {output.driver for output in self.switched.values()}
        return "bench" if BENCH in drivers or (self.bench and not drivers) else "gpio"


def hardware_of(document: Mapping[str, Any], plugged_in: Collection[str] = ()) -> Hardware:
    """Turn a description into a value; plugins bring the drivers that are `plugged_in`.

    Raises:
        HardwareError: it does not make sense.
    """
    try:
        hardware = msgspec.convert(document, Hardware)
    except msgspec.ValidationError as error:
        raise HardwareError(str(error)) from error
    for name, reactor in hardware.reactors.items():
        _check(name, reactor, hardware.bench, plugged_in)
    if len({output.driver == BENCH for output in hardware.switched.values()}) > 1:
        raise HardwareError("some outputs are on a bench and some are not")
    return hardware


def spec_of(name: str, reactor: ReactorPart) -> ReactorSpec:
    """Describe a vessel as workers and plans know it."""
    calibrated: Mapping[str, Sensor | Pump] = {**reactor.sensors, **reactor.pumps}
    return ReactorSpec(
        name=name,
        sensors=tuple(reactor.sensors),
        outputs=tuple(reactor.outputs),
        pumps={
            pump: PumpSpec(
                medium=part.medium, direction=part.direction, flow_ml_min=part.flow_ml_min
            )
            for pump, part in reactor.pumps.items()
        },
        calibrations={
            device: part.calibration for device, part in calibrated.items() if part.calibration
        },
        constants={
            f"{sensor}.{constant}": value
            for sensor, part in reactor.sensors.items()
            for constant, value in part.constants.items()
        },
        capacity_ml=reactor.capacity_ml,
        waste_tube_ml=reactor.waste_tube_ml,
        evaporation_ml_h=reactor.evaporation_ml_h,
        interlocks=reactor.locked,
        lights={name: part.light for name, part in reactor.sensors.items() if part.light},
        angles=angles_in(reactor),
        cameras=tuple(reactor.cameras),
        options=reactor.options,
    )


def angles_in(reactor: ReactorPart) -> Mapping[str, int]:
    """At which angle each photodiode stands, as far as anybody says."""
    found = {name: angle_of(name) or part.angle for name, part in reactor.sensors.items()}
    return {name: angle for name, angle in found.items() if angle is not None}


def _check(name: str, reactor: ReactorPart, bench: str, plugged_in: Collection[str]) -> None:
    """What no type says; `documents` says it too, with places, for what people write."""
    if "/" in name:
        raise HardwareError(f"reactor {name!r}: a name has no slash")
    switched: Mapping[str, Output] = {**reactor.outputs, **reactor.pumps}
    for device, output in switched.items():
        known = output_drivers(device)
        _check_driver(f"{name}/{device}", output.driver, known, _told(output, bench))
        if not 0.0 < output.maximum_duty <= 1.0:
            message = f"a maximum duty is above 0 and up to 1, not {output.maximum_duty}"
            raise HardwareError(f"{name}/{device}: {message}")
    for device, sensor in reactor.sensors.items():
        if sensor.driver not in plugged_in:
            told = _told(sensor, bench)
            _check_driver(f"{name}/{device}", sensor.driver, sensor_drivers(device), told)
        for staged in (sensor.light, *sensor.quiet):
            if staged and staged not in reactor.outputs:
                raise HardwareError(f"{name}/{device}: there is no output {staged!r} here")
        if sensor.angle is not None and (
            not is_photodiode(device) or sensor.angle != (angle_of(device) or sensor.angle)
        ):
            raise HardwareError(f"{name}/{device}: it does not stand at {sensor.angle}°")
        if sensor.reference and sensor.reference not in reactor.sensors.keys() - {device}:
            message = f"there is no other sensor {sensor.reference!r} here"
            raise HardwareError(f"{name}/{device}: {message}")
    for device, camera in reactor.cameras.items():
        told = {"path": bool(camera.path), "bench": bool(bench)}
        _check_driver(f"{name}/{device}", camera.driver, CAMERA_DRIVERS, told)
    if len(set(at := angles_in(reactor).values())) < len(at):
        raise HardwareError(f"{name}: two photodiodes stand at the same angle")
    for pump, part in reactor.pumps.items():
        if not part.flow_ml_min > 0.0:
            raise HardwareError(f"{name}/{pump}: a flow is positive, not {part.flow_ml_min}")
    _check_interlocks(name, reactor.locked, switched)


def _check_interlocks(
    name: str, interlocks: Collection[Interlock], switched: Collection[str]
) -> None:
    for each in interlocks:
        for device in (each.device, *each.others):
            if device not in switched:
                raise HardwareError(f"{name}: there is no output or pump {device!r} to interlock")
        if why := never_on(each, interlocks):
            raise HardwareError(f"{name}/{each.device} could never be on: {why}")
    for circle in circles(interlocks):
        raise HardwareError(f"{name}: {', '.join(circle)} wait for each other in a circle")


def _range(bounds: Bounds) -> Range:
    return Range(
        type=bounds.type,
        above=-inf if bounds.above is None else bounds.above,
        below=inf if bounds.below is None else bounds.below,
    )


def _told(device: Sensor | Output, bench: str) -> Mapping[str, bool]:
    return {
        "pin": device.pin is not None,
        "path": isinstance(device, Sensor) and bool(device.path),
        "address": device.address is not None,
        "channel": device.channel is not None,
        "bench": bool(bench),
    }


def _check_driver(
    device: str, driver: str, known: Mapping[str, Driver], told: Mapping[str, bool]
) -> None:
    if driver not in known:
        raise HardwareError(f"{device}: there is no driver {driver!r}")
    for key in known[driver].needs:
        if not told[key]:
            raise HardwareError(f"{device} needs {key}: {known[driver].why}")
