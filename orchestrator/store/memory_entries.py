"""The queue's entries in memory: changed, arranged, held."""

from __future__ import annotations

from orchestrator.model.arrangement import arrange
from orchestrator.model.experiment import State
from orchestrator.ports.entries import EntryChange, QueueHold
from orchestrator.ports.records import Experiment
from orchestrator.store.entries import hold_data, refuse_change
from orchestrator.store.experiment_rows import entry_row, placed_of, revision_row
from orchestrator.store.memory_experiments import MemoryExperiments


class MemoryEntries(MemoryExperiments):
    """`ports.entries.Entries`."""

    async def change_entry(
        self, experiment: str, change: EntryChange, *, version: int | None, at_wall_s: float
    ) -> Experiment:
        row = self._get(experiment)
        before = self._of(row)
        refuse_change(before, change, version)
        with self._tables.telling():
            row.update(entry_row(before, change), version=before.version + 1)
            if change.documents is not None:
                number = change.documents.revision
                kept = revision_row(experiment, change.documents)
                self._tables.revisions[experiment, number] = kept
                row.update(revision=number, inputs=kept["inputs"])
            return self._told(row, at_wall_s)

    async def arrange(
        self, experiment: str, to: str, *, owner: str | None, at_wall_s: float
    ) -> Experiment:
        row = self._get(experiment)
        waiting = [
            placed_of(each)
            for each in self._tables.of("experiments")
            if each["state"] == State.QUEUED.value
        ]
        with self._tables.telling():
            for name, place in arrange(waiting, experiment, to, owner=owner).items():
                moved = self._get(name)
                moved.update(place=place, version=moved["version"] + 1)
            return self._told(row, at_wall_s)

    async def hold_queue(self, hold: QueueHold) -> None:
        self._tables.queue_hold = hold
        with self._tables.telling():
            data = hold_data(hold, hold.by)
            self._tables.event("queue", data, at_wall_s=hold.since_wall_s)

    async def release_queue(self, *, by: str, at_wall_s: float) -> None:
        held, self._tables.queue_hold = self._tables.queue_hold, None
        if held is not None:
            with self._tables.telling():
                self._tables.event("queue", hold_data(None, by), at_wall_s=at_wall_s)

    async def queue_hold(self) -> QueueHold | None:
        return self._tables.queue_hold
