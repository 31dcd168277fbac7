"""Virtual time: when nobody has anything left to do, it jumps to the next awaited moment.

Whether somebody is busy is seen in the event loop's queue of ready callbacks. A task that waits
alone never goes through the loop at all, which is what makes two weeks pass in seconds. Order is
that of the moments, and among equal moments that of asking, so that a run can be repeated exactly.
Work in threads or on sockets is not seen: time would run on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Any

from orchestrator.ports.clock import Instant
from orchestrator.ports.wake import Wake

_new = tuple.__new__
BREATH = 500
"""Jumps after which a lone sleeper lets the loop look at its sockets and signals."""


class VirtualTimer:
    """Something to call at a moment."""

    __slots__ = ("at_s", "callback")

    def __init__(self, at_s: float, callback: Callable[[], None]) -> None:
        self.at_s = at_s
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class VirtualClock:
    """`ports.Clock` that never waits; for one event loop."""

    def __init__(
        self, *, wall_s: float = 1_736_150_400.0, monotonic_s: float = 0.0, trusted: bool = True
    ) -> None:
        self.boot = "virtual"
        self.speed = 1.0
        self.trusted = trusted
        self._now_s = monotonic_s
        self._wall_offset_s = wall_s - monotonic_s
        self._instant: Instant | None = None
        """Now, if anybody looked since time moved."""
        self._queue: list[tuple[float, int, VirtualTimer]] = []
        self._numbers = count()
        self._wakes: dict[asyncio.Future[None], Wake] = {}
        """What else ends the sleep of those who wait in the queue."""
        self._driving = False
        self._jumps = 0
        self._ready: deque[Any] | None = None

    def now(self) -> Instant:
        """Return the moment that everybody has agreed to call now."""
        instant = self._instant
        if instant is None or instant.trusted is not self.trusted:
            wall_s = self._now_s + self._wall_offset_s
            instant = self._instant = _new(Instant, (self._now_s, wall_s, self.trusted))
        return instant

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> VirtualTimer:
        """Call when nobody is busy and nothing earlier waits."""
        timer = VirtualTimer(monotonic_s, callback)
        if monotonic_s == inf:
            return timer
        heappush(self._queue, (monotonic_s, next(self._numbers), timer))
        self._drive_soon()
        return timer

    async def sleep_until(self, monotonic_s: float, wake: Wake | None = None) -> None:
        """Return at the moment, or as soon as `wake` is set and everybody else is done."""
        self._jumps += 1
        if self._jumps % BREATH == 0:
            await asyncio.sleep(0)
        if self._jump_alone(monotonic_s, wake):
            return
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.call_at(monotonic_s, lambda: _resolve(over))
        if wake is not None:
            self._wakes[over] = wake
        self._drive_soon()
        try:
            await over
        finally:
            timer.cancel()
            self._wakes.pop(over, None)

    def step_wall(self, by_s: float) -> None:
        """Set the wall clock forward or back, as a fault or a time server would."""
        self._wall_offset_s += by_s
        self._instant = None

    def _jump_alone(self, monotonic_s: float, wake: Wake | None) -> bool:
        """Move time on to the sleeper's moment, unless somebody else becomes busy on the way."""
        queue, ready = self._queue, self._ready_callbacks()
        while wake is None or not wake.is_set():
            if len(ready) > self._driving or (self._wakes and self._somebody_is_woken()):
                return False
            if not queue or queue[0][0] > monotonic_s:
                if monotonic_s == inf:
                    return False
                if monotonic_s > self._now_s:
                    self._now_s, self._instant = monotonic_s, None
                return True
            self._fire_next()
        return True

    def _fire_next(self) -> None:
        at_s, _, timer = heappop(self._queue)
        callback = timer.callback
        if callback is not None:
            self._move_to(at_s)
            callback()

    def _move_to(self, monotonic_s: float) -> None:
        if monotonic_s > self._now_s:
            self._now_s, self._instant = monotonic_s, None

    def _drive_soon(self) -> None:
        if not self._driving:
            self._driving = True
            asyncio.get_running_loop().call_soon(self._drive)

    def _drive(self) -> None:
        """Wake whoever was called, or else fire the next timer; again and again while any waits."""
        self._driving = False
        if len(self._ready_callbacks()) <= self._driving:
            woken = [over for over, wake in self._wakes.items() if wake.is_set()]
            for over in woken:
                del self._wakes[over]
                _resolve(over)
            if not woken and self._queue:
                self._fire_next()
        if self._queue or self._wakes:
            self._drive_soon()

    def _somebody_is_woken(self) -> bool:
        return any(wake.is_set() for wake in self._wakes.values())

    def _ready_callbacks(self) -> deque[Any]:
        """Those that the loop will call next: more than this clock's own, and others are busy."""
        ready = self._ready
        if ready is None:
            ready = self._ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        return ready


def _resolve(over: asyncio.Future[None]) -> None:
    if not over.done():
        over.set_result(None)
