"""A journal that a dying card or a power loss left damaged: told in a line, never replaced
unasked."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from orchestrator.cli.services.worker import worker
from orchestrator.cli.wiring import open_journal
from orchestrator.hardware.clock import SystemClock
from orchestrator.journal.sql import JournalDamaged
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.journal import JournalFault, JournalUnusable

RUN, PAGE_BYTES, NUMBERS = "1.1:a", 4096, 400


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As a power loss leaves it: the newest words are in the log beside the file."""
    folder = tmp_path_factory.mktemp("whole")
    path, kept = folder / "journal.sqlite", folder / "kept.sqlite"
    asyncio.run(_write(path, kept))
    return kept


async def _write(path: Path, kept: Path) -> None:
    for first in (0, NUMBERS // 2):
        journal = SqliteJournal(path)
        for number in range(first, first + NUMBERS // 2):
            entry = Entry(kind=Kind.NOTE, process_s=number, wall_s=None, data={"number": number})
            journal.record(RUN, [entry], [ReadingRecord(RUN, 1, "od600", number, None, 0.5)])
        await journal.runs()
        if first:
            for ending in ("", "-wal"):
                shutil.copy(f"{path}{ending}", f"{kept}{ending}")
        await journal.close()


@pytest.fixture
def torn(whole: Path, tmp_path: Path) -> Path:
    """A copy, to be damaged."""
    path = tmp_path / "journal.sqlite"
    for ending in ("", "-wal"):
        shutil.copy(f"{whole}{ending}", f"{path}{ending}")
    return path


def overwrite(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def overwrite_a_page(path: Path, chance: Random) -> int:
    page = chance.randrange(path.stat().st_size // PAGE_BYTES)
    overwrite(path, page * PAGE_BYTES, chance.randbytes(PAGE_BYTES))
    return page


def without_header(path: Path) -> bytes:
    """Answers what is in the file then."""
    fold_in(path)
    overwrite(path, 0, bytes(100))
    return path.read_bytes()


def fold_in(path: Path) -> None:
    """As an orderly end does; what stays of the log looks as if there had been none."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def test_a_power_loss_alone_damages_nothing(torn: Path) -> None:
    journal = SqliteJournal(torn)
    assert len(await journal.read(RUN)) == NUMBERS
    assert journal.level().waiting == 2 * NUMBERS
    await journal.close()


def test_a_journal_without_its_header_is_told_and_left_alone(torn: Path) -> None:
    before = without_header(torn)
    with pytest.raises(JournalDamaged, match=r"is damaged .* --move-damaged-journal") as told:
        SqliteJournal(torn)
    assert str(torn) in str(told.value)
    assert "\n" not in str(told.value)
    assert torn.read_bytes() == before


def test_a_journal_that_was_cut_off_is_told(torn: Path) -> None:
    fold_in(torn)
    with torn.open("r+b") as file:
        file.truncate(3 * PAGE_BYTES)
    with pytest.raises(JournalDamaged):
        SqliteJournal(torn)


@pytest.mark.parametrize("seed", range(8))
async def test_a_page_of_rubbish_is_found_after_a_power_loss_or_harms_nothing(
    torn: Path, seed: int
) -> None:
    """What is in the log is whole; a page of the file that the log has too is never looked at."""
    chance = Random(seed)
    page = overwrite_a_page(torn, chance)
    try:
        journal = SqliteJournal(torn)
    except JournalUnusable:
        return
    try:
        assert [entry.data["number"] for entry in await journal.read(RUN)] == [*range(NUMBERS)]
        assert journal.level().waiting == 2 * NUMBERS
    except JournalFault:
        pytest.fail(f"page {page} is rubbish, and nobody looked")
    finally:
        await journal.close()


def test_what_is_no_file_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").mkdir()
    with pytest.raises(JournalUnusable, match="cannot be opened") as told:
        SqliteJournal(tmp_path / "journal.sqlite")
    assert not isinstance(told.value, JournalDamaged)


def test_a_worker_with_a_damaged_journal_ends_with_one_line(tmp_path: Path, checkout: Path) -> None:
    folder = tmp_path / "workers" / "unit1"
    folder.mkdir(parents=True)
    (folder / "journal.sqlite").write_bytes(b"rubbish" * 1000)
    hardware = checkout / "contrib" / "hardware" / "simulated.yaml"
    words = ["unit1", "--data", str(tmp_path), "--hardware", str(hardware)]
    words += ["--broker", "mqtt://nobody:x@127.0.0.1:9"]
    ran = CliRunner().invoke(worker, words)
    assert ran.exit_code == 1
    assert ran.output.startswith(f"Error: the journal {folder / 'journal.sqlite'} is damaged")
    assert len(ran.output.splitlines()) == 1


async def test_a_damaged_journal_is_kept_aside_and_replaced_if_a_person_says_so(
    torn: Path,
) -> None:
    before = without_header(torn)
    with pytest.raises(JournalDamaged):
        open_journal(torn, SystemClock(), move_damaged=False)
    journal = open_journal(torn, SystemClock(), move_damaged=True)
    assert await journal.read(RUN) == ()
    await journal.write(RUN, [Entry(kind=Kind.NOTE, process_s=1.0, wall_s=None)])
    await journal.close()
    [aside] = torn.parent.glob("journal.sqlite.damaged-*")
    assert aside.read_bytes() == before
    again = open_journal(torn, SystemClock(), move_damaged=True)
    assert len(await again.read(RUN)) == 1, "one that is whole stays"
    await again.close()
