"""A bus with chips that answer as their data sheets say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Protocol

from orchestrator.hardware.i2c import Wires

RANGES_V = (6.144, 4.096, 2.048, 1.024, 0.512, 0.256)


class Chip(Protocol):
    def write(self, sent: bytes) -> None: ...

    def read(self, wanted: int) -> bytes: ...


@dataclass
class Converter:
    """An ADS1115: converts what its configuration chooses, and is busy for a while."""

    volts: dict[int, float]
    """By multiplexer setting: 4 to 7 are the inputs against ground, 0 is the first pair."""
    busy: int = 1
    """Polls until a conversion is over."""
    pointer: int = 0
    registers: dict[int, int] = field(default_factory=lambda: {0: 0, 1: 0x8583})
    left: int = 0

    def write(self, sent: bytes) -> None:
        self.pointer = sent[0]
        if len(sent) == 3:
            self.registers[self.pointer] = int.from_bytes(sent[1:])
            if self.pointer == 1 and sent[1] & 0x80:
                self._convert()

    def read(self, wanted: int) -> bytes:
        value = self.registers[self.pointer]
        if self.pointer == 1:
            self.left -= 1
            value = value & 0x7FFF if self.left >= 0 else value | 0x8000
        return value.to_bytes(2)[:wanted]

    def _convert(self) -> None:
        configuration = self.registers[1]
        range_v = RANGES_V[configuration >> 9 & 7]
        counts = round(self.volts[configuration >> 12 & 7] / range_v * 32768)
        self.registers[0] = max(-32768, min(32767, counts)) & 0xFFFF
        self.left = self.busy


@dataclass
class Pico:
    """The microcontroller of a Pioreactor's HAT: four inputs, a version, four lights."""

    volts: dict[int, float] = field(default_factory=dict)
    version: tuple[int, int] = (0, 4)
    lights: dict[int, int] = field(default_factory=dict)
    pointer: int = 0

    def write(self, sent: bytes) -> None:
        if len(sent) == 2:
            self.lights[sent[0]] = sent[1]
        else:
            self.pointer = sent[0]

    def read(self, wanted: int) -> bytes:
        if self.pointer == 8:
            return bytes((self.version[1], self.version[0]))[:wanted]
        sums = 32 if self.version >= (0, 4) else 16
        counts = round(self.volts[self.pointer - 4] / 3.3 * 4095 * sums)
        return counts.to_bytes(2, "little")[:wanted]


@dataclass
class Thermometer:
    """A TMP1075: twelve bits, to the left."""

    temperature_c: float

    def write(self, sent: bytes) -> None:
        assert sent == b"\0"

    def read(self, wanted: int) -> bytes:
        sixteenths = round(self.temperature_c * 16.0)
        return (sixteenths << 4 & 0xFFFF).to_bytes(2)[:wanted]


@dataclass
class Words:
    """An EZO circuit."""

    answer: bytes = b"\x017.012\0"

    def write(self, sent: bytes) -> None:
        assert sent == b"R"

    def read(self, wanted: int) -> bytes:
        return self.answer.ljust(wanted, b"\0")


@dataclass
class Dac:
    """A DAC43608: values in bits 11 to 4, and a bit for each output that sleeps."""

    values: dict[int, int] = field(default_factory=dict)
    asleep: int = 0xFF

    def write(self, sent: bytes) -> None:
        register, value = sent[0], int.from_bytes(sent[1:])
        if register == 1:
            self.asleep = value
        else:
            self.values[register - 8] = value >> 4

    def read(self, wanted: int) -> bytes:
        raise AssertionError(f"nobody reads {wanted} bytes of it")

    def shines(self, channel: int) -> int:
        return 0 if self.asleep & 1 << channel else self.values.get(channel, 0)


class FakeBus(Wires):
    """Any bus of a machine, with these chips on it; both sides of `Wire` and `Wires`."""

    def __init__(self, chips: Mapping[int, Chip]) -> None:
        super().__init__()
        self.chips, self.silent = chips, set[int]()
        self.turn = RLock()

    def on(self, bus: int) -> FakeBus:
        assert bus == 1
        return self

    def talk(self, address: int, sent: bytes, wanted: int = 0) -> bytes:
        if address not in self.chips or address in self.silent:
            raise OSError(121, "Remote I/O error")
        with self.turn:
            if sent:
                self.chips[address].write(sent)
            return self.chips[address].read(wanted) if wanted else b""

    def close(self) -> None:
        """The chips stay."""
