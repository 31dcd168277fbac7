"""A guest at a vessel: nobody waits for it.

A step that is asked for answers nothing; its answer is told by the step that is made when it has
come. What happens meanwhile is kept for the step after it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from math import inf
from typing import Any, Final

from orchestrator.jobs.guest import JobLost
from orchestrator.jobs.job import Event, Step, View
from orchestrator.model.signal import Sample
from orchestrator.plugin_host import wire
from orchestrator.plugin_host.hosted import END_S, LOAD_S, NOTHING, Hosted, Start
from orchestrator.plugin_host.process import ENDING_S, GuestProcess, Silent
from orchestrator.plugin_host.spec import GuestSpec

EVENTS_MAX: Final = 1000
"""Events that wait for a step; the oldest are given up."""
CHUNK_EACH_S: Final = 0.1
"""One that prints without end is read no faster than a chunk in so many seconds."""
POLL_S: Final = 0.02


class LiveGuest(Hosted):
    """Asks, and is woken by the answer; belongs to the loop that it begins in."""

    def __init__(self, spec: GuestSpec, start: Start, wake: Callable[[], None]) -> None:
        super().__init__(spec, start)
        self._wake = wake
        self._events: deque[Event] = deque(maxlen=EVENTS_MAX)
        """What it has still to be told."""
        self._deadline: asyncio.TimerHandle | None = None
        """While an answer is awaited."""
        self._answer: Step[None] | None = None
        """What it answered and nobody was told of."""
        self._lost: JobLost | None = None
        self._idle = NOTHING
        """What to say while there is nothing new: when it wants to be stepped again."""
        self._shown: tuple[View, tuple[Sample | None, ...]] | None = None
        self._again = False
        """There was reason for a step while it was busy."""

    # ---- for the worker

    def begin(self, memory: Mapping[str, Any], now_s: float, /) -> None:
        self.leave()
        self._events.clear()
        self._answer = self._lost = self._shown = None
        self._idle = NOTHING
        process = self._process = self._start()
        loop = asyncio.get_running_loop()
        loop.add_reader(process.link, self._hear, process)
        loop.add_reader(process.printed.fd, self._read, process)
        process.send(wire.pack_begin(memory, now_s))
        self._deadline = loop.call_later(LOAD_S, self._give_up)

    def step(self, _state: None, view: View, now_s: float, /) -> Step[None]:
        if self._lost is not None:
            raise self._lost
        if self._process is None:
            return NOTHING
        self._events.extend(view.events)
        if self._deadline is not None:
            self._again = True
            return NOTHING
        answer, self._answer = self._answer, None
        if answer is not None:
            self._idle = Step(None, (), {}, answer.look_again_s, answer.sense)
        due = now_s >= self._idle.look_again_s
        if self._again or due or self._events or self._sees_other(view):
            self._ask(self._process, view, now_s)
            return NOTHING if answer is None else Step(None, answer.commands, answer.publish)
        return answer or self._idle

    # ---- asking

    def _ask(self, process: GuestProcess, view: View, now_s: float) -> None:
        process.send(wire.pack_do(view, self._events, now_s))
        self._events.clear()
        self._again, self._shown = False, (view, self._watched(view))
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._spec.within_s, self._give_up)

    def _sees_other(self, view: View) -> bool:
        """Whether something has changed for which jobs are stepped."""
        if self._shown is None:
            return True
        shown, watched = self._shown
        return (
            shown.settings is not view.settings
            or shown.automation != view.automation
            or shown.paused != view.paused
            or watched != self._watched(view)
        )

    def _watched(self, view: View) -> tuple[Sample | None, ...]:
        return tuple(view.signals.get(name) for name in self.watches)

    # ---- what is heard of the process

    def _hear(self, process: GuestProcess) -> None:
        try:
            packet = process.receive()
            if packet is None:
                return
            answer = self._understood(packet)
        except Silent:
            self._stop_hearing(process)
            self._find_out(process, ENDING_S)
            return
        except JobLost as lost:
            self._lose(process, lost)
            return
        self._stop_waiting()
        self._answer = answer if isinstance(answer, Step) else None
        self._again = self._again or self._answer is None
        self._wake()

    def _find_out(self, process: GuestProcess, left_s: float) -> None:
        """Say why it fell silent, as soon as that is known."""
        if process is not self._process:
            return
        ending = process.ending
        if ending or left_s <= 0.0:
            self._lose(process, JobLost(ending or "it fell silent"))
            return
        asyncio.get_running_loop().call_later(POLL_S, self._find_out, process, left_s - POLL_S)

    def _read(self, process: GuestProcess) -> None:
        """Take what it prints; one that prints without end waits for us, not we for it."""
        printed, loop = process.printed, asyncio.get_running_loop()
        more = printed.read()
        if more or printed.closed:
            loop.remove_reader(printed.fd)
        if more:
            loop.call_later(CHUNK_EACH_S, self._read_on, process)

    def _read_on(self, process: GuestProcess) -> None:
        if process is self._process and not process.printed.closed:
            asyncio.get_running_loop().add_reader(process.printed.fd, self._read, process)

    def _give_up(self) -> None:
        if self._process is not None:
            self._lose(self._process, self._late())

    def _lose(self, process: GuestProcess, lost: JobLost) -> None:
        """Whoever steps it next hears of it."""
        self._lost = lost
        self._stop_hearing(process)
        self._wake()

    # ---- taking leave

    def _take_leave(self, process: GuestProcess) -> None:
        self._stop_hearing(process)
        process.ask_to_end()
        self._see_off(process, END_S)

    def _cut(self, process: GuestProcess) -> None:
        self._stop_hearing(process)
        process.strike()
        self._see_off(process, inf)

    def _see_off(self, process: GuestProcess, left_s: float) -> None:
        """Take leave of it once it is gone; a large one takes a while even when struck."""
        if process.ending:
            process.bury()
            return
        if left_s <= 0.0:
            process.strike()
            left_s = inf
        asyncio.get_running_loop().call_later(POLL_S, self._see_off, process, left_s - POLL_S)

    def _stop_hearing(self, process: GuestProcess) -> None:
        self._stop_waiting()
        loop = asyncio.get_running_loop()
        loop.remove_reader(process.link)
        if not process.printed.closed:
            process.printed.read()
            loop.remove_reader(process.printed.fd)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
