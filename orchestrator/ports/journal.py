"""A worker's durable memory: the ledgers of its runs and its outbox, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from orchestrator.messages.outbox import Batch
from orchestrator.model.ledger import Entry
from orchestrator.model.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLevel:
    """How full the outbox is."""

    outbox: str
    """Random id, made with the file (SEMANTICS rule 16)."""
    newest: int
    """Number of the newest record; numbers begin at 1."""
    waiting: int
    """Records that were not accepted yet."""
    capacity: int


class Journal(Protocol):
    """SQLite behind a writer thread on a worker; memory in a rehearsal. One contract suite for both."""

    async def write(self, run: str, entries: Sequence[Entry]) -> None:
        """Append to a run's ledger and to the outbox; durable (fsync) on return."""
        ...

    def record(self, run: str, entries: Sequence[Entry], readings: Sequence[Reading]) -> None:
        """The same for what may wait: durable within a second, in order with `write`; never blocks."""
        ...

    async def read(self, run: str) -> Sequence[Entry]:
        """A run's whole ledger, oldest first."""
        ...

    async def runs(self) -> Sequence[str]:
        """Names of the runs that have a ledger, `<attempt>:<vessel>`, in the order they began."""
        ...

    async def keep(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep a small document (the plan message in force, the epoch); durable on return."""
        ...

    async def kept(self, name: str) -> Mapping[str, Any] | None:
        """What was kept under that name."""
        ...

    async def next_batch(self, after: int, limit: int) -> Batch | None:
        """Up to `limit` records numbered above `after` that were not accepted, contiguous; None if there are none."""
        ...

    async def forget(self, ranges: Sequence[tuple[int, int]]) -> None:
        """The leader committed these numbers (both ends included)."""
        ...

    def level(self) -> OutboxLevel: ...

    async def close(self) -> None:
        """Write what waits, and close."""
        ...
