"""Time, as services are given it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from orchestrator.ports.wake import Wake


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
