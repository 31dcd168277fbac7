"""What is done around a reading or a picture: a light goes on, what disturbs it pauses, and both
go back.

A photodiode sees its culture by a light that nothing else needs, and bubbles, other lights and the
noise of a motor spoil what it sees.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

Deliver = Callable[[Any, str], None]
"""Takes a value or a picture, None with the fault in words."""
Read = Callable[[Deliver], None]
Hold = Callable[[str, float], None]
"""Takes an output from whoever drives it, at a duty."""
Release = Callable[[str], None]
"""Gives it back, at what it is wanted to be by now."""


class Stage(NamedTuple):
    """How the vessel has to be while a sensor is read."""

    light: str = ""
    """Output that is on meanwhile."""
    brightness: float = 1.0
    """Its duty, where nobody drives it."""
    quiet: tuple[str, ...] = ()
    """Outputs that are off meanwhile."""
    settle_s: float = 0.0
    """How long it takes until that is so."""


class Staging:
    """Readings of one vessel, one stage after the other; what wants the same stage shares it."""

    def __init__(self, hold: Hold, release: Release) -> None:
        self._hold, self._release = hold, release
        self._waiting: list[tuple[Stage, Read, Deliver]] = []
        self._set: Stage | None = None
        self._open = 0
        """Readings of this stage that have not answered."""

    def read(self, stage: Stage, read: Read, deliver: Deliver) -> None:
        """Read on a stage; answered once."""
        self._waiting.append((stage, read, deliver))
        if self._set is None:
            self._begin()

    def _begin(self) -> None:
        self._set = stage = self._waiting[0][0]
        for output in stage.quiet:
            self._hold(output, 0.0)
        if stage.light:
            self._hold(stage.light, stage.brightness)
        asyncio.get_running_loop().call_later(stage.settle_s, self._read)

    def _read(self) -> None:
        stage = self._set
        here = [each for each in self._waiting if each[0] == stage]
        self._waiting = [each for each in self._waiting if each[0] != stage]
        self._open = len(here)
        for _, read, deliver in here:
            read(self._answered(deliver))

    def _answered(self, deliver: Deliver) -> Deliver:
        def answer(value: Any, fault: str) -> None:
            self._open -= 1
            if self._open == 0:
                self._end()
            deliver(value, fault)

        return answer

    def _end(self) -> None:
        assert self._set is not None
        for output in (*self._set.quiet, self._set.light):
            if output:
                self._release(output)
        self._set = None
        if self._waiting:
            self._begin()
