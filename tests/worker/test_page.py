"""What a vessel writes down reaches the journal's file once, in whatever order turns come."""

from __future__ import annotations

from pathlib import Path

from orchestrator.execution.decision import Moment
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.model.ledger import Kind
from orchestrator.ports.clock import Instant
from orchestrator.worker.page import Page
from orchestrator.worker.run_ledger import RunLedger

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
