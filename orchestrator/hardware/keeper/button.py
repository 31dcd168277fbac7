"""An emergency stop that is wired to the machine: the keeper itself reads it, so that it works
whatever became of worker, network and leader."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from orchestrator.hardware.gpio import pins_wanted
from orchestrator.hardware.spec import StopButton


class Button:
    """A contact to ground; its descriptor becomes readable when it is pressed."""

    def __init__(self, wired: StopButton, pin_factory: Any = None) -> None:
        """Take the pin.

        Raises:
            DeviceFault: it cannot be had.
        """
        from gpiozero import DigitalInputDevice

        self._opens = wired.contact == "normally_closed"
        self._told, self._tell = os.pipe2(os.O_NONBLOCK)
        with pins_wanted("the stop button"):
            self._input: Any = DigitalInputDevice(
                wired.pin, pull_up=True, bounce_time=None, pin_factory=pin_factory
            )
        # Its library calls back on a thread of its own.
        if self._opens:
            self._input.when_deactivated = self._wake
        else:
            self._input.when_activated = self._wake

    @property
    def is_pressed(self) -> bool:
        """Whether it is now; where a closed contact is at rest, a broken wire looks pressed."""
        return bool(self._input.is_active) is not self._opens

    def fileno(self) -> int:
        """Where a press is told."""
        return self._told

    def take(self) -> None:
        """Take the news in."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._told, 4096)

    def close(self) -> None:
        """Give the pin back."""
        self._input.close()
        os.close(self._tell)
        os.close(self._told)

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._tell, b"!")
