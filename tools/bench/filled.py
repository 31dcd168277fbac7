"""A store on disk with a fortnight's series in it, written the way the leader writes."""

from __future__ import annotations

from pathlib import Path

from orchestrator.store.sqlite import open_store
from orchestrator.store.tables import SqlStore
from tools.bench.made_readings import WALL_S, batches
from tools.bench.recording import WORKER

FORTNIGHT_S = 14 * 86_400.0
INTERVAL_S = 5.0
PER_SERIES = int(FORTNIGHT_S / INTERVAL_S)
AT_ONCE = 100
"""Readings in a batch, and batches in a commit."""


def signals(series: int) -> tuple[str, ...]:
    """Names for so many series."""
    return tuple(f"job.signal_{number:02}" for number in range(series))


async def fill(path: Path, series: int, per_series: int = PER_SERIES) -> SqlStore:
    """Open a store and commit so many series of so many readings each."""
    store = await open_store(path)
    waiting = []
    for batch in batches(series * per_series, AT_ONCE, signals(series)):
        waiting.append((WORKER, batch))
        if len(waiting) == AT_ONCE:
            await store.commit(waiting, at_wall_s=WALL_S)
            waiting.clear()
    if waiting:
        await store.commit(waiting, at_wall_s=WALL_S)
    return store
