"""SEMANTICS rule 6: a run goes on through outages, also where the disk is full at the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.journal.memory import MemoryJournal
from orchestrator.model.ledger import Kind
from orchestrator.ports.journal import JournalFault
from tests.support.worker_rig import World, order, phase, slice_of

OPEN = slice_of(phase("p", until={"when": ["compare", ["signal", "od600"], ">", 99.0]}))


class FullJournal(MemoryJournal):
    """Reads, and lets what is patient wait; takes nothing at once."""

    _level_before = 0

    async def write(self, run: str, entries: object, *, revision: int = 1) -> None:
        raise JournalFault("the disk is full")

    async def keep(self, name: str, document: object) -> None:
        raise JournalFault("the disk is full")

    async def drop(self, run: str) -> None:
        raise JournalFault("the disk is full")

    async def kept(self, name: str) -> Mapping[str, Any] | None:
        """What is asked goes into one transaction with what waits, and fails with it."""
        if self._level_before != self.level().newest:
            raise JournalFault("the disk is full")
        return await super().kept(name)

    @classmethod
    def of(cls, journal: MemoryJournal) -> FullJournal:
        full = cls()
        full.__dict__.update(journal.copy().__dict__)
        full._level_before = full.level().newest
        return full


async def test_a_worker_that_starts_with_a_full_disk_stirs_and_warms_as_before() -> None:
    world = World()
    async with world.working() as worker:
        await world.take(worker, order(OPEN))
        await world.advance(min=5)
        after = world.crash()
    after.journal = FullJournal.of(after.journal)
    async with after.working():
        await after.advance(min=5)
        assert after.reactor.outputs["stirrer"].commanded_duty > 0.0
        assert after.reactor.culture.state.stirring_rpm > 400.0
    assert len(await after.entries(Kind.RECOVERED)) == 1


async def test_two_vessels_on_their_second_revision_are_taken_up_on_a_full_disk() -> None:
    """All orders are read before the first vessel writes that it goes on."""
    world = World(("r1", "r2"))
    slices = {name: {**OPEN, "vessel": name} for name in ("a", "b")}
    placed = [(slices["a"], "r1"), (slices["b"], "r2")]
    async with world.working() as worker:
        await world.take(worker, *(order(each, reactor=at) for each, at in placed))
        await world.take(worker, *(order(each, reactor=at, revision=2) for each, at in placed))
        await world.advance(min=1)
        after = world.crash()
    after.journal = FullJournal.of(after.journal)
    async with after.working() as worker:
        await after.advance(min=1)
        assert [run.revision for run in worker.runs()] == [2, 2]
        assert all(each.culture.state.stirring_rpm > 400.0 for each in after.physics.values())
