"""An event loop whose time jumps: when nobody is ready, it is the next awaited moment at once.

Everything that waits on it, in seconds of the room or of a machine's clock, waits in the same
virtual time, so that network timeouts, heartbeats and cultures keep step. There are no sockets and
no threads; what would be done in a thread is done in between. So a run depends on nothing but its
seed.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class Deadlock(RuntimeError):
    """Nobody will ever do anything again, and somebody still waits."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """For `asyncio.Runner(loop_factory=VirtualLoop)`."""

    def __init__(self) -> None:
        self.now_s = 0.0
        super().__init__(_NoSockets(self))
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self.now_s

    def run_in_executor(  # type: ignore[override]
        self, _executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Do it now: a thread would finish at another moment in each run."""
        done: asyncio.Future[Any] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def jump(self) -> None:
        """Make it the moment of the next timer."""
        scheduled = self._scheduled  # type: ignore[attr-defined]
        if not scheduled:
            raise Deadlock("everybody waits, and nobody for a moment")
        self.now_s = max(self.now_s, scheduled[0].when())


class _NoSockets(selectors.SelectSelector):
    """Where a loop would wait for the network it lets time pass."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0.0:
            self._loop.jump()
        return []
