"""Time, as services are given it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple, Protocol

from orchestrator.ports.wake import Wake

BREATH = 50
"""Calls after which one that is behind leaves others their turn."""


class Instant(NamedTuple):
    """One look at the clock; a tuple, since everybody looks all the time."""

    monotonic_s: float
    """Never goes back within a boot; in a demo it runs faster than the wall of the room."""
    wall_s: float
    """UTC, seconds since 1970."""
    trusted: bool
    """The wall time is synchronised (SEMANTICS rule 6)."""


class Timer(Protocol):
    """Something that was asked for and may be called off."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Real, accelerated (one persisted epoch shared by a demo's processes) or virtual."""

    boot: str
    """Changes whenever `monotonic_s` starts anew."""
    speed: float
    """Clock seconds in one second of the room; 1 but for demos.

    Heartbeats, reconnections and network waits use the room's seconds, whatever this says.
    """

    def now(self) -> Instant: ...

    async def sleep_until(self, monotonic_s: float, wake: Wake | None = None) -> None:
        """Return at the moment, or as soon as `wake` is set; the caller clears it."""
        ...

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> Timer:
        """Call on the loop's thread at the moment, never before."""
        ...

    async def keep_calling(self, call: Callable[[], float | None], wake: Wake) -> None:
        """Call now, then at each moment that it answers or as soon as `wake` is set, which is
        cleared before; return when it answers None."""
        ...


class Sleeper(Protocol):
    """A clock that can be slept by."""

    async def sleep_until(self, monotonic_s: float, wake: Wake | None = None) -> None: ...


async def call_and_sleep(clock: Sleeper, call: Callable[[], float | None], wake: Wake) -> None:
    """`Clock.keep_calling` in so many words."""
    calls = 0
    while (look_again_s := call()) is not None:
        calls += 1
        if calls % BREATH == 0:
            await asyncio.sleep(0)
        await clock.sleep_until(look_again_s, wake)
        wake.clear()
