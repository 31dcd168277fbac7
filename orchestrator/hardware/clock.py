"""The clock of the machine, and the faster one that a demo's processes share."""

from __future__ import annotations

import asyncio
import ctypes
import ctypes.util
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from orchestrator.hardware.epoch import ClockStands, read_epoch
from orchestrator.hardware.timers import timers
from orchestrator.hardware.vouched import Vouched
from orchestrator.ports.clock import Instant, Timer, call_and_sleep
from orchestrator.ports.wake import Wake

TRUST_S = 10.0
"""How long the kernel's word about synchronisation is taken for granted."""
TIME_ERROR = 5
"""What adjtimex answers while the clock is not synchronised."""
LONGEST_NAP_S = 3600.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Return the name of this boot of the machine."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return f"boot-{time.time() - time.monotonic():.0f}"


class _LoopClock:
    """Waiting on the event loop, in the room's seconds, for moments of a clock at any speed."""

    speed: float

    def now(self) -> Instant:
        raise NotImplementedError

    async def sleep_until(self, monotonic_s: float, wake: Wake | None = None) -> None:
        """Return at the moment, or as soon as `wake` is set."""
        while not (wake is not None and wake.is_set()):
            look_s = self.look_s(monotonic_s)
            if look_s is None:
                return
            await _until(look_s, wake)

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> LoopTimer:
        """Call on the loop's thread at the moment, never before."""
        return LoopTimer(self, monotonic_s, callback)

    async def keep_calling(self, call: Callable[[], float | None], wake: Wake) -> None:
        """Call now, and whenever the moment has come that it answers or `wake` is set."""
        await call_and_sleep(self, call, wake)

    def look_s(self, monotonic_s: float) -> float | None:
        """Say when to look at the clock, by the room's; None: the moment has come."""
        left_s = monotonic_s - self.now().monotonic_s
        if left_s <= 0.0:
            return None
        return time.monotonic() + min(left_s / self.speed, LONGEST_NAP_S)


class LoopTimer:
    """Something that will be called."""

    def __init__(self, clock: _LoopClock, at_s: float, callback: Callable[[], None]) -> None:
        self._clock, self._at_s, self._callback = clock, at_s, callback
        self._timer: Timer = timers().call_at(clock.look_s(at_s) or 0.0, self._look, exact=True)

    def cancel(self) -> None:
        """Call it off."""
        self._timer.cancel()

    def _look(self) -> None:
        look_s = self._clock.look_s(self._at_s)
        if look_s is None:
            self._callback()
        else:
            self._timer = timers().call_at(look_s, self._look, exact=True)


class SystemClock(_LoopClock):
    """The machine's own clock (`ports.Clock`)."""

    def __init__(self, *, trust_wall: bool | None = None) -> None:
        """`trust_wall` overrules the kernel: somebody confirmed the time, or doubts it."""
        self.boot = boot_id()
        self.speed = 1.0
        self._trust_wall = trust_wall
        self._trusted, self._ask_again_s = True, 0.0
        self._vouched = Vouched()

    def hear(self, leader_wall_s: float, sent_s: float) -> None:
        """The leader, whose clock is trusted, had this time when it answered what was sent then."""
        self._vouched.hear(leader_wall_s, sent_s, time.monotonic(), time.time())

    def now(self) -> Instant:
        """Look at the clock."""
        monotonic_s = time.monotonic()
        if monotonic_s >= self._ask_again_s:
            known = self._trust_wall
            self._trusted = is_synchronised() if known is None else known
            self._ask_again_s = monotonic_s + TRUST_S
        wall_s, trusted = time.time(), self._trusted
        if not trusted and self._trust_wall is None:
            trusted = self._vouched.holds(monotonic_s, wall_s)
        return Instant(monotonic_s, wall_s, trusted)


class ScaledClock(_LoopClock):
    """A demo's clock: fast, shared by its processes, and standing still while it is stopped."""

    def __init__(self, path: Path) -> None:
        """Take part in the epoch that the demo's supervisor keeps in this file.

        Raises:
            ClockStands: nobody keeps it running.
        """
        epoch = read_epoch(path)
        if epoch is None or epoch.stopped or epoch.room_boot != boot_id():
            raise ClockStands(f"{path}: the demo's clock stands still; start the demo")
        self.boot, self.speed = epoch.id, epoch.speed
        self._epoch = epoch

    def now(self) -> Instant:
        """Look at the clock."""
        clock_s = self._epoch.clock_s_at(time.monotonic())
        return Instant(clock_s, self._epoch.wall_s + clock_s, True)


async def _until(room_s: float, wake: Wake | None) -> None:
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end() -> None:
        if not over.done():
            over.set_result(None)

    timer = timers().call_at(room_s, end)
    if wake is not None:
        wake.tell(end)
    try:
        await over
        # Others may have woken at the same instant and taken their time since.
        timers().catch_up()
    finally:
        timer.cancel()
        if wake is not None:
            wake.tell_no_more(end)


class _Timex(ctypes.Structure):
    """Room for the kernel's `struct timex`, of which only the return value is looked at."""

    _fields_ = (("modes", ctypes.c_uint), ("rest", ctypes.c_byte * 512))


def is_synchronised() -> bool:
    """Ask the kernel whether the clock is synchronised; where it cannot be asked it is believed."""
    adjtimex = _adjtimex()
    if adjtimex is None:
        return True
    answer = adjtimex(ctypes.byref(_Timex()))
    return answer < 0 or answer != TIME_ERROR


@cache
def _adjtimex() -> Callable[..., int] | None:
    try:
        found: Callable[..., int] = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    return found
