"""The machine that a service runs on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from orchestrator.messages.machine import FileEntry, LogLine, MachineDeed, SystemReport


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

    def files(self, under: str, after: str, limit: int) -> list[FileEntry]:
        """Those in the service's folder whose names begin like `under`, by their names."""
        ...

    def piece(self, name: str, offset: int, most_bytes: int) -> tuple[bytes, int] | None:
        """What a file holds from there on, and its size; None where there is no such file.

        Raises:
            OSError: it cannot be read.
        """
        ...

    def documents(self) -> Mapping[str, str]:
        """What the service was told to go by, as its files say now, by what each is about.

        Raises:
            OSError: one cannot be read.
        """
        ...

    async def do(self, deed: MachineDeed) -> None:
        """Start the declared command; it may end this very process.

        Raises:
            KeyError: none is declared.
            OSError: it did not begin, or ended with an error.
        """
        ...
