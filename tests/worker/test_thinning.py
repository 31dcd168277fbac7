"""SEMANTICS rule 16: old readings are thinned before anything else, and told of."""

from __future__ import annotations

import asyncio
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.journal.memory import MemoryJournal
from orchestrator.journal.room import FREE_MIN_BYTES, LEAST, RECORD_BYTES, Room
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.journal.thinning import PORTION
from orchestrator.messages.outbox import (
    EntryRecord,
    GapRecord,
    LogRecord,
    ReadingRecord,
    Record,
    ThinnedRecord,
)
from orchestrator.model.ledger import Entry, Kind

NOTE = Entry(kind=Kind.NOTE, process_s=0.0, wall_s=None)
TURN = st.tuples(
    st.sampled_from(["1.1:a", "1.1:b"]),
    st.integers(0, 2),
    st.lists(st.sampled_from(["od600", "temperature", "red"]), max_size=3),
    st.booleans(),
    st.floats(0.0, 30.0),
)
"""Run, notes, signals, whether a line is logged, and how long after the one before."""


async def _waiting(journal: MemoryJournal | SqliteJournal) -> list[Record]:
    """All that a leader would be sent, at which numbers stand without a hole."""
    records: list[Record] = []
    after = 0
    while batch := await journal.next_batch(after, 50):
        assert batch.last - batch.first + 1 == len(batch.records)
        records += [one for one in batch.records if not isinstance(one, ThinnedRecord)]
        after = batch.last
    assert len(records) == journal.level().waiting
    return records


@given(turns=st.lists(TURN, max_size=80), capacity=st.integers(1, 60))
def test_rule_16_only_readings_go_the_newest_stay_and_gaps_tell_of_all_others(
    turns: list[tuple[str, int, list[str], bool, float]], capacity: int
) -> None:
    journal = MemoryJournal(capacity=capacity)
    at_s, given_readings, notes, lines = 0.0, [], 0, 0
    for run, several, signals, is_logged, later_s in turns:
        at_s += later_s
        readings = [ReadingRecord(run, 1, signal, at_s, None, 0.5) for signal in signals]
        journal.record(run, [NOTE] * several, readings)
        if is_logged:
            journal.log(LogRecord(wall_s=None, level="info", text="x"))
        given_readings += readings
        notes, lines = notes + several, lines + is_logged
    kept = asyncio.run(_waiting(journal))
    readings = [one for one in kept if isinstance(one, ReadingRecord)]
    gaps = [one for one in kept if isinstance(one, GapRecord)]
    assert sum(isinstance(one, EntryRecord) for one in kept) == notes
    assert sum(isinstance(one, LogRecord) for one in kept) == lines
    for run in ("1.1:a", "1.1:b"):
        told = sum(gap.readings for gap in gaps if gap.run == run)
        left = sum(one.run == run for one in readings)
        assert left + told == sum(one.run == run for one in given_readings)
    newest = {(one.run, one.signal): one for one in given_readings}
    assert all(one in readings for one in newest.values())
    if len(given_readings) + notes + lines <= capacity:
        assert not gaps


async def test_rule_16_weeks_without_a_leader_are_kept_evenly_coarser(tmp_path: Path) -> None:
    """Four times as much as there is room for, in a file that does not grow with it."""
    path, capacity, number = tmp_path / "journal.sqlite", 8 * PORTION, 0
    journal = SqliteJournal(path, capacity=capacity)
    for number in range(1, 16 * PORTION + 1):
        at_s = 5.0 * number
        journal.record(
            "1.1:a",
            (),
            [ReadingRecord("1.1:a", 1, name, at_s, None, 0.5) for name in ("od600", "t")],
        )
        if number % 100 == 0:
            await journal.runs()
    kept = await _waiting(journal)
    await journal.close()
    assert len(kept) <= 1.1 * capacity
    assert path.stat().st_size < 150 * capacity
    readings = [one for one in kept if isinstance(one, ReadingRecord)]
    at = [one.process_s for one in readings if one.signal == "t"]
    told = sum(one.readings for one in kept if isinstance(one, GapRecord))
    assert len(readings) + told == 2 * number
    newest = at[-len(at) // 5 :]
    assert {b - a for a, b in pairwise(newest)} == {5.0}
    assert max(b - a for a, b in pairwise(at)) <= 5.0 * 16


async def test_rule_16_readings_give_way_where_the_disk_fills_up_and_outcomes_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file gets no longer; what is thinned in it makes room for what comes."""
    monkeypatch.setattr("orchestrator.journal.room.LEAST", PORTION)
    path, free = tmp_path / "journal.sqlite", 2 * FREE_MIN_BYTES
    journal = SqliteJournal(path, free_bytes=lambda _: free)

    async def measure(first: int, last: int) -> None:
        for number in range(first, last):
            reading = ReadingRecord("1.1:a", 1, "od600", 5.0 * number, None, 0.5)
            journal.record("1.1:a", [NOTE] if number % 10 == 0 else (), [reading])
            if number % 100 == 0:
                await journal.runs()
        await journal.runs()

    await measure(0, 5 * PORTION)
    level = journal.level()
    assert (level.waiting, level.disk_free_bytes) == (5 * PORTION * 11 // 10, free)
    free = FREE_MIN_BYTES - 300_000
    monkeypatch.setattr("orchestrator.journal.room.LOOK_EVERY_S", 0.0)
    await measure(5 * PORTION, 6 * PORTION)
    await journal.close()
    long = path.stat().st_size
    journal = SqliteJournal(path, free_bytes=lambda _: free)
    await measure(6 * PORTION, 10 * PORTION)
    kept = await _waiting(journal)
    assert journal.level().room == 0
    await journal.close()
    assert path.stat().st_size <= 1.2 * long, "of the ledger"
    assert len(kept) < 5 * PORTION
    assert sum(isinstance(one, EntryRecord) for one in kept) == PORTION
    assert any(isinstance(one, GapRecord) for one in kept)


def test_room_follows_the_disk_and_is_never_nothing() -> None:
    def capacity(free_bytes: int, waiting: int, reusable_bytes: int = 0) -> int:
        room = Room(1_000_000, lambda: free_bytes)
        room.reusable_bytes = reusable_bytes
        return room.capacity(waiting)

    assert capacity(10**12, 0) == 1_000_000
    assert capacity(FREE_MIN_BYTES + 60_000 * RECORD_BYTES, 40_000) == 100_000
    assert capacity(FREE_MIN_BYTES - 10_000 * RECORD_BYTES, 400_000) == 390_000
    assert capacity(0, 400_000, reusable_bytes=FREE_MIN_BYTES) == 400_000
    assert capacity(0, 400_000) == LEAST

    def gone() -> int:
        raise OSError("no such disk")

    assert Room(7, gone).capacity(3) == 7


async def test_what_an_older_version_still_counted_is_told_by_this_one(
    tmp_path: Path, checkout: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    migrations = checkout / "orchestrator/journal/migrations"
    old = sqlite3.connect(path)
    old.executescript((migrations / "0001_journal.sql").read_text(encoding="utf-8"))
    old.execute("INSERT INTO gap VALUES ('1.1:a', 3.0, 7.5, 12)")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    journal = SqliteJournal(path)
    assert await _waiting(journal) == [GapRecord("1.1:a", 3.0, 7.5, 12)]
    await journal.close()
