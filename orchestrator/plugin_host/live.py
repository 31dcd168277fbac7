"""A guest at a vessel: nobody waits for it.

A step that is asked for answers nothing; its answer is told by the step that is made when it has
come. What happens meanwhile is kept for the step after it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from orchestrator.jobs.guest import JobLost
from orchestrator.jobs.job import Event, Step, View
from orchestrator.model.signal import Sample
from orchestrator.plugin_host import wire
from orchestrator.plugin_host.hearing import Hearing
from orchestrator.plugin_host.hosted import LOAD_S, NOTHING, Hosted, Start
from orchestrator.plugin_host.process import GuestProcess
from orchestrator.plugin_host.spec import GuestSpec

EVENTS_MAX: Final = 1000
"""Events that wait for a step; the oldest are given up."""


class LiveGuest(Hosted):
    """Asks, and is woken by the answer; belongs to the loop that it begins in."""

    def __init__(self, spec: GuestSpec, start: Start, wake: Callable[[], None]) -> None:
        super().__init__(spec, start)
        self._wake = wake
        self._events: deque[Event] = deque(maxlen=EVENTS_MAX)
        """What it has still to be told."""
        self._hearing: Hearing | None = None
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
        self._hearing = Hearing(
            process, packet=self._hear, lost=lambda ending: self._lose(JobLost(ending))
        )
        process.send(wire.pack_begin(memory, now_s))
        self._deadline = asyncio.get_running_loop().call_later(LOAD_S, self._give_up)

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
            or shown.held != view.held
            or watched != self._watched(view)
        )

    def _watched(self, view: View) -> tuple[Sample | None, ...]:
        return tuple(view.signals.get(name) for name in self.watches)

    # ---- what is heard of the process

    def _hear(self, packet: bytes) -> None:
        try:
            answer = self._understood(packet)
        except JobLost as lost:
            self._lose(lost)
            return
        self._stop_waiting()
        self._answer = answer if isinstance(answer, Step) else None
        self._again = self._again or self._answer is None
        self._wake()

    def _give_up(self) -> None:
        self._deadline = None
        self._lose(self._late())

    def _lose(self, lost: JobLost) -> None:
        """Whoever steps it next hears of it."""
        self._stop_waiting()
        self._lost = lost
        self._wake()

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    # ---- taking leave

    def _take_leave(self, process: GuestProcess) -> None:
        self._stop_waiting()
        self._hearing_of(process).ask_to_end()

    def _cut(self, process: GuestProcess) -> None:
        self._stop_waiting()
        self._hearing_of(process).strike()

    def _hearing_of(self, process: GuestProcess) -> Hearing:
        hearing = self._hearing
        assert hearing is not None and hearing.process is process, "it began here"
        return hearing
