"""LEDs on I2C, as a Pioreactor's HAT has them: outputs of the keeper like its pins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from orchestrator.hardware.i2c import Wire
from orchestrator.hardware.keeper.config import Light
from orchestrator.hardware.keeper.faults import PinsFault

STEPS = 255
DAC_CONFIGURATION, DAC_OUTPUTS = 1, 8
"""Registers of a DAC43608: one bit for each output that sleeps, and their values from here on."""


class Buses(Protocol):
    """Buses by number."""

    def on(self, bus: int) -> Wire: ...

    def close(self) -> None: ...


class Lights:
    """Outputs by name. A chip that does not answer makes its lights faulty, and nothing else."""

    def __init__(self, lights: Mapping[str, Light], buses: Buses) -> None:
        """Find the buses, and turn all off as far as it can be reached.

        Raises:
            DeviceFault: there is no such bus.
        """
        self._lights, self._buses = lights, buses
        self._awake: dict[tuple[int, int], int] = {}
        """dac43608, by bus and address: a bit for each output that is on."""
        for light in lights.values():
            buses.on(light.bus)
        self._dark()

    def set(self, output: str, duty: float, for_s: float | None = None) -> None:  # noqa: ARG002
        """Set an intensity; the keeper keeps the time."""
        light = self._lights[output]
        try:
            self._set(light, round(STEPS * duty * light.maximum_duty))
        except OSError as error:
            message = f"{output}: nobody answers at 0x{light.address:02x} ({error})"
            raise PinsFault(message) from error

    def close(self) -> None:
        """Turn all off and let go of the buses."""
        self._dark()
        self._buses.close()

    def _dark(self) -> None:
        for light in self._lights.values():
            try:
                self._set(light, 0)
            except OSError:  # told when somebody wants it
                continue

    def _set(self, light: Light, value: int) -> None:
        wire, address = self._buses.on(light.bus), light.address
        if light.chip == "pico":
            wire.talk(address, bytes((light.channel, value)))
            return
        awake, bit = self._awake.get((light.bus, address), 0), 1 << light.channel
        wire.talk(address, bytes((DAC_OUTPUTS + light.channel, *(value << 4).to_bytes(2))))
        awake = awake | bit if value else awake & ~bit
        wire.talk(address, bytes((DAC_CONFIGURATION, 0, ~awake & 0xFF)))
        self._awake[light.bus, address] = awake
