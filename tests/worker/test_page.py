"""What a vessel writes down reaches the journal's file once, in whatever order turns come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestrator.execution.decision import Moment
from orchestrator.journal.memory import MemoryJournal
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.clock import Instant
from orchestrator.sim.clock import VirtualClock
from orchestrator.worker.page import Page
from orchestrator.worker.run_ledger import RunLedger
from tests.support.worker_rig import World, order, phase, slice_of

RUN = "e.1:a"


async def test_what_is_noted_right_after_a_turn_of_readings_alone_is_written_once(
    tmp_path: Path,
) -> None:
    """The journal takes in what it was handed when all vessels have acted, so after the note."""
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    page = Page(RunLedger(journal, RUN, 1), lambda _: None, "boot", {})
    now = Instant(monotonic_s=1.0, wall_s=100.0, trusted=True)
    page.turn_to(Moment(process_s=1.0, wall_s=100.0), now)
    page.reading("od600", 0.5)
    page.flush()

    page.note(Kind.ACCOUNT, None, volume_ml=1.0, by="ada", reason="sample")
    page.flush()

    entries = await journal.read(RUN)
    batch = await journal.next_batch(0, 10)
    await journal.close()
    assert [entry.kind for entry in entries] == [Kind.ACCOUNT]
    assert batch is not None
    assert len(batch.records) == 2  # the reading and the entry


async def test_what_a_fold_breaks_on_is_in_the_ledger_and_known_to_the_others() -> None:
    """The ledger is the only memory: nobody may know more, or less, than it."""
    journal, known = MemoryJournal(), list[Entry]()
    ledger = RunLedger(journal, RUN, 1)

    def breaks(entry: Entry) -> None:
        if entry.data["text"] == "first":
            raise RuntimeError(entry.data["text"])

    ledger.folds = [breaks, known.append]
    notes = [
        Entry(kind=Kind.NOTE, process_s=0.0, wall_s=None, data={"text": text})
        for text in ("first", "second")
    ]
    with pytest.raises(RuntimeError, match="first"):
        ledger.record(notes)
    with pytest.raises(RuntimeError, match="first"):
        await ledger.make_durable(notes)
    assert known == [*await journal.read(RUN)] == [*notes, *notes]


class Creeping(VirtualClock):
    """Like a real one it shows another time at each look."""

    looks = 0

    def now(self) -> Instant:
        self.looks += 1
        instant = super().now()
        return instant._replace(monotonic_s=instant.monotonic_s + 1e-9 * self.looks)


async def test_a_plan_that_calls_its_own_vessel_by_name_loses_no_reading() -> None:
    """Such a value comes back in the middle of the turn that publishes it."""
    seen: list[ReadingRecord] = []

    def sink(_run: str, _entries: Sequence[Entry], readings: Sequence[ReadingRecord]) -> None:
        seen.extend(readings)

    hot = {"when": ["compare", ["signal", "temperature.measured", "a"], ">", 99.0]}
    world = World()
    world.clock, world.journal = Creeping(), MemoryJournal(sink=sink)
    async with world.working() as worker:
        await world.take(worker, order(slice_of(phase("open", until=hot))))
        await world.advance(min=1)
    told = [reading.process_s for reading in seen if reading.signal == "temperature.measured"]
    duties = [reading.process_s for reading in seen if reading.signal == "temperature.duty"]
    assert len(told) > 10
    assert duties == told, "both are published at once"
