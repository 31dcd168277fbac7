"""Sensors on I2C: converters, thermometers, and circuits that answer in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from orchestrator.hardware.i2c import Wire
from orchestrator.hardware.sensors import Device
from orchestrator.hardware.spec import Sensor

RANGES_V: Final = (6.144, 4.096, 2.048, 1.024, 0.512, 0.256)
"""Of an ADS111x, by the number that chooses them."""
COUNTS = 32768
"""Of an ADS111x in its range."""
CONVERSION, CONFIGURATION = 0, 1
START, SINGLE_ENDED, SINGLE_SHOT, RATE_128_HZ, NO_COMPARATOR = (
    1 << 15,
    0b100 << 12,
    1 << 8,
    0b100 << 5,
    0b11,
)
POLL_S, POLLS_MAX = 0.002, 50
PICO_INPUTS, PICO_VERSION = 4, 8
"""Registers of the firmware on a Pioreactor's HAT."""
PICO_FULL_V, PICO_COUNTS = 3.3, 4095
PICO_SUMS_32: Final = (0, 4)
"""From this version on the firmware adds up 32 samples, before it 16."""
TMP1075_DEGREES = 1.0 / 256.0
EZO_READ, EZO_WAIT_S, EZO_BYTES = b"R", 0.9, 24
EZO_DONE, EZO_STATES = 1, {2: "it did not understand", 254: "it is still busy", 255: "no reading"}


class Ads111x:
    """An ADS1115 (four inputs against ground) or ADS1114 (one, and no channel to choose)."""

    def __init__(self, wire: Wire, address: int, channel: int | None, range_v: float) -> None:
        self._wire, self._address = wire, address
        fitting = [step for step, each_v in enumerate(RANGES_V) if each_v >= range_v]
        step = fitting[-1] if fitting else 0
        self._volts = RANGES_V[step] / COUNTS
        chosen = 0 if channel is None else SINGLE_ENDED | channel << 12
        self._start = START | chosen | step << 9 | SINGLE_SHOT | RATE_128_HZ | NO_COMPARATOR

    def read(self) -> float:
        """Convert once; others wait, since a second question would spoil the first."""
        with self._wire.turn:
            self._wire.talk(self._address, bytes((CONFIGURATION, *self._start.to_bytes(2))))
            for _ in range(POLLS_MAX):
                time.sleep(POLL_S)
                if self._wire.talk(self._address, bytes((CONFIGURATION,)), 2)[0] & 0x80:
                    break
            else:
                raise OSError("the converter does not come to an end")
            counts = self._wire.talk(self._address, bytes((CONVERSION,)), 2)
        return int.from_bytes(counts, signed=True) * self._volts

    def close(self) -> None:
        """It sleeps between readings."""


class PicoInput:
    """The converter that is a microcontroller's, on a Pioreactor's HAT from 1.1 on."""

    def __init__(self, wire: Wire, address: int, channel: int) -> None:
        self._wire, self._address, self._channel = wire, address, channel
        self._sums = 0

    def read(self) -> float:
        if not self._sums:
            minor, major = self._wire.talk(self._address, bytes((PICO_VERSION,)), 2)
            self._sums = 32 if (major, minor) >= PICO_SUMS_32 else 16
        counts = self._wire.talk(self._address, bytes((PICO_INPUTS + self._channel,)), 2)
        return int.from_bytes(counts, "little") / self._sums / PICO_COUNTS * PICO_FULL_V

    def close(self) -> None:
        """Nothing is held open."""


class Tmp1075:
    """A thermometer whose register 0 is the temperature, in 1/256 °C."""

    def __init__(self, wire: Wire, address: int) -> None:
        self._wire, self._address = wire, address

    def read(self) -> float:
        degrees = self._wire.talk(self._address, b"\0", 2)
        return int.from_bytes(degrees, signed=True) * TMP1075_DEGREES

    def close(self) -> None:
        """Nothing is held open."""


class Ezo:
    """A circuit that is asked with a letter and answers with a state and digits (Atlas EZO)."""

    def __init__(
        self, wire: Wire, address: int, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._wire, self._address, self._sleep = wire, address, sleep

    def read(self) -> float:
        self._wire.talk(self._address, EZO_READ)
        self._sleep(EZO_WAIT_S)
        answer = self._wire.talk(self._address, b"", EZO_BYTES)
        if answer[0] != EZO_DONE:
            raise OSError(EZO_STATES.get(answer[0], f"it answered {answer[0]}"))
        digits, _, _ = answer[1:].partition(b"\0")
        return float(digits.split(b",")[0])

    def close(self) -> None:
        """Nothing is held open."""


def open_board(sensor: Sensor, wire: Wire) -> Device:
    """Open what a description names; the chip is asked at the first reading."""
    assert sensor.address is not None
    if sensor.driver in ("ads1115", "ads1114"):
        channel = sensor.channel if sensor.driver == "ads1115" else None
        return Ads111x(wire, sensor.address, channel, sensor.range_v)
    if sensor.driver == "pico":
        assert sensor.channel is not None
        return PicoInput(wire, sensor.address, sensor.channel)
    if sensor.driver == "tmp1075":
        return Tmp1075(wire, sensor.address)
    return Ezo(wire, sensor.address)
