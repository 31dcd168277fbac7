"""The machine that a service runs on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from orchestrator.messages.machine import LogLine, MachineDeed, SystemReport


class Machine(Protocol):
    """What a service may see of its machine, and do to it."""

    @property
    def may(self) -> Collection[MachineDeed]:
        """What its settings allow; nothing, unless they say so."""
        ...

    def system(self) -> SystemReport:
        """As it is now."""
        ...

    def log_lines(self, limit: int) -> list[LogLine]:
        """What the service logged, the newest, oldest first."""
        ...

    async def do(self, deed: MachineDeed) -> None:
        """Start the declared command; it may end this very process.

        Raises:
            KeyError: none is declared.
            OSError: it did not begin, or ended with an error.
        """
        ...
