"""What vessels write at one instant goes to the journal together, after all have acted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from orchestrator.journal.sql import open_database
from orchestrator.journal.sqlite import READING_BYTES, SqliteJournal
from orchestrator.journal.writer import Part, Writer
from orchestrator.messages.outbox import GapRecord, ReadingRecord
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.journal import JournalFault


class CountingWriter(Writer):
    """Notes what it is given to do though nobody waits for it."""

    submitted: list[bool]

    def submit(self, parts: Sequence[Part], *, hurry: bool, weight_bytes: int) -> None:
        self.submitted.append(hurry)
        super().submit(parts, hurry=hurry, weight_bytes=weight_bytes)


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[tuple[SqliteJournal, list[bool]]]:
    submitted: list[bool] = []
    writer = type("ThisWriter", (CountingWriter,), {"submitted": submitted})
    journal = SqliteJournal(folder / "journal.sqlite", writer=writer)
    try:
        yield journal, submitted
    finally:
        await journal.close()


def _reading(at_s: float) -> ReadingRecord:
    return ReadingRecord("a.1:v", 1, "od600", 1.0, None, at_s)


def _note(text: object, at_s: float = 0.0) -> Entry:
    return Entry(kind=Kind.NOTE, process_s=at_s, wall_s=None, data={"text": text})


async def test_vessels_that_are_due_together_act_before_any_of_it_is_written(
    tmp_path: Path,
) -> None:
    async with _open(tmp_path) as (journal, submitted):
        for number in range(5):
            journal.record(f"a.1:v{number}", [_note("acted")])
        assert submitted == []
        await asyncio.sleep(0)
        assert submitted == [True]
        assert len(await journal.runs()) == 5


async def test_what_was_recorded_comes_before_what_is_written_after_it(tmp_path: Path) -> None:
    async with _open(tmp_path) as (journal, _):
        journal.record("a.1:v", [_note("first")])
        await journal.write("a.1:v", [_note("second")])
        journal.record("a.1:v", [_note("third")])
        told = [entry.data["text"] for entry in await journal.read("a.1:v")]
    assert told == ["first", "second", "third"]


async def test_what_is_written_just_before_the_end_is_kept(tmp_path: Path) -> None:
    async with _open(tmp_path) as (journal, _):
        journal.record("a.1:v", [_note("last")])
    async with _open(tmp_path) as (journal, _):
        assert [entry.data["text"] for entry in await journal.read("a.1:v")] == ["last"]


async def test_what_is_no_json_takes_nobody_elses_words_with_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _open(tmp_path) as (journal, _):
        journal.record("a.1:good", [_note("kept")])
        journal.record("a.1:bad", [_note(object())])
        with caplog.at_level(logging.CRITICAL):
            assert await journal.runs() == ("a.1:good",)
    assert "what a.1:bad wrote is no JSON" in caplog.text


async def test_what_the_file_cannot_take_takes_nobody_elses_words_with_it_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is no disk that refuses, so that trying again would bring nothing."""
    told: list[tuple[str, str]] = []
    bad = ReadingRecord("a.1:bad", 1, "\ud800", 1.0, None, 0.5)
    async with _open(tmp_path) as (journal, _):
        await journal.runs()
        journal.on_loss(lambda run, reason: told.append((run, reason)))
        with caplog.at_level(logging.CRITICAL):
            for run, readings in (("first", ()), ("bad", [bad]), ("last", ())):
                journal.record(f"a.1:{run}", [_note("kept")], readings)
            assert await journal.runs() == ("a.1:first", "a.1:last")
        journal.record("a.1:last", [_note("later")])
        assert len(await journal.read("a.1:last")) == 2
        with pytest.raises(JournalFault, match="int too large"):
            await journal.next_batch(2**70, 1)
    [(run, reason)] = told
    assert (run, "surrogates" in reason) == ("a.1:bad", True)


async def test_what_waits_for_a_disk_that_refuses_is_bounded_in_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One turn hands in a dozen readings as one piece: pieces are no measure."""
    monkeypatch.setattr("orchestrator.journal.writer.PATIENT_BYTES_MAX", 100 * READING_BYTES)
    monkeypatch.setattr("orchestrator.journal.writer.QUEUE_BYTES_MAX", 400 * READING_BYTES)
    told: list[str] = []
    async with _open(tmp_path) as (journal, _):
        await journal.runs()
        journal.on_loss(lambda run, _: told.append(run))
        other = open_database(tmp_path / "journal.sqlite")
        other.execute("BEGIN EXCLUSIVE")
        for number in range(20):
            journal.record("a.1:v", (), [_reading(float(number))] * 10)
            await asyncio.sleep(0)
        with caplog.at_level(logging.CRITICAL):
            for number in range(1000):
                journal.record("a.1:v", [_note("x" * 100, float(number))])
                await asyncio.sleep(0)
        other.execute("ROLLBACK")
        other.close()
        kept = await journal.read("a.1:v")
        assert 0 < len(kept) < 1000
        assert {*told} == {"a.1:v"}
        await journal.write("a.1:v", [_note("again")])
        journal.record("a.1:v", (), [_reading(99.0)])
        await journal.runs()
        batch = await journal.next_batch(0, 10_000)
        assert batch is not None
        readings = [each for each in batch.records if isinstance(each, ReadingRecord)]
        [gap] = [each for each in batch.records if isinstance(each, GapRecord)]
        assert 100 <= len(readings) < 200
        assert len(readings) - 1 + gap.readings == 200
