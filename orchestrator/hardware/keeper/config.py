"""What a keeper is told when it is started."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from orchestrator.hardware.spec import StopButton
from orchestrator.model.interlock import Interlock


class GpioPin(msgspec.Struct, frozen=True, kw_only=True):
    """One output of a Raspberry Pi."""

    pin: int
    """BCM number."""
    frequency_hz: float = 200.0
    active_high: bool = True
    maximum_duty: float = 1.0
    """Of the pin, when a duty of 1 is asked for."""
    switch: bool = False
    """It is on or off, without pulses."""


class Light(msgspec.Struct, frozen=True, kw_only=True):
    """One output of a chip on I2C."""

    chip: Literal["pico", "dac43608"]
    address: int
    channel: int
    bus: int = 1
    maximum_duty: float = 1.0


class Gpio(msgspec.Struct, frozen=True, kw_only=True, tag="gpio"):
    """The keeper owns these pins, and these lights on a bus."""

    pins: dict[str, GpioPin]
    lights: dict[str, Light] = {}


class Bench(msgspec.Struct, frozen=True, kw_only=True, tag="bench"):
    """The keeper's pins are those of a simulated bench."""

    path: str


class KeeperConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Outputs and pumps are named `<reactor>/<device>`."""

    path: str
    """Unix socket on which workers are served."""
    outputs: list[str]
    pumps: list[str]
    pins: Gpio | Bench
    interlocks: list[Interlock] = []
    """Between outputs and pumps, by the same names."""
    stop_button: StopButton | None = None
    watchdog: str = ""
    """Of the machine: a device such as /dev/watchdog."""
    speed: float = 1.0
    """Clock seconds in one of the room."""
    idle_s: float = 60.0
    """The keeper ends after so long without a worker."""
    supervisor_pid: int | None = None
    """The keeper ends with this process."""

    @property
    def socket_path(self) -> Path:
        return Path(self.path)
