"""Calls at moments of the machine's monotonic clock, to some 0.1 ms where the system can.

One timer of the kernel serves all sleepers of an event loop: it is set to the earliest moment, and
a heap knows the others. Where there is none, asyncio's own timers do, which are up to a millisecond
late.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from typing import Protocol
from weakref import WeakKeyDictionary

from orchestrator.hardware.timerfd import Timerfd
from orchestrator.ports.clock import Timer

EARLY_S = 2.5e-4
"""So long before the moment of an exact call the kernel is asked to wake the loop, which then does
nothing else until it has come: as long as waking takes it, with some to spare."""
CALLED_OFF_MAX = 100
"""So many calls that were called off may lie among as many that were not."""


class Timers(Protocol):
    """Whoever wakes the sleepers of one event loop."""

    def call_at(self, at_s: float, callback: Callable[[], None], *, exact: bool = False) -> Timer:
        """Call on the loop's thread at a moment of `time.monotonic()`, never before.

        An exact call is worth a fraction of a millisecond of everybody's time.
        """
        ...

    def catch_up(self) -> None:
        """Call at once what has fallen due meanwhile, rather than when the loop gets to it."""
        ...


_timers: WeakKeyDictionary[asyncio.AbstractEventLoop, Timers] = WeakKeyDictionary()


def timers() -> Timers:
    """Return the running loop's timers."""
    loop = asyncio.get_running_loop()
    found = _timers.get(loop)
    if found is None:
        found = _timers[loop] = _open(loop)
    return found


def _open(loop: asyncio.AbstractEventLoop) -> Timers:
    try:
        precise = PreciseTimers(Timerfd())
        loop.add_reader(precise.timer.fd, precise.look)
    except (OSError, NotImplementedError):
        return LoopTimers()
    return precise


class PreciseTimers:
    """A heap of calls behind one timer of the kernel.

    It holds no reference to its loop, which keeps it by its reader: so it ends with the loop.
    """

    def __init__(self, timer: Timerfd) -> None:
        self.timer = timer
        self._heap: list[tuple[float, int, Call]] = []
        self._numbers = count()
        self._armed_s = inf
        self._called_off = 0

    def call_at(self, at_s: float, callback: Callable[[], None], *, exact: bool = False) -> Timer:
        """Call at the moment, among equal moments the exact ones first, in the order of asking."""
        if exact:
            callback, at_s = partial(_wait_and_call, at_s, callback), at_s - EARLY_S
        call = Call(self, callback)
        heappush(self._heap, (at_s, next(self._numbers), call))
        if at_s < self._armed_s:
            self._arm(at_s)
        return call

    def look(self) -> None:
        """Call what is due, each by itself; going through the loop once more would make it late."""
        self.timer.clear()
        self._call_due()

    def catch_up(self) -> None:
        """The same for who has held up the loop since, before it is held up once more."""
        if self._heap and self._armed_s > -inf and self._heap[0][0] <= time.monotonic():
            self._call_due()

    def _call_due(self) -> None:
        self._armed_s = -inf  # what is asked for meanwhile is armed for below
        now_s = time.monotonic()
        while self._heap and self._heap[0][0] <= now_s:
            call = heappop(self._heap)[2]
            if call.callback is None:
                self._called_off -= 1
            else:
                call.waits = False
                call.context.run(call.run)
        self._armed_s = inf
        if self._heap:
            self._arm(self._heap[0][0])

    def drop_one(self) -> None:
        """Take note that a call was called off; now and then those are swept out."""
        self._called_off += 1
        if self._called_off > CALLED_OFF_MAX and 2 * self._called_off > len(self._heap):
            self._heap = [each for each in self._heap if each[2].callback is not None]
            heapify(self._heap)
            self._called_off = 0

    def _arm(self, at_s: float) -> None:
        self.timer.arm(at_s)
        self._armed_s = at_s


class Call:
    """Something that will be called, unless it is called off."""

    __slots__ = ("_timers", "callback", "context", "waits")

    def __init__(self, timers: PreciseTimers, callback: Callable[[], None]) -> None:
        self._timers = timers
        self.callback: Callable[[], None] | None = callback
        self.context: Context = copy_context()
        self.waits = True
        """It lies in the heap."""

    def cancel(self) -> None:
        """Call it off; even if its moment has come, it is not called any more."""
        if self.callback is None:
            return
        self.callback = None
        if self.waits:
            self._timers.drop_one()

    def run(self) -> None:
        """Call, once."""
        callback, self.callback = self.callback, None
        if callback is None:
            return
        try:
            callback()
        except Exception as error:  # the other calls have nothing to do with it
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"a call at its moment failed: {callback!r}", "exception": error}
            )


class LoopTimers:
    """The running loop's own timers, which may be early by its clock's resolution and then wait
    once more."""

    def call_at(
        self,
        at_s: float,
        callback: Callable[[], None],
        *,
        exact: bool = False,  # noqa: ARG002 - to wait through its whole millisecond is too dear
    ) -> Timer:
        """Call at the moment or within the millisecond after it."""
        return asyncio.get_running_loop().call_later(max(0.0, at_s - time.monotonic()), callback)

    def catch_up(self) -> None:
        """The loop does not let itself be asked."""


def _wait_and_call(at_s: float, callback: Callable[[], None]) -> None:
    while time.monotonic() < at_s:
        pass
    callback()
