"""An event loop whose time jumps: when nobody is ready, it is the next awaited moment at once.

Everything that waits on it, in seconds of the room or of a machine's clock, waits in the same
virtual time, so that network timeouts, heartbeats and cultures keep step. There are no sockets and
no threads; what would be done in a thread is done in between. So a run depends on nothing but its
seed.

A process that hangs is one whose callbacks and timers are laid aside until it goes on; each knows
by its context to which process it belongs.
"""

from __future__ import annotations

import asyncio
import heapq
import selectors
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

PROCESS: ContextVar[str] = ContextVar("process", default="")
"""Who runs: set in the context of a process's first task, and inherited by all that comes of it."""


class Deadlock(RuntimeError):
    """Nobody will ever do anything again, and somebody still waits."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """For `asyncio.Runner(loop_factory=VirtualLoop)`."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._hung: dict[str, list[asyncio.Handle]] = {}
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

    def _write_to_self(self) -> None:
        """There is no other thread: whoever calls `call_soon_threadsafe` is on this one."""

    def hang(self, process: str) -> None:
        """Let nothing of a process run until it goes on."""
        self._hung.setdefault(process, [])

    def hangs(self, process: str) -> bool:
        """Whether it does nothing at the moment."""
        return process in self._hung

    def go_on(self, process: str) -> None:
        """Let it do what it could not, in its order; what it waited for is long over."""
        for handle in self._hung.pop(process, ()):
            if isinstance(handle, asyncio.TimerHandle):
                heapq.heappush(self._scheduled, handle)  # type: ignore[attr-defined]
            else:
                self._ready.append(handle)  # type: ignore[attr-defined]

    def _run_once(self) -> None:
        if self._hung:
            self._lay_aside()
        super()._run_once()  # type: ignore[misc]

    def _lay_aside(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]
        for handles in (ready, scheduled):
            waiting = [*handles]
            handles.clear()
            for handle in waiting:
                process = handle._context.get(PROCESS, "")
                self._hung.get(process, handles).append(handle)
        heapq.heapify(scheduled)

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
