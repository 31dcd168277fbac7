"""Reading sensors without waiting: each has a thread of its own, and two seconds to answer."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any, Protocol

from orchestrator.hardware.gpio import pins_wanted
from orchestrator.hardware.spec import Sensor

ANSWER_S = 2.0
MILLI = 1e-3

Deliver = Callable[[float | None, str], None]


class Device(Protocol):
    """A sensor as its driver knows it; reading may block."""

    def read(self) -> float: ...

    def close(self) -> None: ...


class ThreadedSensor:
    """A device behind a thread; a hanging one delays nobody, and is asked again once it is back."""

    def __init__(self, name: str, device: Device) -> None:
        self._name, self._device = name, device
        self._asked: queue.SimpleQueue[Deliver | None] = queue.SimpleQueue()
        self._busy = False
        self._thread = threading.Thread(target=self._run, name=f"read {name}", daemon=True)
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def read(self, deliver: Deliver) -> None:
        """Ask; answered once, on the loop's thread, within 2 s."""
        if self._busy:
            return deliver(None, f"the {self._name} still has not answered the last time")
        self._busy, over = True, False

        def once(value: float | None, fault: str) -> None:
            nonlocal over
            if not over:
                over = True
                give_up.cancel()
                deliver(value, fault)

        late = f"the {self._name} did not answer within {ANSWER_S:g} s"
        give_up = self._loop.call_later(ANSWER_S, once, None, late)
        self._asked.put(once)
        return None

    def close(self) -> None:
        """End the thread, if it can still be reached."""
        self._asked.put(None)
        self._thread.join(0.5)

    def _run(self) -> None:
        while (answer := self._asked.get()) is not None:
            value, fault = None, ""
            try:
                value = self._device.read()
                if not isfinite(value):
                    value, fault = None, f"the {self._name} answers nonsense: {value}"
            except Exception as error:  # whatever a driver raises, the sensor is silent
                fault = f"the {self._name} cannot be read: {error}"
            try:
                self._loop.call_soon_threadsafe(self._answer, answer, value, fault)
            except RuntimeError:  # the loop is closed: nobody is left to tell
                break
        self._device.close()

    def _answer(self, answer: Deliver, value: float | None, fault: str) -> None:
        self._busy = False
        answer(value, fault)


class SysfsFile:
    """A number that the kernel shows in a file: converters (iio) and 1-wire thermometers."""

    def __init__(self, path: Path, scale: float) -> None:
        self._path, self._scale = path, scale

    def read(self) -> float:
        return float(self._path.read_text().strip()) * self._scale

    def close(self) -> None:
        """Nothing is held open."""


class PulseCounter:
    """A tachometer: pulses on a pin since it was asked last."""

    def __init__(self, pin: int, pulses_per_turn: float, pin_factory: Any = None) -> None:
        from gpiozero import DigitalInputDevice

        self._pulses, self._since_s = 0, time.monotonic()
        self._per_turn = pulses_per_turn
        self._input: Any = DigitalInputDevice(pin, pull_up=True, pin_factory=pin_factory)
        self._input.when_activated = self._count

    def read(self) -> float:
        now_s = time.monotonic()
        pulses, self._pulses = self._pulses, 0
        passed_s, self._since_s = now_s - self._since_s, now_s
        return pulses / self._per_turn * 60.0 / passed_s if passed_s > 0.0 else 0.0

    def close(self) -> None:
        self._input.close()

    def _count(self) -> None:
        self._pulses += 1


def open_device(name: str, sensor: Sensor) -> Device:
    """Open what a description names.

    Raises:
        DeviceFault: its pin cannot be had.
    """
    if sensor.driver == "pulses":
        assert sensor.pin is not None
        with pins_wanted(name):
            return PulseCounter(sensor.pin, sensor.pulses_per_turn)
    scale = sensor.scale * (MILLI if sensor.driver == "w1" else 1.0)
    return SysfsFile(Path(sensor.path), scale)
