"""What devices can be driven by, and what each driver has to be told.

The checks of hardware documents and the drivers themselves read this one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orchestrator.model.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One way to read a sensor or to switch an output."""

    needs: tuple[str, ...]
    """Keys that have to stand beside it: `pin`, `path`, `address`; `bench` stands at the top."""
    why: str
    """What they are for, in a few words."""


_BENCH: Final = Driver(needs=("bench",), why="the socket of the simulated bench")
_PIN: Final = "a pin of this machine, by its GPIO number (BCM)"

_CHIP: Final = "where i2cdetect shows it, 0x48 say"
_INPUT: Final = "its address, as i2cdetect shows it, and which of its inputs is read"
_LIGHT: Final = "its address, as i2cdetect shows it, and which of its outputs the LED hangs on"

SENSOR_DRIVERS: Final[Mapping[str, Driver]] = {
    "iio": Driver(needs=("path",), why="the converter's file in /sys/bus/iio/devices"),
    "w1": Driver(needs=("path",), why="the thermometer's file in /sys/bus/w1/devices"),
    "pulses": Driver(needs=("pin",), why=_PIN),
    "ads1115": Driver(needs=("address", "channel"), why=_INPUT),
    "ads1114": Driver(needs=("address",), why=_CHIP),
    "pico": Driver(needs=("address", "channel"), why=_INPUT),
    "tmp1075": Driver(needs=("address",), why=_CHIP),
    "ezo": Driver(needs=("address",), why=_CHIP),
    "machine": Driver(needs=(), why="nothing: its name says what it reads"),
    "bench": _BENCH,
}
"""iio: an analogue-digital converter that the kernel knows; w1: a 1-wire thermometer; pulses: a
tachometer on a pin; ads1115, ads1114: converters with four inputs and with one; pico: the
converter on a Pioreactor's HAT; tmp1075: a thermometer (LM75, TMP102 and their like, too); ezo: a
circuit for pH, oxygen or temperature that answers in words; machine: what the worker's own machine
tells of itself; bench: simulated."""
CAMERA_DRIVERS: Final[Mapping[str, Driver]] = {
    "rpicam": Driver(needs=(), why="nothing: a camera of a Raspberry Pi is found by itself"),
    "v4l2": Driver(needs=("path",), why="the camera's device, such as /dev/video0"),
    "bench": _BENCH,
}
"""rpicam: a camera at the ribbon of a Raspberry Pi; v4l2: one at USB; bench: simulated."""
MACHINE: Final = ("temperature", "cpu", "memory", "disk", "clock", "under_voltage")
"""What it tells: its sensors are called machine_temperature and so on."""


def sensor_drivers(name: str) -> Mapping[str, Driver]:
    """Return what a sensor may be read by; `machine` knows sensors by their names only."""
    if name.removeprefix("machine_") in MACHINE and name.startswith("machine_"):
        return SENSOR_DRIVERS
    return {driver: known for driver, known in SENSOR_DRIVERS.items() if driver != "machine"}


_PWM: Final = Driver(needs=("pin",), why=_PIN)
_PUMP_DRIVERS: Final[Mapping[str, Driver]] = {
    "pwm": _PWM,
    "switch": Driver(needs=("pin",), why=_PIN),
    "bench": _BENCH,
}
_LIGHT_DRIVERS: Final[Mapping[str, Driver]] = {
    "pwm": _PWM,
    "pico": Driver(needs=("address", "channel"), why=_LIGHT),
    "dac43608": Driver(needs=("address", "channel"), why=_LIGHT),
    "bench": _BENCH,
}
_STEADY_DRIVERS: Final[Mapping[str, Driver]] = {"pwm": _PWM, "bench": _BENCH}
LIGHTS: Final = ("led_", "ir_led")
"""How the names of lights begin."""


def output_drivers(name: str) -> Mapping[str, Driver]:
    """Return what an output may be driven by.

    pwm: pulse-width modulation of a pin; switch: a pin that is on or off, for a relay or a valve;
    pico, dac43608: LEDs on a Pioreactor's HAT; bench: simulated.

    A chip on a bus goes on with what it was told last, whatever becomes of this machine: so nothing
    hangs there that could overflow or overheat. And what needs a share of full power is not hung on
    a relay, which has none.
    """
    if name.startswith(LIGHTS):
        return _LIGHT_DRIVERS
    return _STEADY_DRIVERS if name in ("stirrer", "heater") else _PUMP_DRIVERS
