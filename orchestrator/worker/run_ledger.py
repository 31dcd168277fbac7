"""One run's ledger as its vessel writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Entry
from orchestrator.ports.journal import Journal

Fold: TypeAlias = Callable[[Entry], object]


class RunLedger:
    """Folds are told of each entry, in order, before it is written down."""

    def __init__(self, journal: Journal, run: str, revision: int) -> None:
        self._journal = journal
        self.run = run
        self.revision = revision
        self.folds: list[Fold] = []

    def record(self, entries: Sequence[Entry], readings: Sequence[ReadingRecord] = ()) -> None:
        """What may wait a second to be durable."""
        try:
            self._tell(entries)
        finally:  # what the view knows has to be in the ledger, whatever a fold makes of it
            self._journal.record(self.run, entries, readings, revision=self.revision)

    async def make_durable(self, entries: Sequence[Entry]) -> None:
        """What has to be durable before anything moves.

        Raises:
            JournalFault: if it is not; the folds were not told then.
        """
        await self._journal.write(self.run, entries, revision=self.revision)
        self._tell(entries)

    def _tell(self, entries: Sequence[Entry]) -> None:
        """One fold that breaks keeps no other from what is in the ledger."""
        broke: Exception | None = None
        for entry in entries:
            for fold in self.folds:
                try:
                    fold(entry)
                except Exception as error:
                    broke = broke or error
        if broke is not None:
            raise broke
