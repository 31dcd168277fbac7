"""What a worker's hardware is: `hardware/1` as values, in canonical units.

The document is read from YAML and checked by the command line; here it arrives as plain mappings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from orchestrator.ports.reactor import PumpSpec, ReactorSpec


class HardwareError(ValueError):
    """The description of the hardware is wrong; whoever wrote it has to mend it."""


class Sensor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a sensor is read."""

    driver: Literal["bench", "iio", "w1", "pulses"] = "bench"
    """bench: simulated; iio: an analogue-digital converter that the kernel knows; w1: a 1-wire
    thermometer; pulses: a tachometer on a pin."""
    path: str = ""
    """iio, w1: the file in /sys to read."""
    scale: float = 1.0
    """iio: volts (or °C) in one count."""
    pin: int | None = None
    """pulses: BCM number."""
    pulses_per_turn: float = 1.0
    calibration: str = ""
    constants: dict[str, float] = {}
    """Of its calibration: `od600_per_v`, `blank_v`."""


class Output(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An output that is driven with a duty."""

    pin: int | None = None
    """BCM number; none on a bench."""
    frequency_hz: float = 200.0
    active_high: bool = True


class Pump(Output, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An output that moves liquid."""

    medium: str
    direction: Literal["in", "out"]
    flow_ml_min: float
    calibration: str = ""


class ReactorPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One vessel's devices."""

    sensors: dict[str, Sensor]
    outputs: dict[str, Output]
    pumps: dict[str, Pump] = {}
    capacity_ml: float = 20.0
    waste_tube_ml: float | None = None


class Hardware(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a worker owns."""

    reactors: dict[str, ReactorPart]
    driver: Literal["bench", "gpio"] = "gpio"
    """Whose outputs the keeper switches."""
    bench: str = ""
    """Unix socket of the simulated bench."""


def hardware_of(document: Mapping[str, Any]) -> Hardware:
    """Turn a description into a value.

    Raises:
        HardwareError: it does not make sense.
    """
    plain = {name: value for name, value in document.items() if name != "axenic"}
    try:
        hardware = msgspec.convert(plain, Hardware)
    except msgspec.ValidationError as error:
        raise HardwareError(str(error)) from error
    for name, reactor in hardware.reactors.items():
        _check(name, reactor, hardware)
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
    )


def _check(name: str, reactor: ReactorPart, hardware: Hardware) -> None:
    if "/" in name:
        raise HardwareError(f"reactor {name!r}: a name has no slash")
    if hardware.driver == "bench" and not hardware.bench:
        raise HardwareError("a bench needs the path of its socket")
    switched: Mapping[str, Output] = {**reactor.outputs, **reactor.pumps}
    for device, output in switched.items():
        if hardware.driver == "gpio" and output.pin is None:
            raise HardwareError(f"{name}/{device}: which pin?")
    for pump, part in reactor.pumps.items():
        if not part.flow_ml_min > 0.0:
            raise HardwareError(f"{name}/{pump}: a flow is positive, not {part.flow_ml_min}")
    for sensor, read in reactor.sensors.items():
        if read.driver in ("iio", "w1") and not read.path:
            raise HardwareError(f"{name}/{sensor}: which file in /sys?")
        if read.driver == "pulses" and read.pin is None:
            raise HardwareError(f"{name}/{sensor}: which pin?")
        if read.driver == "bench" and not hardware.bench:
            raise HardwareError(f"{name}/{sensor}: there is no bench to read it from")
