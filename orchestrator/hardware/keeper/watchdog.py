"""The machine's own watchdog: it resets everything when the keeper no longer pats it.

A reset leaves pins as inputs, so that what hangs on them is off. It is the last resort for a
keeper, or a machine, that hangs while something is on.
"""

from __future__ import annotations

import contextlib
import logging
import os

from orchestrator.ports.reactor import DeviceFault

PERIOD_S = 1.0
"""Most of them wait for ten seconds and more."""
LEAVE_IN_PEACE = b"V"
log = logging.getLogger(__name__)


class Watchdog:
    """A character device such as /dev/watchdog."""

    def __init__(self, path: str) -> None:
        """Open it, from when on it wants to be patted.

        Raises:
            DeviceFault: it cannot be had.
        """
        try:
            self._device = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise DeviceFault(f"the watchdog {path} cannot be had: {error.strerror}") from error

    def pat(self) -> None:
        """All is well."""
        try:
            os.write(self._device, b"\0")
        except OSError as error:
            log.error("the watchdog cannot be patted: %s", error)

    def close(self) -> None:
        """Leave on purpose: it is told to watch no more."""
        with contextlib.suppress(OSError):
            os.write(self._device, LEAVE_IN_PEACE)
        os.close(self._device)
