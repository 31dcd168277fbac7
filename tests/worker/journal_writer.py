"""A process that writes a journal until it is killed; says how many entries are durable."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from orchestrator.journal.sqlite import SqliteJournal
from orchestrator.messages.outbox import ReadingRecord
from orchestrator.model.ledger import Entry, Kind

RUN = "1.1:a"


def note(number: int) -> Entry:
    return Entry(kind=Kind.NOTE, process_s=float(number), wall_s=None, data={"number": number})


async def write(path: Path) -> None:
    journal = SqliteJournal(path)
    number = len(await journal.read(RUN))
    while True:
        reading = ReadingRecord(RUN, 1, "od600", float(number), None, 0.5)
        journal.record(RUN, [], [reading] * 5)
        await journal.write(RUN, [note(number), note(number + 1)])
        number += 2
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1])))
