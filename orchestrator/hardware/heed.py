"""Tells of interlocks that hold outputs off, once that has lasted a moment.

What is off for a blink, while a sensor is read or everything is told anew to a keeper, is off for
certain, but no news for people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orchestrator.ports.reactor import Held

LASTS_S = 0.5
"""In the clock's seconds, after the last change."""
Later = Callable[[Callable[[], None]], None]
"""Calls back when that time is over."""


class Heed:
    """Who hears of one reactor's interlocks, and what was told."""

    def __init__(self, blocked: Callable[[], Mapping[str, str]], later: Later) -> None:
        self._blocked, self._later = blocked, later
        self._react: Held = _nobody
        self._told: dict[str, str] = {}
        self._waits = 0
        self.busy = False
        """Outputs are off for a reading: not now."""

    def by(self, react: Held) -> None:
        """Somebody else hears from now on, of all that is held off already."""
        self._react, self._told = react, {}
        self._tell()

    def changed(self) -> None:
        """Something is held off, or no longer."""
        self._waits += 1
        self._later(self._look)

    def _look(self) -> None:
        self._waits -= 1
        if self._waits == 0 and not self.busy:
            self._tell()

    def _tell(self) -> None:
        now, told = dict(self._blocked()), self._told
        self._told = now
        for output in told.keys() - now.keys():
            self._react(output, "")
        for output, reason in now.items():
            if told.get(output) != reason:
                self._react(output, reason)


def _nobody(_output: str, _reason: str) -> None:
    """Nobody is there."""
