"""A worker's durable memory: the ledgers of its runs and its outbox, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from orchestrator.messages.outbox import Batch, LogRecord, ReadingRecord
from orchestrator.model.ledger import Entry


class JournalFault(RuntimeError):
    """The disk did not take it: nothing of what was to be written may be relied upon."""


class JournalUnusable(RuntimeError):
    """The file cannot be opened, or is damaged; says where, what and what to do, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLevel:
    """How full the outbox is."""

    outbox: str
    """Random id, made with the file (SEMANTICS rule 16)."""
    newest: int
    """Number of the newest durable record; numbers begin at 1."""
    waiting: int
    """Records that were not accepted yet."""
    capacity: int
    """With more waiting, old readings are thinned and told of in gaps; entries and lines of the log
    are kept whatever waits. Fewer where the disk fills up."""
    disk_free_bytes: int | None = field(default=None, compare=False)
    """Left where the journal lies; None where there is no disk."""
    fault: str = ""
    """Why the disk has taken nothing lately, more than once; empty while it does."""

    @property
    def room(self) -> int:
        """How many more may wait until old readings are thinned."""
        return max(0, self.capacity - self.waiting)


class Journal(Protocol):
    """SQLite behind a writer thread on a worker, memory in a rehearsal; one contract suite.

    Of a run's TICK entries only the newest is kept, and none is sent: they say how late it is, and
    nothing else.
    """

    async def write(self, run: str, entries: Sequence[Entry], *, revision: int = 1) -> None:
        """Append to a run's ledger and to the outbox; durable (fsync) on return.

        Raises:
            JournalFault: if it is not.
        """
        ...

    def record(
        self,
        run: str,
        entries: Sequence[Entry],
        readings: Sequence[ReadingRecord] = (),
        *,
        revision: int = 1,
    ) -> None:
        """The same for what may wait: durable within a second, in order with `write`."""
        ...

    def log(self, line: LogRecord) -> None:
        """A line of the worker's own log, for the outbox; as patient as `record`."""
        ...

    def on_loss(self, tell: Callable[[str, str], None]) -> None:
        """Tell of a run, and why, where entries of it could not be kept, whatever was tried: what
        was `record`ed has nobody who waits for it."""
        ...

    async def read(self, run: str) -> Sequence[Entry]:
        """A run's whole ledger, oldest first, `record`ed entries included."""
        ...

    async def runs(self) -> Sequence[str]:
        """Names of the runs that have a ledger, `<attempt>:<vessel>`, in the order they began."""
        ...

    async def drop(self, run: str) -> None:
        """Forget the ledger of a run that ended long ago; the outbox still sends what waits."""
        ...

    async def keep(self, name: str, document: Mapping[str, Any] | None) -> None:
        """Keep a small document (the plan message in force), or no longer; durable on return."""
        ...

    async def kept(self, name: str) -> Mapping[str, Any] | None:
        """What was kept under that name."""
        ...

    async def next_batch(self, after: int, limit: int) -> Batch | None:
        """Up to `limit` numbers above `after`, from the first that waits for acceptance. A batch is
        contiguous: a number in it that waits no more has a `ThinnedRecord`."""
        ...

    async def news(self, after: int) -> None:
        """Return as soon as a record numbered above `after` is durable."""
        ...

    async def forget(self, ranges: Sequence[tuple[int, int]]) -> None:
        """The leader committed these numbers (both ends included)."""
        ...

    def level(self) -> OutboxLevel: ...

    async def close(self) -> None:
        """Write what waits, and close."""
        ...
