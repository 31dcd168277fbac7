"""The clock of one machine in the room: its boots, its wall time, whether it is trusted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from orchestrator.ports.clock import Instant, call_and_sleep
from orchestrator.ports.wake import Wake

TICK_S = 1e-6
"""No sleep takes no time at all: who is early by a rounding error is not early for ever."""


@dataclass(slots=True)
class Watch:
    """What a machine's wall clock shows; it outlives boots and is set and doubted by faults."""

    ahead_s: float
    """Wall seconds (UTC) at the virtual moment 0, as this machine believes."""
    trusted: bool = True


class MachineClock:
    """`ports.Clock` of one boot, on the virtual loop."""

    def __init__(self, watch: Watch, boot: str, *, booted_s: float = 0.0) -> None:
        self.boot = boot
        self.speed = 1.0
        self._watch, self._booted_s = watch, booted_s
        self._loop = asyncio.get_running_loop()

    def now(self) -> Instant:
        now_s = self._loop.time()
        watch = self._watch
        return Instant(now_s - self._booted_s, now_s + watch.ahead_s, watch.trusted)

    async def sleep_until(self, monotonic_s: float, wake: Wake | None = None) -> None:
        """Return at the moment, or as soon as `wake` is set."""
        if wake is not None and wake.is_set():
            return
        at_s = max(monotonic_s + self._booted_s, self._loop.time() + TICK_S)
        try:
            async with asyncio.timeout_at(None if at_s == inf else at_s):
                await (wake or Wake()).wait()
        except TimeoutError:
            return

    async def keep_calling(self, call: Callable[[], float | None], wake: Wake) -> None:
        """Call now, and whenever the moment has come that it answers or `wake` is set."""
        await call_and_sleep(self, call, wake)

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Call at the moment."""
        return self._loop.call_at(monotonic_s + self._booted_s, callback)
