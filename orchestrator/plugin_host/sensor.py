"""A sensor that a plugin's driver reads, in a process of its own that may take its time and die."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import Final

from orchestrator.jobs.guest import JobLost
from orchestrator.plugin_host.hearing import Hearing
from orchestrator.plugin_host.hosted import LOAD_S
from orchestrator.plugin_host.process import GuestProcess
from orchestrator.plugin_host.wire import Read, Value, answer_of, pack

ANSWER_S: Final = 2.0
"""Whoever asks a sensor is told something within this time."""
AGAIN_S: Final = 5.0
"""A driver that was lost is started anew by whoever asks after so many seconds."""
Deliver = Callable[[float | None, str], None]


class HostedSensor:
    """Read as every sensor is: asked, and answered once, whatever becomes of the driver."""

    def __init__(self, name: str, start: Callable[[], GuestProcess], within_s: float) -> None:
        self._name, self._start, self._within_s = name, start, within_s
        self._loop = asyncio.get_running_loop()
        self._hearing: Hearing | None = None
        self._deliver: Deliver | None = None
        """Who waits for an answer."""
        self._timers: list[asyncio.TimerHandle] = []
        self._not_before_s = -inf
        self._fault = ""
        self._busy = False

    def read(self, deliver: Deliver) -> None:
        """Ask; answered once, on the loop's thread, within 2 s."""
        if self._busy:
            return deliver(None, f"the {self._name} still has not answered the last time")
        within_s = self._within_s
        try:
            if self._hearing is None:
                if self._loop.time() < self._not_before_s:
                    return deliver(None, self._fault)
                within_s += LOAD_S
                self._hearing = Hearing(self._start(), packet=self._hear, lost=self._lose)
            self._hearing.process.send(pack(Read()))
        except JobLost as lost:
            self._lose(str(lost))
            return deliver(None, self._fault)
        self._busy, self._deliver = True, deliver
        late = f"the {self._name} did not answer within {{:g}} s"
        self._timers = [
            self._loop.call_later(ANSWER_S, self._answer, None, late.format(ANSWER_S)),
            self._loop.call_later(within_s, self._lose, f"it did not answer within {within_s:g} s"),
        ]
        return None

    def close(self) -> None:
        """Let the driver let go of its device."""
        self._stop_waiting()
        if self._hearing is not None:
            self._hearing.ask_to_end()
            self._hearing = None

    def _hear(self, packet: bytes) -> None:
        try:
            said = answer_of(packet)
        except JobLost as lost:
            self._lose(str(lost))
            return
        if isinstance(said, Value):
            self._stop_waiting()
            self._answer(said.value, "")
        else:
            self._lose("it answers something else")

    def _lose(self, why: str) -> None:
        """The driver is gone; the next one is started when somebody asks after a while."""
        self._fault = f"the {self._name} cannot be read: {why}"
        self._stop_waiting()
        if self._hearing is not None:
            self._hearing.strike()
            self._hearing = None
        self._not_before_s = self._loop.time() + AGAIN_S
        self._answer(None, self._fault)

    def _answer(self, value: float | None, fault: str) -> None:
        deliver, self._deliver = self._deliver, None
        if deliver is not None:
            deliver(value, fault)

    def _stop_waiting(self) -> None:
        self._busy = False
        for timer in self._timers:
            timer.cancel()
        self._timers = []
