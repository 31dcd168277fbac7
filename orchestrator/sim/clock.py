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

from orchestrator.ports.clock import BREATH as ROUND_BREATH
from orchestrator.ports.clock import Instant
from orchestrator.ports.wake import Wake

_new = tuple.__new__
BREATH = 500
"""Jumps after which a lone sleeper lets the loop look at its sockets and signals."""


class VirtualTimer:
    """Something to call at a moment."""

    __slots__ = ("at_s", "callback", "round")

    def __init__(self, at_s: float, callback: Callable[[], None]) -> None:
        self.at_s = at_s
        self.callback: Callable[[], None] | None = callback
        self.round: Round | None = None
        """Whom it calls on, if that needs no task."""

    def cancel(self) -> None:
        self.callback = self.round = None


class Round:
    """Somebody who is called again and again, and waits in between."""

    __slots__ = ("at_s", "call", "calls", "ended", "error", "over", "timer", "wake")

    def __init__(self, call: Callable[[], float | None], wake: Wake) -> None:
        self.call, self.wake = call, wake
        self.at_s = inf
        self.calls = 0
        self.ended = False
        self.error: Exception | None = None
        self.over: asyncio.Future[None] | None = None
        """What its task waits for, while others call it."""
        self.timer: VirtualTimer | None = None

    def look(self) -> bool:
        """Call it; whether it wants to be called again. What it raises is for its own task."""
        try:
            at_s = self.call()
        except Exception as error:
            self.error = error
            at_s = None
        if at_s is None:
            self.ended = True
            return False
        self.at_s = at_s
        return True

    def resume(self) -> None:
        """Let its own task go on."""
        if self.over is not None:
            _resolve(self.over)


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
        self._plain_wakes = 0
        """Those of them that belong to no round."""
        self._marked = False
        """Some round was woken, and may be one of those that wait."""
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
            self._plain_wakes += 1
        self._drive_soon()
        try:
            await over
        finally:
            timer.cancel()
            self._wakes.pop(over, None)
            self._plain_wakes -= wake is not None

    async def keep_calling(self, call: Callable[[], float | None], wake: Wake) -> None:
        """Call whenever it is its moment.

        Whose task is running calls the others as well, for as long as nobody else is busy: in the
        order in which their own tasks would have done it, and without a way through the loop.
        """
        own = alone = Round(call, wake)
        wake.tell(self._mark)
        try:
            while (goes_on := alone.look()) or alone is not own:
                following = None
                if goes_on:
                    await self._breathe(alone)
                    following = self._advance(alone)
                else:
                    alone.resume()
                if following is None:
                    assert own.over is not None
                    await own.over
                    self._leave_queue(own)
                    if own.ended:
                        break
                    following = own
                alone = following
                alone.wake.clear()
        finally:
            wake.tell_no_more(self._mark)
            self._leave_queue(own)
        if own.error is not None:
            raise own.error

    async def _breathe(self, alone: Round) -> None:
        """Let the loop look at its sockets, and a round that is behind leave others their turn."""
        alone.calls += 1
        if alone.calls % ROUND_BREATH == 0:
            await asyncio.sleep(0)
        self._jumps += 1
        if self._jumps % BREATH == 0:
            await asyncio.sleep(0)

    def _advance(self, alone: Round) -> Round | None:
        """Move time on to whoever is called next; None if somebody else is busy on the way."""
        queue, ready, at_s, wake = self._queue, self._ready_callbacks(), alone.at_s, alone.wake
        while not wake.is_set():
            if len(ready) > self._driving or (self._wakes and self._somebody_is_woken()):
                self._queue_up(alone)
                return None
            if not queue or queue[0][0] > at_s:
                if at_s == inf:
                    self._queue_up(alone)
                    return None
                self._move_to(at_s)
                return alone
            if (other := queue[0][2].round) is not None:
                moment_s = heappop(queue)[0]
                self._move_to(moment_s)
                self._queue_up(alone)
                if other.over is not None:
                    self._wakes.pop(other.over, None)
                return other
            self._fire_next()
        return alone

    def _queue_up(self, waiting: Round) -> None:
        if waiting.over is None:
            waiting.over = asyncio.get_running_loop().create_future()
        waiting.timer = self.call_at(waiting.at_s, waiting.resume)
        waiting.timer.round = waiting
        self._wakes[waiting.over] = waiting.wake
        self._drive_soon()

    def _leave_queue(self, waiting: Round) -> None:
        if waiting.timer is not None:
            waiting.timer.cancel()
        if waiting.over is not None:
            self._wakes.pop(waiting.over, None)
        waiting.timer = waiting.over = None

    def _mark(self) -> None:
        self._marked = True

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
            woken = []
            if self._somebody_is_woken():
                woken = [over for over, wake in self._wakes.items() if wake.is_set()]
            for over in woken:
                del self._wakes[over]
                _resolve(over)
            if not woken and self._queue:
                self._fire_next()
        if self._queue or self._wakes:
            self._drive_soon()

    def _somebody_is_woken(self) -> bool:
        if not self._marked and not self._plain_wakes:
            return False
        self._marked = any(wake.is_set() for wake in self._wakes.values())
        return self._marked

    def _ready_callbacks(self) -> deque[Any]:
        """Those that the loop will call next: more than this clock's own, and others are busy."""
        ready = self._ready
        if ready is None:
            ready = self._ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        return ready


def _resolve(over: asyncio.Future[None]) -> None:
    if not over.done():
        over.set_result(None)
