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
    """Keys that have to stand beside it: `pin`, `path`; `bench` stands at the top."""
    why: str
    """What they are for, in a few words."""


_BENCH: Final = Driver(needs=("bench",), why="the socket of the simulated bench")
_PIN: Final = "a pin of this machine, by its GPIO number (BCM)"

SENSOR_DRIVERS: Final[Mapping[str, Driver]] = {
    "iio": Driver(needs=("path",), why="the converter's file in /sys/bus/iio/devices"),
    "w1": Driver(needs=("path",), why="the thermometer's file in /sys/bus/w1/devices"),
    "pulses": Driver(needs=("pin",), why=_PIN),
    "bench": _BENCH,
}
"""iio: an analogue-digital converter that the kernel knows; w1: a 1-wire thermometer; pulses: a
tachometer on a pin; bench: simulated."""

OUTPUT_DRIVERS: Final[Mapping[str, Driver]] = {
    "pwm": Driver(needs=("pin",), why=_PIN),
    "bench": _BENCH,
}
"""pwm: pulse-width modulation of a pin; bench: simulated."""
