"""What was acknowledged survives kill -9, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestrator.store.sqlite import open_store

COMMITTER = """
import asyncio, sys
from pathlib import Path
from orchestrator.messages.outbox import Batch, EntryRecord, ReadingRecord
from orchestrator.store.sqlite import open_store

def records(first):
    for number in range(first, first + 10):
        yield ReadingRecord(run="e.1:v", revision=1, signal=f"s{number % 3}",
            process_s=number * 3.0, wall_s=1.8e9 + number * 3.0, value=float(number), boot="b")
    yield EntryRecord(run="e.1:v", revision=1, kind="alert", process_s=first * 3.0,
        wall_s=None, key=None, data={"text": str(first)})

async def one(store, first):
    made = list(records(first))
    batch = Batch(outbox="box", first=first, last=first + len(made) - 1, records=made)
    await store.commit([("w", batch)], at_wall_s=1.8e9)
    print(batch.first, batch.last, flush=True)

async def main():
    store = await open_store(Path(sys.argv[1]))
    held = await store.outbox("box")
    first = held.ranges[-1][1] + 1 if held else 1
    while True:
        await asyncio.gather(*(one(store, first + 11 * n) for n in range(5)))
        first += 55

asyncio.run(main())
"""


@pytest.mark.processes
async def test_acknowledged_batches_are_there_once_after_every_kill(tmp_path: Path) -> None:
    acknowledged = 0
    for round_ in range(3):
        acknowledged = max(acknowledged, _commit_until_killed(tmp_path / "s", 0.3 + 0.13 * round_))
        store = await open_store(tmp_path / "s")
        held = await store.outbox("box")
        assert held is not None
        ((first, last),) = held.ranges
        assert first == 1
        assert last >= acknowledged
        assert held.readings + held.entries == last
        numbers = [r.number for rows in [r async for r in store.export_readings("e")] for r in rows]
        assert len(numbers) == len(set(numbers)) == held.readings
        assert len((await store.alerts(limit=100_000)).items) == held.entries
        curves = await store.curves("e", signals=["s0", "s1", "s2"], points=7)
        assert sum(sum(curve.count) for curve in curves) == held.readings
        await store.close()
    assert acknowledged > 100


def _commit_until_killed(path: Path, after_s: float) -> int:
    """The highest number that was acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMITTER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    time.sleep(after_s)
    os.kill(process.pid, signal.SIGKILL)
    lines += process.stdout.read().splitlines()
    process.stdout.close()
    assert process.wait(10) == -signal.SIGKILL
    return max(int(line.split()[1]) for line in lines if len(line.split()) == 2)
