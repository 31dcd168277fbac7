"""A guest as the worker sees it: a job whose steps are made by another process."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from orchestrator.jobs.guest import Guest, JobLost
from orchestrator.jobs.job import Command, Drive, Step, View
from orchestrator.plugin_host import wire
from orchestrator.plugin_host.lawful import hold_to_law
from orchestrator.plugin_host.process import GuestProcess, Silent
from orchestrator.plugin_host.spec import GuestSpec

LOAD_S: Final = 60.0
"""Its modules may be many, and the card slow."""
END_S: Final = 2.0
"""What it has to let go of what it holds."""
NOTHING: Final = Step[None](None)
Start = Callable[[], GuestProcess]


class Hosted(Guest):
    """What both ways of stepping have in common."""

    def __init__(self, spec: GuestSpec, start: Start) -> None:
        self.name, self.watches, self.signals = spec.name, spec.watches, spec.signals
        self.on_loss = spec.on_loss
        self._spec, self._start = spec, start
        self._process: GuestProcess | None = None
        self._driven: set[str] = set()

    @abstractmethod
    def begin(self, memory: Mapping[str, Any], now_s: float, /) -> None: ...

    @abstractmethod
    def step(self, state: None, view: View, now_s: float, /) -> Step[None]: ...

    def end(self, _state: None, /) -> tuple[Command, ...]:
        """Its outputs are turned off without asking it."""
        process, self._process = self._process, None
        if process is not None:
            self._take_leave(process)
        return tuple(Drive(output, 0.0) for output in sorted(self._driven))

    def leave(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            self._cut(process)

    @property
    def pid(self) -> int | None:
        """Of its process, while there is one."""
        return None if self._process is None else self._process.pid

    @abstractmethod
    def _take_leave(self, process: GuestProcess) -> None:
        """Let it end by itself, within a limit."""

    @abstractmethod
    def _cut(self, process: GuestProcess) -> None:
        """End it whatever it does."""

    def _understood(self, packet: bytes) -> wire.Begun | Step[None]:
        """What it answered; raises `JobLost` where it broke, or did what none may."""
        try:
            said = wire.answer_of(packet)
            if isinstance(said, wire.Begun):
                return said
            if not isinstance(said, wire.Done):
                raise JobLost("it answers as a job does not")
            step = wire.step_of(said)
        except (msgspec.MsgspecError, KeyError) as error:
            raise JobLost(f"its answer makes no sense: {error}") from error
        for name in step.publish:
            if name not in self.signals:
                raise JobLost(f"it publishes {name}, which it does not declare")
        if self._spec.leads:
            hold_to_law(self._spec.leads, step)
            return step
        self._driven.update(each.output for each in step.commands if isinstance(each, Drive))
        return step

    def _late(self) -> JobLost:
        return JobLost(f"it did not answer within {self._spec.within_s:g} s")


class LockstepGuest(Hosted):
    """Each step waits for its answer, in seconds of the room that no virtual clock counts."""

    def begin(self, memory: Mapping[str, Any], now_s: float, /) -> None:
        self.leave()
        self._process = self._start()
        self._process.send(wire.pack_begin(memory, now_s))
        self._answer(self._process, LOAD_S)

    def step(self, _state: None, view: View, now_s: float, /) -> Step[None]:
        if self._process is None:
            return NOTHING
        self._process.send(wire.pack_do(view, view.events, now_s))
        answer = self._answer(self._process, self._spec.within_s)
        return answer if isinstance(answer, Step) else NOTHING

    def _answer(self, process: GuestProcess, limit_s: float) -> wire.Begun | Step[None]:
        try:
            packet = process.wait(limit_s)
        except Silent:
            raise JobLost(process.wait_for_ending() or "it fell silent") from None
        if packet is None:
            raise self._late()
        return self._understood(packet)

    def _take_leave(self, process: GuestProcess) -> None:
        process.ask_to_end()
        process.wait_for_ending(END_S)
        process.bury()

    def _cut(self, process: GuestProcess) -> None:
        process.bury()
