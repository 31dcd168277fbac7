"""Linux's timers as files, by way of the C library (`os.timerfd_create` came with Python 3.13).

Unlike the time that epoll waits, which asyncio rounds up to whole milliseconds, a timer's file
becomes readable at its moment.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from functools import cache
from math import ceil
from typing import Any

ABSOLUTE = 1
"""TFD_TIMER_ABSTIME: the moment is one of the clock, not so much from now."""
NANOSECONDS = 1_000_000_000


class Timerfd:
    """One timer of the machine's monotonic clock."""

    def __init__(self) -> None:
        """Ask the kernel for it.

        Raises:
            OSError: it has none for us.
        """
        library = _library()
        if library is None:
            raise OSError("the C library knows no timers as files")
        self.fd: int = library.timerfd_create(time.CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._set = library.timerfd_settime

    def arm(self, at_s: float) -> None:
        """Become readable at a moment of `time.monotonic()`, at once if it has passed."""
        at_ns = max(1, ceil(at_s * NANOSECONDS))  # 0 would disarm it
        spec = _Spec(value=_Time(*divmod(at_ns, NANOSECONDS)))
        if self._set(self.fd, ABSOLUTE, ctypes.byref(spec), None) != 0:
            raise OSError(ctypes.get_errno(), "timerfd_settime")

    def clear(self) -> None:
        """Be readable no more."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.fd, 8)

    def __del__(self) -> None:
        """Give it back; there is nobody but the event loop's end to say when."""
        if getattr(self, "fd", -1) >= 0:
            os.close(self.fd)


class _Time(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Spec(ctypes.Structure):
    _fields_ = (("interval", _Time), ("value", _Time))


@cache
def _library() -> Any:
    """Return the C library if it has what is needed."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        library.timerfd_create.argtypes = (ctypes.c_int, ctypes.c_int)
        library.timerfd_settime.argtypes = (
            ctypes.c_int,
            ctypes.c_int,
            ctypes.POINTER(_Spec),
            ctypes.c_void_p,
        )
    except (OSError, AttributeError):
        return None
    return library
