"""What every journal promises, whatever it is made of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from orchestrator.faults.disk import Disk, JournalOnDisk
from orchestrator.journal.memory import MemoryJournal
from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.messages.outbox import (
    EntryRecord,
    GapRecord,
    LogRecord,
    ReadingRecord,
    ThinnedRecord,
)
from orchestrator.model.ledger import Entry, Kind
from orchestrator.ports.journal import Journal

RUN = "20250106-abc.1:control"


def make(kind: str, folder: Path, capacity: int = 1000) -> Journal:
    if kind == "memory":
        return MemoryJournal(capacity=capacity)
    if kind == "under faults":
        return JournalOnDisk(Disk(kept=MemoryJournal(capacity=capacity), chance=Random(1)))
    return SqliteJournal(folder / "journal.sqlite", capacity=capacity)


@pytest.fixture(params=["memory", "sqlite", "under faults"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Journal]:
    made = make(request.param, tmp_path)
    yield made
    await made.close()


@pytest.fixture(params=["memory", "sqlite", "under faults"])
async def small_journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Journal]:
    made = make(request.param, tmp_path, capacity=10)
    yield made
    await made.close()


def note(text: str, at_s: float = 1.0) -> Entry:
    return Entry(kind=Kind.NOTE, process_s=at_s, wall_s=None, data={"text": text})


def reading(number: int, run: str = RUN) -> ReadingRecord:
    return ReadingRecord(run, 1, "od600", float(number), None, 0.1 * number, "boot", 5.0, "pd1")


async def drain(journal: Journal) -> dict[int, object]:
    """Every record that is there by its number, as a leader that accepts nothing would see it."""
    found: dict[int, object] = {}
    after = 0
    while batch := await journal.next_batch(after, 7):
        assert batch.last - batch.first + 1 == len(batch.records) <= 7
        found |= {batch.first + index: record for index, record in enumerate(batch.records)}
        after = batch.last
    return {at: one for at, one in found.items() if not isinstance(one, ThinnedRecord)}


async def test_a_ledger_reads_back_as_it_was_written(journal: Journal) -> None:
    began = Entry(
        kind=Kind.RUN_BEGAN, process_s=0.0, wall_s=1e9, key="k", data={"revision": 1, "µ": [1.5]}
    )
    await journal.write(RUN, [began])
    journal.record(RUN, [note("later")])
    assert list(await journal.read(RUN)) == [began, note("later")]
    assert list(await journal.read("another:run")) == []


async def test_recorded_and_written_entries_keep_their_order(journal: Journal) -> None:
    for number in range(20):
        if number % 3:
            journal.record(RUN, [note(str(number))])
        else:
            await journal.write(RUN, [note(str(number))])
    assert [entry.data["text"] for entry in await journal.read(RUN)] == [*map(str, range(20))]


async def test_runs_are_listed_as_they_began_and_can_be_dropped(journal: Journal) -> None:
    for run in ("b:x", "a:y", "b:x"):
        await journal.write(run, [note(run)])
    assert list(await journal.runs()) == ["b:x", "a:y"]
    await journal.drop("b:x")
    assert list(await journal.runs()) == ["a:y"]
    assert len(await drain(journal)) == 3


async def test_only_the_newest_tick_of_a_run_is_kept_and_none_is_sent(journal: Journal) -> None:
    for at_s in (1.0, 2.0, 3.0):
        journal.record(RUN, [note("x", at_s), Entry(kind=Kind.TICK, process_s=at_s, wall_s=None)])
    kinds = [(entry.kind, entry.process_s) for entry in await journal.read(RUN)]
    assert [at for kind, at in kinds if kind is Kind.TICK] == [3.0]
    assert len(await drain(journal)) == 3


async def test_rule_16_records_are_numbered_from_1_without_a_hole(journal: Journal) -> None:
    journal.record(RUN, [note("a")], [reading(1), reading(2)], revision=4)
    journal.log(LogRecord(wall_s=None, level="warning", text="hello"))
    await journal.write(RUN, [note("b")])
    sent = await drain(journal)
    assert list(sent) == [1, 2, 3, 4, 5]
    first = sent[1]
    assert isinstance(first, EntryRecord)
    assert (first.run, first.revision, first.kind) == (RUN, 4, "note")
    assert sent[2] == reading(1)
    assert isinstance(sent[4], LogRecord)
    assert journal.level().newest == 5


async def test_rule_16_exactly_the_accepted_ranges_are_forgotten(journal: Journal) -> None:
    journal.record(RUN, [note("a")], [reading(number) for number in range(2, 11)])
    await journal.read(RUN)
    await journal.forget([(2, 3), (6, 6), (50, 60)])
    assert list(await drain(journal)) == [1, 4, 5, 7, 8, 9, 10]
    assert journal.level().waiting == 7


async def test_rule_16_a_batch_is_contiguous_and_bounded(journal: Journal) -> None:
    journal.record(RUN, [], [reading(number) for number in range(1, 11)])
    await journal.read(RUN)
    await journal.forget([(4, 4)])
    batch = await journal.next_batch(0, 100)
    assert batch is not None
    assert (batch.first, batch.last, batch.outbox) == (1, 10, journal.level().outbox)
    assert batch.records[3] == ThinnedRecord(), "the leader has it"
    batch = await journal.next_batch(3, 2)
    assert batch is not None
    assert (batch.first, batch.last, len(batch.records)) == (5, 6, 2)
    assert await journal.next_batch(10, 5) is None


async def test_numbers_go_on_after_everything_was_accepted(journal: Journal) -> None:
    await journal.write(RUN, [note("a"), note("b")])
    await journal.forget([(1, 2)])
    await journal.write(RUN, [note("c")])
    assert list(await drain(journal)) == [3]


async def test_news_of_a_record_wake_whoever_waits_for_it(journal: Journal) -> None:
    waiting = asyncio.create_task(journal.news(after=1))
    await journal.write(RUN, [note("one")])
    await asyncio.sleep(0.01)
    assert not waiting.done()
    journal.record(RUN, [], [reading(2)])
    await asyncio.wait_for(waiting, timeout=2.0)
    await asyncio.wait_for(journal.news(after=0), timeout=2.0)


async def test_rule_16_a_full_outbox_thins_its_oldest_readings(small_journal: Journal) -> None:
    for number in range(1, 11):
        small_journal.record(RUN, [], [reading(number)])
    await small_journal.read(RUN)
    assert small_journal.level().waiting == 10
    small_journal.record(RUN, [note("no reading")], [reading(11)])
    await small_journal.read(RUN)
    assert await drain(small_journal) == {
        **{at: reading(at) for at in (1, 4, 7, 9, 10)},
        11: EntryRecord(RUN, 1, "note", 1.0, None, None, {"text": "no reading"}),
        12: reading(11),
        13: GapRecord(run=RUN, from_process_s=2.0, to_process_s=8.0, readings=5),
    }


async def test_rule_16_old_readings_get_coarser_evenly_and_new_ones_are_kept(
    small_journal: Journal,
) -> None:
    """Each round lets twice as much time pass between two readings, wherever they are."""
    for number in range(1, 101):
        small_journal.record(RUN, [], [reading(number)])
    await small_journal.read(RUN)
    kept = await drain(small_journal)
    at_s = [one.process_s for one in kept.values() if isinstance(one, ReadingRecord)]
    gaps = [one for one in kept.values() if isinstance(one, GapRecord)]
    assert (at_s[0], at_s[-2:]) == (1.0, [99.0, 100.0])
    assert len(at_s) + sum(gap.readings for gap in gaps) == 100


async def test_rule_16_outcomes_find_room_in_a_full_outbox_and_none_ever_goes(
    small_journal: Journal,
) -> None:
    for number in range(1, 41):
        small_journal.record(RUN, [note(str(number))], [reading(number)])
        small_journal.log(LogRecord(wall_s=None, level="warning", text=str(number)))
    await small_journal.read(RUN)
    kept = [*(await drain(small_journal)).values()]
    notes = [one.data["text"] for one in kept if isinstance(one, EntryRecord)]
    lines = [one.text for one in kept if isinstance(one, LogRecord)]
    assert notes == lines == [*map(str, range(1, 41))]
    assert reading(1) in kept
    assert reading(40) in kept


async def test_rule_16_there_is_room_again_once_the_leader_has_what_waited(
    small_journal: Journal,
) -> None:
    small_journal.record(RUN, [], [reading(number) for number in range(1, 41)])
    await small_journal.read(RUN)
    newest = small_journal.level().newest
    await small_journal.forget([(1, newest)])
    small_journal.record(RUN, [], [reading(number) for number in range(41, 51)])
    await small_journal.read(RUN)
    assert [*(await drain(small_journal)).values()] == [reading(at) for at in range(41, 51)]


async def test_a_document_is_kept_until_it_is_replaced_or_dropped(journal: Journal) -> None:
    assert await journal.kept("plan") is None
    await journal.keep("plan", {"epoch": 1, "runs": []})
    await journal.keep("plan", {"epoch": 2, "runs": [{"vessel": "control"}]})
    assert await journal.kept("plan") == {"epoch": 2, "runs": [{"vessel": "control"}]}
    await journal.keep("plan", None)
    assert await journal.kept("plan") is None


async def test_a_rehearsals_sink_takes_all_and_leaves_nothing_waiting() -> None:
    seen: list[object] = []
    journal = MemoryJournal(sink=lambda run, entries, readings: seen.extend([*entries, *readings]))
    journal.record(RUN, [note("a")], [reading(1)])
    assert seen == [note("a"), reading(1)]
    assert list(await journal.read(RUN)) == [note("a")]
    assert journal.level().waiting == 0
