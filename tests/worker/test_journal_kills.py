"""What a SQLite journal is worth when its process is killed or its disk is full."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from orchestrator.journal.sql import open_database
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.journal.writer import Writer
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.journal import JournalFault, JournalUnusable

RUN = "1.1:a"
WRITER = "tests.worker.journal_writer"


async def write_until_killed(path: Path, lines: int, checkout: Path) -> int:
    """Answers how many entries the process said were durable."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", WRITER, str(path)), stdout=asyncio.subprocess.PIPE, cwd=checkout
    )
    assert process.stdout is not None
    durable = 0
    async with asyncio.timeout(30):
        for _ in range(lines):
            durable = int(await process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = (await process.stdout.read()).split(b"\n")[:-1]
        await process.wait()
    return int(rest[-1]) if rest else durable


@pytest.mark.processes
async def test_rule_16_kill_9_loses_no_durable_entry_and_tears_none(
    tmp_path: Path, checkout: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    for lines in (3, 40, 11):
        durable = await write_until_killed(path, lines, checkout)
        journal = SqliteJournal(path)
        entries = await journal.read(RUN)
        numbers = [entry.data["number"] for entry in entries]
        assert numbers == [*range(len(numbers))], "in order, without a hole, none twice"
        assert len(numbers) >= durable
        assert len(numbers) % 2 == 0, "what was written together is there together"
        level = journal.level()
        batch = await journal.next_batch(0, 10_000)
        assert batch is not None
        assert (batch.first, batch.last, len(batch.records)) == (1, level.newest, level.waiting)
        await journal.close()


async def test_a_journal_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    entry = Entry(kind=Kind.NOTE, process_s=1.0, wall_s=None, data={"text": "x"})
    first = SqliteJournal(path)
    first.record(RUN, [entry], [ReadingRecord(RUN, 1, "od600", 1.0, None, 0.5)])
    await first.keep("epoch", {"epoch": 7})
    before = first.level()
    await first.close()
    second = SqliteJournal(path)
    assert second.level() == before
    assert before.newest == 2
    assert list(await second.read(RUN)) == [entry]
    assert await second.kept("epoch") == {"epoch": 7}
    await second.close()


async def test_what_was_recorded_is_durable_when_closed(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = SqliteJournal(path)
    for number in range(100):
        journal.record(RUN, [], [ReadingRecord(RUN, 1, "od600", float(number), None, 0.5)])
    await journal.close()
    again = SqliteJournal(path)
    assert again.level().waiting == 100
    await again.close()


async def test_readings_are_durable_within_a_second(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = SqliteJournal(path)
    journal.record(RUN, [], [ReadingRecord(RUN, 1, "od600", 1.0, None, 0.5)])
    await asyncio.wait_for(journal.news(0), timeout=1.0)
    await journal.close()


async def test_a_disk_that_refuses_is_told_to_who_waits_and_the_rest_is_tried_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal.sqlite"
    journal = SqliteJournal(path)
    await journal.read(RUN)
    other = open_database(path)
    other.execute("BEGIN EXCLUSIVE")
    entry = Entry(kind=Kind.NOTE, process_s=1.0, wall_s=None, data={})
    journal.record(RUN, [entry], [ReadingRecord(RUN, 1, "od600", 1.0, None, 0.5)])
    with pytest.raises(JournalFault):
        await journal.write(RUN, [entry])
    other.execute("ROLLBACK")
    other.close()
    assert list(await journal.read(RUN)) == [entry]
    assert journal.level().newest == 2
    await journal.close()


class FailingDisk:
    """A connection whose commits fail, as they do where fsync does."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._real, self.fails = connection, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        if self.fails and statement == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
            raise error
        return self._real.execute(statement, *parameters)


async def test_a_disk_that_fails_is_reported_and_what_waited_is_written_once_it_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is to be durable is refused meanwhile, so no dose begins (rule 3)."""
    monkeypatch.setattr("orchestrator.journal.writer.RETRY_S", 0.01)
    disks: list[FailingDisk] = []

    def writer(connection: sqlite3.Connection) -> Writer:
        disks.append(FailingDisk(connection))
        return Writer(cast(sqlite3.Connection, disks[0]))

    journal = SqliteJournal(tmp_path / "journal.sqlite", writer=writer)
    assert journal.level().fault == ""
    free_bytes = journal.level().disk_free_bytes
    assert free_bytes is not None and free_bytes > 0
    (disk,) = disks
    disk.fails = True
    entry = Entry(kind=Kind.NOTE, process_s=1.0, wall_s=None, data={})
    journal.record(RUN, [entry], [ReadingRecord(RUN, 1, "od600", 1.0, None, 0.5)])
    for _ in range(2):
        with pytest.raises(JournalFault, match="disk I/O error"):
            await journal.write(RUN, [entry])
    assert journal.level().fault == "disk I/O error"
    disk.fails = False
    assert list(await journal.read(RUN)) == [entry]
    assert (journal.level().fault, journal.level().newest) == ("", 2)
    await journal.close()


def test_a_journal_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    connection = open_database(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JournalUnusable, match="has version 99"):
        SqliteJournal(path)
