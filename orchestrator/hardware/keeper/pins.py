"""What the keeper's pins are: those of the machine, or those of a simulated bench."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any, Protocol

from orchestrator.hardware import bench_wire
from orchestrator.hardware.gpio import pins_wanted
from orchestrator.hardware.i2c import Wires
from orchestrator.hardware.keeper.config import Bench, Gpio, GpioPin
from orchestrator.hardware.keeper.faults import PinsFault
from orchestrator.hardware.keeper.lights import Lights
from orchestrator.hardware.lines import line_of

SEND_LIMIT_S = 0.2


class Pins(Protocol):
    """Outputs by name, owned by this process."""

    def set(self, output: str, duty: float, for_s: float | None = None) -> None:
        """Set a duty now; `for_s` (clock seconds) tells a pump's time to whoever can keep it
        better."""

    def close(self) -> None:
        """Give the pins back, all off."""


def open_pins(config: Gpio | Bench) -> Pins:
    """Take possession of the pins.

    Raises:
        DeviceFault: they cannot be had.
    """
    if isinstance(config, Bench):
        return BenchPins(config.path)
    pins = GpioPins(config.pins)
    if not config.lights:
        return pins
    try:
        return PinsAndLights(pins, Lights(config.lights, Wires()), set(config.lights))
    except BaseException:
        pins.close()
        raise


class GpioPins:
    """Pulse-width modulated pins of a Raspberry Pi, by gpiozero."""

    def __init__(self, pins: Mapping[str, GpioPin], pin_factory: Any = None) -> None:
        """Take them, all off.

        Raises:
            DeviceFault: one of them cannot be had.
        """
        self._devices: dict[str, Any] = {}
        self._maxima = {output: pin.maximum_duty for output, pin in pins.items()}
        try:
            for output, pin in pins.items():
                with pins_wanted(output):
                    self._devices[output] = _device(pin, pin_factory)
        except BaseException:
            self.close()
            raise

    def set(self, output: str, duty: float, for_s: float | None = None) -> None:  # noqa: ARG002
        """Set a duty; the keeper keeps the time."""
        try:
            self._devices[output].value = duty * self._maxima[output]  # a switch rounds it up
        except Exception as error:  # whatever a pin library raises, the pin did not do it
            raise PinsFault(f"{output}: {error}") from error

    def close(self) -> None:
        """Give the pins back; gpiozero turns them off first."""
        for device in self._devices.values():
            device.close()


def _device(pin: GpioPin, pin_factory: Any) -> Any:
    from gpiozero import DigitalOutputDevice, PWMOutputDevice

    if pin.switch:
        return DigitalOutputDevice(
            pin.pin, active_high=pin.active_high, initial_value=False, pin_factory=pin_factory
        )
    return PWMOutputDevice(
        pin.pin,
        active_high=pin.active_high,
        initial_value=0.0,
        frequency=pin.frequency_hz,
        pin_factory=pin_factory,
    )


class PinsAndLights:
    """Pins of the machine, and LEDs on its bus."""

    def __init__(self, pins: Pins, lights: Pins, on_bus: set[str]) -> None:
        self._pins, self._lights, self._on_bus = pins, lights, on_bus

    def set(self, output: str, duty: float, for_s: float | None = None) -> None:
        """Set a duty where it hangs."""
        (self._lights if output in self._on_bus else self._pins).set(output, duty, for_s)

    def close(self) -> None:
        """Give all back, all off; the pins first, where liquid and heat are."""
        self._pins.close()
        self._lights.close()


class BenchPins:
    """The wires to a simulated bench; cut ones are joined again at the next chance."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._duties: dict[str, float] = {}

    def set(self, output: str, duty: float, for_s: float | None = None) -> None:
        """Set a duty on the bench; it ends a pump's time to the moment, at any speed."""
        if for_s is None:
            self._duties[output] = duty
        try:
            if self._socket is None:
                self._connect()
            self._send(output, duty, for_s)
        except OSError as error:
            self._hang_up()
            raise PinsFault(f"the bench does not answer: {error}") from error

    def close(self) -> None:
        """Let go of the wires, which turns everything off."""
        self._hang_up()

    def _connect(self) -> None:
        wires = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wires.settimeout(SEND_LIMIT_S)
        try:
            wires.connect(self._path)
            wires.sendall(line_of(bench_wire.OwnPins()))
        except OSError:
            wires.close()
            raise
        self._socket = wires
        for output, duty in self._duties.items():
            self._send(output, duty, None)

    def _send(self, output: str, duty: float, for_s: float | None) -> None:
        assert self._socket is not None
        reactor, _, device = output.partition("/")
        order = bench_wire.Drive(reactor=reactor, output=device, duty=duty, for_s=for_s)
        self._socket.sendall(line_of(order))

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
