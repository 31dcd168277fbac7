"""What vessels write at one instant goes to the journal together, after all have acted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.journal.writer import Writer
from orchestrator.model.ledger import Entry, Kind


class CountingWriter(Writer):
    """Notes what it is given to do though nobody waits for it."""

    submitted: list[bool]

    def submit(self, work: Callable[[], Any], *, hurry: bool) -> None:
        self.submitted.append(hurry)
        super().submit(work, hurry=hurry)


@asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[tuple[SqliteJournal, list[bool]]]:
    submitted: list[bool] = []
    writer = type("ThisWriter", (CountingWriter,), {"submitted": submitted})
    journal = SqliteJournal(folder / "journal.sqlite", writer=writer)
    try:
        yield journal, submitted
    finally:
        await journal.close()


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
