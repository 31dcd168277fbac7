"""Which reactors stand still after an emergency stop, kept over restarts (SEMANTICS rule 19).

A run's own ledger tells the same of it (`worker.emergency`); this is of the reactor, so that the
next experiment on it does not begin as if nothing had been.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from orchestrator.messages.reports import StopReport
from orchestrator.ports.clock import Clock
from orchestrator.ports.journal import Journal


class Stops:
    """The stopped reactors, with who stopped them and when."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal, self._clock = journal, clock
        self._stopped: dict[str, StopReport] = {}

    @property
    def stopped(self) -> Mapping[str, StopReport]:
        """By reactor."""
        return self._stopped

    async def remember(self, reactors: Iterable[str]) -> None:
        """Know them again after a restart."""
        for name in reactors:
            kept = await self._journal.kept(_place(name))
            if kept is not None:
                self._stopped[name] = msgspec.convert(kept, StopReport)

    def note(self, reactor: str, by: str) -> None:
        """One more stands still; whoever stopped it first is named."""
        now = self._clock.now()
        stop = self._stopped.get(reactor) or StopReport(by=by, at_wall_s=now.wall_s)
        id_ = f"{self._clock.boot}:{now.monotonic_s:.6f}"
        self._stopped[reactor] = msgspec.structs.replace(stop, id=id_)

    def forget(self, reactor: str) -> None:
        """It is released."""
        self._stopped.pop(reactor, None)

    async def keep(self, reactors: Iterable[str]) -> None:
        """Durable on return.

        Raises:
            JournalFault: it is not; what was noted holds for as long as this process lives.
        """
        for name in reactors:
            stop = self._stopped.get(name)
            kept: dict[str, Any] | None = None if stop is None else msgspec.to_builtins(stop)
            await self._journal.keep(_place(name), kept)


def _place(reactor: str) -> str:
    return f"stopped:{reactor}"
