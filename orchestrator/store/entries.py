"""The queue's entries in a database: changed, arranged, held."""

from __future__ import annotations

from orchestrator.model.arrangement import arrange
from orchestrator.model.experiment import State, TransitionRefused
from orchestrator.ports.entries import ChangedMeanwhile, EntryChange, QueueHold
from orchestrator.ports.records import Experiment
from orchestrator.store.base import Base
from orchestrator.store.experiment_rows import entry_row, placed_of, revision_row
from orchestrator.store.experiments import ENTRIES, get, told
from orchestrator.store.experiments import SQL as EXPERIMENTS
from orchestrator.store.writer import Transaction


def refuse_change(before: Experiment, change: EntryChange, version: int | None) -> None:
    """What nobody may do, or not without looking again."""
    if version not in (None, before.version):
        raise ChangedMeanwhile(
            f"{before.id} has changed since you read it (version {before.version}, not {version}): "
            "look again"
        )
    changes_terms = change.terms != before.terms or change.documents is not None
    if changes_terms and before.state is not State.QUEUED:
        raise TransitionRefused(
            f"{before.id} is {before.state.value}: only name, description, tags and labels can "
            "still be changed"
        )
    if change.documents is not None and change.documents.revision != before.revision + 1:
        raise ChangedMeanwhile(f"{before.id} is at revision {before.revision}")


def hold_data(hold: QueueHold | None, by: str) -> dict[str, object]:
    """What an event says of the queue being held or released."""
    return {"held": hold is not None, "note": hold.note if hold else "", "by": by}


def _change_entry(
    transaction: Transaction,
    experiment: str,
    change: EntryChange,
    version: int | None,
    at_wall_s: float,
) -> Experiment:
    before = get(transaction.connection, experiment)
    refuse_change(before, change, version)
    transaction.execute(ENTRIES["change_entry"], entry_row(before, change))
    if change.documents is not None:
        row = revision_row(experiment, change.documents)
        transaction.execute(EXPERIMENTS["add_revision"], row)
        transaction.execute(EXPERIMENTS["take_revision"], row)
    return told(transaction, experiment, at_wall_s)


def _arrange(
    transaction: Transaction, experiment: str, to: str, owner: str | None, at_wall_s: float
) -> Experiment:
    get(transaction.connection, experiment)
    queue = [placed_of(row) for row in transaction.execute(ENTRIES["waiting"])]
    for name, place in arrange(queue, experiment, to, owner=owner).items():
        transaction.execute(ENTRIES["place"], {"id": name, "place": place})
    return told(transaction, experiment, at_wall_s)


def _hold(transaction: Transaction, hold: QueueHold) -> None:
    row = {"note": hold.note, "by": hold.by, "since_wall_s": hold.since_wall_s}
    transaction.execute(ENTRIES["hold_queue"], row)
    transaction.event("queue", hold_data(hold, hold.by), at_wall_s=hold.since_wall_s)


def _release(transaction: Transaction, by: str, at_wall_s: float) -> None:
    if transaction.execute(ENTRIES["release_queue"]).rowcount:
        transaction.event("queue", hold_data(None, by), at_wall_s=at_wall_s)


class SqlEntries(Base):
    """`ports.entries.Entries`."""

    async def change_entry(
        self, experiment: str, change: EntryChange, *, version: int | None, at_wall_s: float
    ) -> Experiment:
        return await self._write(
            lambda transaction: _change_entry(transaction, experiment, change, version, at_wall_s)
        )

    async def arrange(
        self, experiment: str, to: str, *, owner: str | None, at_wall_s: float
    ) -> Experiment:
        return await self._write(
            lambda transaction: _arrange(transaction, experiment, to, owner, at_wall_s)
        )

    async def hold_queue(self, hold: QueueHold) -> None:
        await self._write(lambda transaction: _hold(transaction, hold))

    async def release_queue(self, *, by: str, at_wall_s: float) -> None:
        await self._write(lambda transaction: _release(transaction, by, at_wall_s))

    async def queue_hold(self) -> QueueHold | None:
        row = await self._read(
            lambda connection: connection.execute(ENTRIES["queue_hold"]).fetchone()
        )
        if row is None:
            return None
        return QueueHold(note=row["note"], by=row["held_by"], since_wall_s=row["since_wall_s"])
